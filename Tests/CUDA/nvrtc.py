"""NVRTC by ctypes: compiles kernel text for named chips, which needs no GPU."""

import ctypes
import importlib.util
import re
from pathlib import Path

KERNELS = Path(__file__).resolve().parents[2] / "Sources" / "CKernels" / "cuda" / "kernels"


def wheel_folders():
    """The library folders of NVIDIA's wheels in this environment."""
    spec = importlib.util.find_spec("nvidia")
    roots = [Path(root) for root in (spec.submodule_search_locations if spec else [])]
    return [folder for root in roots for pattern in ("cu1*/lib", "*/lib") for folder in root.glob(pattern)]


def load():
    """The newest NVRTC among the wheels, or None."""
    for folder in wheel_folders():
        for name in ("libnvrtc.so.13", "libnvrtc.so.12"):
            if (folder / name).exists():
                # The library does not find its other half by itself.
                for half in sorted(folder.glob("libnvrtc-builtins.so.*")):
                    ctypes.CDLL(str(half), mode=ctypes.RTLD_GLOBAL)
                return ctypes.CDLL(str(folder / name))
    return None


def source(name):
    """The text the backend gives to NVRTC for a module."""
    return "\n".join((KERNELS / part).read_text() for part in ("params.h", "prelude.cu", f"{name}.cu"))


def compile_text(nvrtc, text, options):
    """The log and the cubin of `text`; fails with the log."""
    program = ctypes.c_void_p()
    assert nvrtc.nvrtcCreateProgram(ctypes.byref(program), text.encode(), b"kernels.cu", 0, None, None) == 0
    words = (ctypes.c_char_p * len(options))(*[option.encode() for option in options])
    status = nvrtc.nvrtcCompileProgram(program, len(options), words)
    size = ctypes.c_size_t()
    nvrtc.nvrtcGetProgramLogSize(program, ctypes.byref(size))
    log = ctypes.create_string_buffer(size.value)
    nvrtc.nvrtcGetProgramLog(program, log)
    assert status == 0, log.value.decode()
    nvrtc.nvrtcGetCUBINSize(program, ctypes.byref(size))
    cubin = ctypes.create_string_buffer(size.value)
    assert nvrtc.nvrtcGetCUBIN(program, cubin) == 0
    nvrtc.nvrtcDestroyProgram(ctypes.byref(program))
    return log.value.decode(), cubin.raw


def resources(log):
    """By kernel: registers, and bytes of registers that did not fit and went to memory."""
    found = {}
    for name, rest in re.findall(r"Function properties for (\w+)\s*\n(.*?)(?=Function properties|\Z)", log, re.S):
        memory = sum(int(n) for n in re.findall(r"(\d+) bytes (?:stack frame|spill stores)", rest))
        registers = re.search(r"Used (\d+) registers", rest)
        found[name] = (int(registers.group(1)) if registers else 0, memory)
    return found
