// A libcudnn.so.9 that serves the graphs Atelier makes, a convolution and additions behind it, in plain loops over the
// extents and strides it is told: whether those are told rightly is what it is for. Types, counts and the order of
// finalizing are checked as the backend's documentation has them. EMULATED_ENGINES=n: how many engines it proposes.

#include "narrow.h"
#include "recording.h"

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <vector>

namespace {

enum { OK = 0, BAD = 2002, UNSUPPORTED = 3000 };

struct object {
  int type;
  bool finished = false;
  std::map<int, std::vector<char>> values;
};

template <typename T> T value(object *o, int attribute, int index = 0) {
  T t{};
  auto &bytes = o->values[attribute];
  if (bytes.size() >= (index + 1) * sizeof t)
    memcpy(&t, bytes.data() + index * sizeof t, sizeof t);
  return t;
}
int count(object *o, int attribute, size_t size) { return static_cast<int>(o->values[attribute].size() / size); }

// Bytes of an element of an attribute's type; 0: not one that is used.
size_t size_of(int type) {
  switch (type) {
  case 1: case 4: case 7: case 8: case 14: return 4;
  case 2: return 1;
  case 0: case 3: case 6: case 15: return 8;
  default: return 0;
  }
}

// What must be there before an object of a type is finalized, with the type it must have been given as.
const std::map<int, std::vector<int>> needed = {
    {0, {0, 1}}, {1, {100, 101, 102, 103, 104, 105, 106}}, {3, {300}}, {4, {200, 201}}, {5, {400, 401}},
    {10, {700, 701, 702, 703, 704, 705}}, {13, {750, 751, 752, 753}}, {15, {800, 801}}, {16, {1000, 1001, 1003}},
    {17, {900, 901, 902, 903, 906, 907}}};

float load(const char *base, int type, int64_t i) {
  return type == 0 ? reinterpret_cast<const float *>(base)[i] : narrow_at(base, i, type == 2);
}
void store(char *base, int type, int64_t i, float x) {
  if (type == 0)
    reinterpret_cast<float *>(base)[i] = x;
  else
    put_narrow(base, i, type == 2, x);
}

// A tensor with its memory; extents of one are repeated.
struct view {
  int64_t extent[4], stride[4];
  int type;
  char *data;

  int64_t at(int64_t n, int64_t c, int64_t h, int64_t w) const {
    int64_t i[4] = {n, c, h, w}, sum = 0;
    for (int k = 0; k < 4; k++)
      sum += (extent[k] == 1 ? 0 : i[k]) * stride[k];
    return sum;
  }
};

// What a plan does, with extents, strides and memory as they are when it is asked: descriptors may go while it is done.
struct run {
  std::map<int64_t, char *> memory;
  std::map<int64_t, std::shared_ptr<std::vector<char>>> between;
  std::vector<std::function<void()>> steps;

  view of(object *t) {
    view v;
    for (int k = 0; k < 4; k++) {
      v.extent[k] = value<int64_t>(t, 902, k);
      v.stride[k] = value<int64_t>(t, 903, k);
    }
    v.type = value<int>(t, 901);
    int64_t id = value<int64_t>(t, 906);
    if (value<char>(t, 907)) {
      auto &bytes = between[id];
      if (!bytes)
        bytes = std::make_shared<std::vector<char>>(4 * v.extent[0] * v.extent[1] * v.extent[2] * v.extent[3]);
      v.data = bytes->data();
    } else {
      v.data = memory.count(id) ? memory[id] : nullptr;
    }
    return v;
  }

  template <typename F> void each(const view &y, F f) {
    steps.push_back([y, f] {
      for (int64_t n = 0; n < y.extent[0]; n++)
        for (int64_t h = 0; h < y.extent[2]; h++)
          for (int64_t w = 0; w < y.extent[3]; w++)
            for (int64_t c = 0; c < y.extent[1]; c++)
              store(y.data, y.type, y.at(n, c, h, w), f(n, c, h, w));
    });
  }

  int convolve(object *step) {
    object *how = value<object *>(step, 702);
    view x = of(value<object *>(step, 704)), w = of(value<object *>(step, 703)), y = of(value<object *>(step, 705));
    if (!x.data || !w.data || !y.data || w.extent[1] != x.extent[1] || w.extent[0] != y.extent[1])
      return BAD;
    struct {
      int64_t stride[2], before[2], after[2];
    } g;
    for (int k = 0; k < 2; k++) {
      g.stride[k] = value<int64_t>(how, 103, k);
      g.before[k] = value<int64_t>(how, 105, k);
      g.after[k] = value<int64_t>(how, 104, k);
      int64_t out = (x.extent[2 + k] + g.before[k] + g.after[k] - w.extent[2 + k]) / g.stride[k] + 1;
      if (out != y.extent[2 + k] || g.before[k] < 0 || g.after[k] < 0 || value<int64_t>(how, 102, k) != 1)
        return BAD;
    }
    each(y, [x, w, g](int64_t n, int64_t c, int64_t h, int64_t v) {
      float sum = 0;
      for (int64_t r = 0; r < w.extent[2]; r++)
        for (int64_t s = 0; s < w.extent[3]; s++) {
          int64_t from = h * g.stride[0] - g.before[0] + r, across = v * g.stride[1] - g.before[1] + s;
          if (from < 0 || from >= x.extent[2] || across < 0 || across >= x.extent[3])
            continue;
          for (int64_t i = 0; i < x.extent[1]; i++)
            sum += load(x.data, x.type, x.at(n, i, from, across)) * load(w.data, w.type, w.at(c, i, r, s));
        }
      return sum;
    });
    return OK;
  }

