// A libcudnn.so.9 that serves the graphs Atelier makes, a convolution and additions behind it, or attention, in plain
// loops over the extents and strides it is told: whether those are told rightly is what it is for. Types, counts and the
// order of finalizing are checked as the backend's documentation has them.
//   EMULATED_ENGINES=n   how many engines it proposes
//   EMULATED_ASKED=file  gets a line for each graph it is asked to propose engines for

#include "narrow.h"
#include "recording.h"

#include <cmath>
#include <cstdint>
#include <cstdio>
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
  case 1: case 4: case 7: case 8: case 14: case 18: return 4;
  case 2: return 1;
  case 0: case 3: case 6: case 15: return 8;
  default: return 0;
  }
}

// What must be there before an object of a type is finalized, with the type it must have been given as.
const std::map<int, std::vector<int>> needed = {
    {0, {0, 1}}, {1, {100, 101, 102, 103, 104, 105, 106}}, {3, {300}}, {4, {200, 201}}, {5, {400, 401}},
    {10, {700, 701, 702, 703, 704, 705}}, {13, {750, 751, 753}}, {15, {800, 801}}, {16, {1000, 1001, 1003}},
    {17, {900, 901, 902, 903, 906, 907}}, {18, {1500}}, {19, {1520, 1521, 1522, 1523}}, {21, {1600, 1601}},
    {22, {1610, 1611, 1612}}};

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
  std::map<int64_t, std::shared_ptr<std::vector<char>>> between; // and what is given by value
  std::vector<std::function<void()>> steps;

  view of(object *t) {
    view v;
    for (int k = 0; k < 4; k++) {
      v.extent[k] = value<int64_t>(t, 902, k);
      v.stride[k] = value<int64_t>(t, 903, k);
    }
    v.type = value<int>(t, 901);
    int64_t id = value<int64_t>(t, 906);
    if (value<char>(t, 908) && memory.count(id)) {
      // A number of the host's is read now.
      auto &bytes = between[id];
      bytes = std::make_shared<std::vector<char>>(memory[id], memory[id] + 4);
      v.data = bytes->data();
    } else if (value<char>(t, 907)) {
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

  int pointwise(object *step) {
    int mode = value<int>(value<object *>(step, 750), 0);
    object *second = value<object *>(step, 752);
    view x = of(value<object *>(step, 751)), b = second ? of(second) : x, y = of(value<object *>(step, 753));
    if (!x.data || !b.data || !y.data || (mode != 0 && mode != 1 && mode != 6 && mode != 9 && mode != 13) ||
        (mode == 13) != (second == nullptr))
      return BAD;
    each(y, [x, b, mode](int64_t i, int64_t j, int64_t k, int64_t l) {
      float one = load(x.data, x.type, x.at(i, j, k, l)), two = load(b.data, b.type, b.at(i, j, k, l));
      return mode == 0 ? one + two : mode == 1 ? one * two : mode == 6 ? one / two : mode == 9 ? one - two : expf(one);
    });
    return OK;
  }

  // The last two extents are rows and columns.
  int multiply(object *step) {
    view a = of(value<object *>(step, 1520)), b = of(value<object *>(step, 1521)), c = of(value<object *>(step, 1522));
    if (!a.data || !b.data || !c.data || a.extent[3] != b.extent[2] || a.extent[2] != c.extent[2] ||
        b.extent[3] != c.extent[3] || a.extent[0] != c.extent[0] || a.extent[1] != c.extent[1])
      return BAD;
    each(c, [a, b](int64_t i, int64_t j, int64_t row, int64_t column) {
      float sum = 0;
      for (int64_t k = 0; k < a.extent[3]; k++)
        sum += load(a.data, a.type, a.at(i, j, row, k)) * load(b.data, b.type, b.at(i, j, k, column));
      return sum;
    });
    return OK;
  }

  // Along the last extent, of which one is left.
  int reduce(object *step) {
    int mode = value<int>(value<object *>(step, 1612), 1600);
    view x = of(value<object *>(step, 1610)), y = of(value<object *>(step, 1611));
    if (!x.data || !y.data || (mode != 0 && mode != 3) || y.extent[3] != 1 || y.extent[2] != x.extent[2])
      return BAD;
    each(y, [x, mode](int64_t i, int64_t j, int64_t row, int64_t) {
      float result = mode == 0 ? 0 : -INFINITY;
      for (int64_t k = 0; k < x.extent[3]; k++) {
        float next = load(x.data, x.type, x.at(i, j, row, k));
        result = mode == 0 ? result + next : fmaxf(result, next);
      }
      return result;
    });
    return OK;
  }

  int add_step(object *step) {
    switch (step->type) {
    case 10: return convolve(step);
    case 13: return pointwise(step);
    case 19: return multiply(step);
    case 22: return reduce(step);
    default: return BAD;
    }
  }
};

// What tells graphs apart: everything their steps refer to, bytes as hexadecimal digits.
void write_graph(FILE *file, object *o) {
  fprintf(file, "(%d", o->type);
  for (auto &[attribute, bytes] : o->values) {
    fprintf(file, " %d:", attribute);
    bool is_list = (o->type == 15 && attribute == 801) || (o->type == 10 && attribute >= 702) ||
                   (o->type == 13) || (o->type == 19) || (o->type == 22);
    if (attribute == 800)
      continue;
    for (size_t i = 0; is_list && i < bytes.size() / 8; i++)
      write_graph(file, value<object *>(o, attribute, i));
    for (size_t i = 0; !is_list && i < bytes.size(); i++)
      fprintf(file, "%02x", static_cast<unsigned char>(bytes[i]));
  }
  fprintf(file, ")");
}

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
    if (const char *path = getenv("EMULATED_ASKED")) {
      FILE *file = fopen(path, "a");
      write_graph(file, value<object *>(o, 201));
      fputc('\n', file);
      fclose(file);
    }
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
    int status = r.add_step(step);
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
