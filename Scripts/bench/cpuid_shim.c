// Lets torch and OpenVINO use AMX on virtual machines that show it in CPUID leaf 7 but leave its leaves 0x1D
// (tile palette) and 0x1E (multiplier) zero: oneDNN then sets up no tiles and dies of SIGILL. Preloaded
// (LD_PRELOAD), it asks the kernel to make CPUID fault in this process (arch_prctl ARCH_SET_CPUID), and
// answers those leaves with what every processor with AMX says; every other leaf is the processor's own.
//
// Where there is no AMX, where the leaves are right, or where the kernel or processor has no CPUID faulting,
// it stands aside. That much runs on any processor; the answers themselves need such a virtual machine and
// were not run with this file, only with the prototype that it is made from.
//
//   cc -O2 -shared -fPIC cpuid_shim.c -o cpuid_shim.so
#define _GNU_SOURCE
#include <cpuid.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

enum { ARCH_SET_CPUID = 0x1012, PALETTES = 0x1d, MULTIPLIER = 0x1e };

typedef struct registers {
  uint32_t a, b, c, d;
} registers;

static struct sigaction old_action;

// Written without libc: it runs inside a signal handler, and must not disturb errno.
static long set_cpuid(unsigned long enabled) {
  long result;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "0"((long)SYS_arch_prctl), "D"((long)ARCH_SET_CPUID), "S"(enabled)
                   : "rcx", "r11", "memory");
  return result;
}

static registers cpuid(uint32_t leaf, uint32_t subleaf) {
  registers r;
  __cpuid_count(leaf, subleaf, r.a, r.b, r.c, r.d);
  return r;
}

// What a leaf should say, where the hypervisor says nothing.
static registers answer(uint32_t leaf, uint32_t subleaf) {
  registers r = cpuid(leaf, subleaf);
  if (leaf == PALETTES && r.a == 0 && r.b == 0) {
    if (subleaf == 0)
      r = (registers){1, 0, 0, 0}; // one palette
    if (subleaf == 1)
      r = (registers){0x04002000, 0x00080040, 16, 0}; // 8 KiB: 8 tiles of 1 KiB, 16 rows of 64 bytes
  }
  if (leaf == MULTIPLIER && subleaf == 0 && r.b == 0)
    r = (registers){0, 0x4010, 0, 0}; // 16 rows of 64 bytes
  return r;
}

// A fault that is not ours goes to whoever was there before, or ends the process as it would have.
static void pass_on(int number, siginfo_t *info, void *context) {
  if ((old_action.sa_flags & SA_SIGINFO) != 0 && old_action.sa_sigaction != NULL)
    old_action.sa_sigaction(number, info, context);
  else
    signal(number, SIG_DFL);
}

static void on_fault(int number, siginfo_t *info, void *raw) {
  greg_t *g = ((ucontext_t *)raw)->uc_mcontext.gregs;
  const uint8_t *instruction = (const uint8_t *)g[REG_RIP];
  // A general protection fault, unlike a bad address, comes from the kernel itself.
  if (info->si_code != SI_KERNEL || instruction[0] != 0x0f || instruction[1] != 0xa2) {
    pass_on(number, info, raw);
    return;
  }
  set_cpuid(1);
  registers r = answer((uint32_t)g[REG_RAX], (uint32_t)g[REG_RCX]);
  set_cpuid(0);
  g[REG_RAX] = r.a;
  g[REG_RBX] = r.b;
  g[REG_RCX] = r.c;
  g[REG_RDX] = r.d;
  g[REG_RIP] += 2;
}

static int is_hidden(void) {
  enum { AMX_TILE = 1 << 24 };
  return cpuid(0, 0).a >= MULTIPLIER && (cpuid(7, 0).d & AMX_TILE) != 0 && cpuid(PALETTES, 0).a == 0;
}

__attribute__((constructor)) static void stand_in(void) {
  if (!is_hidden())
    return;
  struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_NODEFER};
  sigaction(SIGSEGV, &action, &old_action);
  if (set_cpuid(0) != 0)
    sigaction(SIGSEGV, &old_action, NULL);
}