  int add(object *step) {
    view x = of(value<object *>(step, 751)), b = of(value<object *>(step, 752)), y = of(value<object *>(step, 753));
    if (!x.data || !b.data || !y.data || value<int>(value<object *>(step, 750), 0) != 0)
      return BAD;
    each(y, [x, b](int64_t n, int64_t c, int64_t h, int64_t w) {
      return load(x.data, x.type, x.at(n, c, h, w)) + load(b.data, b.type, b.at(n, c, h, w));
    });
    return OK;
  }
};

} // namespace

extern "C" {
int cudnnGetProperty(int type, int *value) {
  *value = 9 - type;
  return OK;
}
int cudnnCreate(void **handle) {
  *handle = new int;
  return OK;
}
int cudnnDestroy(void *handle) {
  delete static_cast<int *>(handle);
  return OK;
}
int cudnnSetStream(void *, void *stream) { return stream ? OK : BAD; }
int cudnnBackendCreateDescriptor(int type, void **result) {
  *result = new object{type};
  return OK;
}
int cudnnBackendDestroyDescriptor(void *o) {
  delete static_cast<object *>(o);
  return OK;
}
int cudnnBackendSetAttribute(void *of, int attribute, int type, int64_t count, const void *values) {
  object *o = static_cast<object *>(of);
  size_t size = size_of(type);
  if (o->finished || size == 0 || count < 1 || count > 64)
    return BAD;
  if (type == 15)
    for (int64_t i = 0; i < count; i++)
      if (object *used = static_cast<object *const *>(values)[i]; !used || !used->finished)
        return BAD;
  const char *bytes = static_cast<const char *>(values);
  o->values[attribute].assign(bytes, bytes + count * size);
  return OK;
}
int cudnnBackendFinalize(void *of) {
  object *o = static_cast<object *>(of);
  auto list = needed.find(o->type);
  if (o->finished || list == needed.end())
    return BAD;
  for (int attribute : list->second)
    if (o->values[attribute].empty())
      return BAD;
  // The second engine is proposed and then refused, as happens with the real ones.
  if (o->type == 5 && value<int64_t>(value<object *>(o, 401), -1) == 1)
    return UNSUPPORTED;
  o->finished = true;
  return OK;
}
int cudnnBackendGetAttribute(void *of, int attribute, int, int64_t wanted, int64_t *found, void *values) {
  object *o = static_cast<object *>(of);
  if (!o->finished)
    return BAD;
  *found = 1;
  if (o->type == 4 && attribute == 202) {
    const char *most = getenv("EMULATED_ENGINES");
    *found = most ? atol(most) : 3;
    for (int64_t i = 0; i < *found && i < wanted; i++) {
      object *configuration = static_cast<object **>(values)[i];
      object *graph = value<object *>(o, 201);
      int64_t number = i;
      configuration->values[-1].assign(reinterpret_cast<char *>(&number), reinterpret_cast<char *>(&number + 1));
      configuration->values[-2].assign(reinterpret_cast<char *>(&graph), reinterpret_cast<char *>(&graph + 1));
      configuration->finished = true;
    }
    return OK;
  }
  if (o->type == 3 && attribute == 300) {
    object *engine = *static_cast<object **>(values);
    engine->values[-1] = o->values[-1];
    engine->finished = true;
    return OK;
  }
  int64_t number = o->type == 2 && attribute == 1301 ? 30 + value<int64_t>(o, -1) : 4096;
  if (!(o->type == 2 && attribute == 1301) && !(o->type == 5 && attribute == 402))
    return BAD;
  memcpy(values, &number, sizeof number);
  return OK;
}
int cudnnBackendExecute(void *, void *plan, void *of) {
  object *pack = static_cast<object *>(of), *p = static_cast<object *>(plan);
  if (!pack->finished || !p->finished || !value<char *>(pack, 1003))
    return BAD;
  object *graph = value<object *>(value<object *>(p, 401), -2);
  run r;
  for (int i = 0; i < count(pack, 1000, 8); i++)
    r.memory[value<int64_t>(pack, 1000, i)] = value<char *>(pack, 1001, i);
  for (int i = 0; i < count(graph, 801, 8); i++) {
    object *step = value<object *>(graph, 801, i);
    int status = step->type == 10 ? r.convolve(step) : step->type == 13 ? r.add(step) : BAD;
    if (status != OK)
      return status;
  }
  return perform([r] {
           for (auto &step : r.steps)
             step();
         })
             ? OK
             : BAD;
}
}
