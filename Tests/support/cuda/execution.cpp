#include "execution.h"
#include "narrow.h"

#include <cstdio>
#include <cstdlib>
#include <deque>
#include <vector>

namespace {

enum { WARP = 32, MOST_THREADS = 1024, STACK = 256 * 1024 };
enum state { READY, AT_BARRIER, AT_WARP, DONE };
enum operation { SHUFFLE, MULTIPLY, MATRICES };

struct copy {
  void *to;
  const void *from;
  bool real;
};

// What a lane brings to an instruction of its warp.
struct request {
  operation what;
  unsigned value, b0, b1;
  int option, count;
  float *d;
  const unsigned *a;
  unsigned *registers;
  const void *row;
};

struct fiber {
  void *stack_pointer;
  char *stack;
  state at;
  emulated_index index;
  request wanted;
  std::vector<copy> open;
  std::deque<std::vector<copy>> groups;
};

emulated_host host;
fiber fibers[MOST_THREADS];
fiber *running;
void *scheduler_stack;
const launch *now;
bool copies_early, reversed;
std::vector<char> dynamic;

[[noreturn]] void broken(const char *rule) {
  fprintf(stderr, "emulated device: %s (block %u,%u,%u thread %u)\n", rule, host.block.x, host.block.y,
          host.block.z, running ? running->index.x : 0);
  abort();
}

// Saves the registers a function must keep, changes stacks, and takes up what was saved there.
extern "C" void change_stack(void **save, void *load);
__asm__(".text\n.globl change_stack\n.hidden change_stack\nchange_stack:\n"
        "push %rbp\npush %rbx\npush %r12\npush %r13\npush %r14\npush %r15\n"
        "mov %rsp, (%rdi)\nmov %rsi, %rsp\n"
        "pop %r15\npop %r14\npop %r13\npop %r12\npop %rbx\npop %rbp\nret\n");

void give_way(state why) {
  running->at = why;
  change_stack(&running->stack_pointer, scheduler_stack);
}

void fiber_main() {
  now->kernel->body(now->parameters);
  if (!running->open.empty() || !running->groups.empty()) {
    for (auto &group : running->groups)
      if (!group.empty())
        broken("a thread ended with copies on their way");
  }
  give_way(DONE);
  abort();
}

void prepare(fiber &f, unsigned index) {
  if (!f.stack)
    f.stack = static_cast<char *>(aligned_alloc(64, STACK));
  void **top = reinterpret_cast<void **>(f.stack + STACK - 64);
  *--top = nullptr; // keeps the stack aligned as after a call
  *--top = reinterpret_cast<void *>(fiber_main);
  for (int i = 0; i < 6; i++)
    *--top = nullptr;
  f.stack_pointer = top;
  f.at = READY;
  f.index = {index % now->threads.x, index / now->threads.x % now->threads.y,
             index / now->threads.x / now->threads.y};
  f.open.clear();
  f.groups.clear();
}

void move(const copy &c) {
  if (c.real)
    memcpy(c.to, c.from, 16);
  else
    memset(c.to, 0, 16);
}

// mma.m16n8k16: lane l holds of A rows l/4 and l/4 + 8, of B and D column l/4 and columns 2·(l mod 4) …; PTX ISA,
// "Matrix Fragments for mma.m16n8k16".
void multiply_warp(fiber *lanes) {
  float a[16][16], b[8][16];
  int brain = lanes[0].wanted.option;
  for (int l = 0; l < WARP; l++) {
    const request &r = lanes[l].wanted;
    for (int i = 0; i < 4; i++)
      for (int half = 0; half < 2; half++)
        a[l / 4 + i % 2 * 8][l % 4 * 2 + i / 2 * 8 + half] = narrow_at(&r.a[i], half, !brain);
    for (int half = 0; half < 2; half++) {
      b[l / 4][l % 4 * 2 + half] = narrow_at(&r.b0, half, !brain);
      b[l / 4][l % 4 * 2 + 8 + half] = narrow_at(&r.b1, half, !brain);
    }
  }
  for (int l = 0; l < WARP; l++)
    for (int i = 0; i < 4; i++) {
      const float *left = a[l / 4 + i / 2 * 8], *right = b[l % 4 * 2 + i % 2];
      float sum = 0;
      for (int k = 0; k < 16; k++)
        sum += left[k] * right[k];
      lanes[l].wanted.d[i] += sum;
    }
}

// ldmatrix: lanes 8i … 8i+7 give the rows of matrix i; lane l gets elements 2·(l mod 4) and the next of row l/4, or
// with .trans of column l/4.
void matrices_warp(fiber *lanes) {
  for (int i = 0; i < lanes[0].wanted.count; i++)
    for (int l = 0; l < WARP; l++) {
      unsigned short pair[2];
      for (int half = 0; half < 2; half++) {
        int row = l / 4, column = l % 4 * 2 + half;
        if (lanes[0].wanted.option)
          row = l % 4 * 2 + half, column = l / 4;
        memcpy(&pair[half], static_cast<const char *>(lanes[i * 8 + row].wanted.row) + 2 * column, 2);
      }
      memcpy(&lanes[l].wanted.registers[i], pair, 4);
    }
}

void perform(fiber *lanes) {
  running = lanes;
  for (int l = 0; l < WARP; l++)
    if (lanes[l].wanted.what != lanes[0].wanted.what || lanes[l].wanted.option != lanes[0].wanted.option ||
        lanes[l].wanted.count != lanes[0].wanted.count)
      broken("lanes of a warp at different instructions");
  if (lanes[0].wanted.what == MULTIPLY)
    multiply_warp(lanes);
  else if (lanes[0].wanted.what == MATRICES)
    matrices_warp(lanes);
  else
    for (int l = 0; l < WARP; l++)
      lanes[l].wanted.b0 = lanes[l ^ lanes[l].wanted.option].wanted.value;
  for (int l = 0; l < WARP; l++)
    lanes[l].at = READY;
}

void run_fiber(fiber &f) {
  running = &f;
  host.thread = f.index;
  change_stack(&scheduler_stack, f.stack_pointer);
}

// Runs a warp until all its lanes are at a barrier or done.
void run_warp(fiber *lanes, unsigned count) {
  while (true) {
    unsigned waiting = 0, finished = 0;
    for (unsigned l = 0; l < count; l++) {
      if (lanes[l].at == READY)
        run_fiber(lanes[l]);
      waiting += lanes[l].at == AT_WARP;
      finished += lanes[l].at == DONE || lanes[l].at == AT_BARRIER;
    }
    if (finished == count)
      return;
    if (waiting == WARP)
      perform(lanes);
    else if (waiting + finished == count)
      broken("an instruction of the warp that not all lanes reach");
  }
}

void run_block() {
  unsigned count = now->threads.x * now->threads.y * now->threads.z, warps = (count + WARP - 1) / WARP;
  for (unsigned i = 0; i < count; i++)
    prepare(fibers[i], i);
  while (true) {
    for (unsigned i = 0; i < warps; i++) {
      unsigned warp = reversed ? warps - 1 - i : i;
      unsigned left = count - warp * WARP;
      run_warp(fibers + warp * WARP, left < WARP ? left : WARP);
    }
    unsigned done = 0;
    for (unsigned i = 0; i < count; i++)
      done += fibers[i].at == DONE;
    if (done == count)
      return;
    if (done > 0)
      broken("a barrier that some threads of the block never reach");
    for (unsigned i = 0; i < count; i++)
      fibers[i].at = READY;
  }
}

void ask(const request &r) {
  running->wanted = r;
  give_way(AT_WARP);
}

void check_aligned(const void *p, unsigned long bytes) {
  if (reinterpret_cast<unsigned long>(p) % bytes != 0)
    broken("an address that is not aligned");
}

void synchronize() { give_way(AT_BARRIER); }
unsigned shuffle(unsigned value, int mask) {
  request r = {};
  r.what = SHUFFLE, r.value = value, r.option = mask;
  ask(r);
  return running->wanted.b0;
}
void multiply(float *d, const unsigned *a, unsigned b0, unsigned b1, int brain) {
  request r = {};
  r.what = MULTIPLY, r.d = d, r.a = a, r.b0 = b0, r.b1 = b1, r.option = brain;
  ask(r);
}
void matrices(unsigned *registers, const void *row, int count, int turned) {
  // Of two matrices only the first sixteen addresses count.
  if (count == 4 || running->index.x % WARP < 16)
    check_aligned(row, 16);
  request r = {};
  r.what = MATRICES, r.registers = registers, r.row = row, r.count = count, r.option = turned;
  ask(r);
}
void start_copy(void *to, const void *from, bool real) {
  check_aligned(to, 16);
  check_aligned(from, 16);
  copy c = {to, from, real};
  if (copies_early)
    move(c);
  else
    running->open.push_back(c);
}
void commit() {
  running->groups.push_back(std::move(running->open));
  running->open.clear();
}
void wait_for(int left) {
  while (running->groups.size() > static_cast<unsigned long>(left)) {
    for (const copy &c : running->groups.front())
      move(c);
    running->groups.pop_front();
  }
}

bool is_set(const char *name, const char *value) {
  const char *text = getenv(name);
  return text && strcmp(text, value) == 0;
}

} // namespace

emulated_host *execution_host() {
  host.synchronize = synchronize;
  host.shuffle = shuffle;
  host.multiply = multiply;
  host.matrices = matrices;
  host.copy = start_copy;
  host.commit = commit;
  host.wait = wait_for;
  return &host;
}

void execute(const launch &what) {
  copies_early = is_set("EMULATED_COPIES", "early");
  reversed = is_set("EMULATED_ORDER", "reversed");
  now = &what;
  running = nullptr;
  host.threads = what.threads;
  host.blocks = what.blocks;
  if (what.threads.x * what.threads.y * what.threads.z > what.kernel->most_threads)
    broken("more threads in a block than the kernel was compiled for");
  dynamic.assign(what.shared_bytes + 64, static_cast<char>(0xff));
  host.dynamic_shared = reinterpret_cast<void *>((reinterpret_cast<unsigned long>(dynamic.data()) + 63) / 64 * 64);
  for (unsigned z = 0; z < what.blocks.z; z++)
    for (unsigned y = 0; y < what.blocks.y; y++)
      for (unsigned x = 0; x < what.blocks.x; x++) {
        host.block = {x, y, z};
        memset(host.dynamic_shared, 0xff, what.shared_bytes);
        run_block();
      }
}
