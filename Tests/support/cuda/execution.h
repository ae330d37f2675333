// Runs the threads of a block as fibers of one thread of the host, so that barriers, shuffles and matrix
// instructions mean what they mean on a device.

#pragma once
#include "emulation.h"

struct launch {
  const emulated_kernel *kernel;
  emulated_index blocks, threads;
  unsigned long shared_bytes;
  const void *parameters;
};

// The table a module's `emulated` is set to.
emulated_host *execution_host();
// Runs every block to its end; ends the process with a message where a kernel breaks a rule of the device.
void execute(const launch &what);
