// Work of an emulated library: done now, or recorded where the emulated driver is recording.

#pragma once
#include <dlfcn.h>
#include <functional>

// Whether the driver took it.
inline bool perform(std::function<void()> work) {
  using entry = int (*)(void (*)(void *), void *, void (*)(void *));
  static const entry driver = [] {
    // The one that is loaded already: the backend opens it first.
    void *library = dlopen("libcuda.so.1", RTLD_NOW | RTLD_NOLOAD);
    return library ? reinterpret_cast<entry>(dlsym(library, "emulated_perform")) : nullptr;
  }();
  if (!driver)
    return false;
  using function = std::function<void()>;
  return driver([](void *state) { (*static_cast<function *>(state))(); }, new function(std::move(work)),
                [](void *state) { delete static_cast<function *>(state); }) == 0;
}
