"""A GPU made of the host's processor, and the built tools run on it."""

import os
import shutil
import subprocess
from pathlib import Path

from service import binaries

SUPPORT = Path(__file__).resolve().parent / "cuda"


def compiler() -> str:
    """clang++ of the Swift toolchain, or the first in PATH."""
    swift = shutil.which("swift")
    beside = Path(swift).resolve().parent / "clang++" if swift else None
    found = str(beside) if beside and beside.exists() else shutil.which("clang++")
    assert found, "expected clang++ beside swift or in PATH, found none"
    return found


class EmulatedGPU:
    """A folder with NVIDIA's libraries as the emulator plays them; parts can be taken out."""

    def __init__(self, folder: Path, cache: Path):
        self.folder = folder
        self.cache = cache

    def environment(self, **more):
        return {
            **os.environ, "ATELIER_CUDA_PATH": str(self.folder), "ATELIER_CUDA_CACHE": str(self.cache),
            "EMULATED_COMPILER": compiler(), "EMULATION_HEADER": str(SUPPORT / "emulation.h"),
            **{name: str(value) for name, value in more.items()}}

    def run(self, tool, *words, **environment):
        return subprocess.run(
            [binaries() / tool, *map(str, words)], capture_output=True, text=True,
            env=self.environment(**environment))

    def without(self, library: str, folder: Path) -> "EmulatedGPU":
        """The same without one of the libraries."""
        shutil.copytree(self.folder, folder)
        (folder / library).unlink()
        return EmulatedGPU(folder, self.cache)


def build(folder: Path, cache: Path) -> EmulatedGPU:
    """Compiles the libraries into `folder`."""
    for name, sources in [
        ("libcuda.so.1", ["driver.cpp", "execution.cpp"]), ("libcublasLt.so.13", ["products.cpp"]),
        ("libnvidia-ml.so.1", ["management.cpp"]), ("libcudnn.so.9", ["networks.cpp"]),
        ("libnvrtc.so.13", ["-DEMULATED_MAJOR=13", "compiler.cpp"]),
    ]:
        subprocess.run(
            [compiler(), "-std=c++17", "-O2", "-Wall", "-shared", "-fPIC", f"-Wl,-soname,{name}", "-o",
             folder / name, *sources],
            cwd=SUPPORT, check=True)
    return EmulatedGPU(folder, cache)
