// A libnvrtc whose chip is the emulator: it compiles the very text and options it is given with the host's clang++.
// EMULATED_COMPILER names it, EMULATION_HEADER the header to put before the text.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <unistd.h>

namespace {
struct program {
  std::string text, log, image;
};
std::string read_all(const std::string &path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}
} // namespace

extern "C" {

int nvrtcVersion(int *major, int *minor) {
  *major = EMULATED_MAJOR;
  *minor = 0;
  return 0;
}
int nvrtcCreateProgram(program **result, const char *text, const char *, int, const char *const *, const char *const *) {
  *result = new program{text, "", ""};
  return 0;
}
int nvrtcDestroyProgram(program **p) {
  delete *p;
  *p = nullptr;
  return 0;
}
int nvrtcCompileProgram(program *p, int count, const char *const *options) {
  char folder[] = "/tmp/emulated-XXXXXX";
  if (!mkdtemp(folder))
    return 1;
  std::string base = folder, words;
  uint32_t chip = 0;
  for (int i = 0; i < count; i++) {
    if (sscanf(options[i], "--gpu-architecture=sm_%u", &chip) == 1)
      continue;
    words += std::string(" '") + options[i] + "'";
  }
  std::ofstream(base + "/k.cu") << p->text;
  const char *compiler = getenv("EMULATED_COMPILER"), *header = getenv("EMULATION_HEADER");
  std::string command = std::string(compiler ? compiler : "clang++") + " -x c++ -O2 -march=native -w -shared -fPIC -DCK_EMULATED" +
                        words + " -include '" + (header ? header : "") + "' -o " + base + "/k.so " + base +
                        "/k.cu >" + base + "/log 2>&1";
  int status = system(command.c_str());
  p->log = read_all(base + "/log");
  std::string library = read_all(base + "/k.so");
  for (const char *name : {"/k.cu", "/k.so", "/log"})
    unlink((base + name).c_str());
  rmdir(folder);
  if (status != 0)
    return 6;
  uint32_t head[2] = {chip, static_cast<uint32_t>(library.size())};
  p->image = "EMULATED" + std::string(reinterpret_cast<char *>(head), 8) + library;
  return 0;
}
int nvrtcGetProgramLogSize(program *p, size_t *bytes) {
  *bytes = p->log.size() + 1;
  return 0;
}
int nvrtcGetProgramLog(program *p, char *log) {
  strcpy(log, p->log.c_str());
  return 0;
}
int nvrtcGetCUBINSize(program *p, size_t *bytes) {
  *bytes = p->image.size();
  return 0;
}
int nvrtcGetCUBIN(program *p, char *cubin) {
  memcpy(cubin, p->image.data(), p->image.size());
  return 0;
}
}
