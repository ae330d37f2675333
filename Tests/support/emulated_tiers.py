"""The tiers of processors that this host is not, with their instructions in plain C, linked into the tools."""

import concurrent.futures
import json
import os
import subprocess
from pathlib import Path

from emulated_gpu import compiler
from service import ROOT, binaries

SUPPORT = Path(__file__).resolve().parent / "tiers"
KERNELS = ROOT / "Sources" / "CKernels"
# As Package.swift compiles kernels; for this host's processor, since what is emulated has no instructions of its own.
FLAGS = [
    "-x", "c", "-O2", "-march=native", "-std=c11", "-fno-math-errno", "-Wall", "-Wextra", "-Werror", f"-I{SUPPORT}",
    f"-I{KERNELS}", f"-I{KERNELS / 'include'}",
    "-include", "immintrin.h"]
TIERS = ["amx", "amxint8", "avx512", "avx512bf16", "avx512fp16", "avx512vnni"]


def compile_tiers(folder: Path) -> dict[str, Path]:
    """The objects that take the place of the build's, by the build's names."""
    sources = {f"{name}.c.o": KERNELS / "x86" / f"{name}.c" for name in TIERS}
    sources["instructions.c.o"] = SUPPORT / "instructions.c"

    def compiled(item):
        name, source = item
        subprocess.run([compiler(), "-c", *FLAGS, source, "-o", folder / name], check=True)
        return name, folder / name

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        return dict(pool.map(compiled, sources.items()))


def link_command(tool: str) -> list[str]:
    """How the build linked `tool`, from its manifest; the tools are in .build/TRIPLE/release."""
    manifest = binaries().parents[1] / "release.yaml"
    ends = f'/{tool}"'
    found = [
        words for line in manifest.read_text().splitlines() if line.strip().startswith("args: [") and ends in line
        for words in [json.loads(line.split("args: ", 1)[1])] if "-emit-executable" in words]
    assert len(found) == 1, f"expected one command that links {tool} in {manifest}, found {len(found)}"
    return found[0]


def build_objects(tool: str, replaced: dict[str, Path]) -> list[str]:
    """What the build linked into `tool`, without the objects that are replaced."""
    (listing,) = [word for word in link_command(tool) if word.endswith(".LinkFileList")]
    objects = Path(listing[1:]).read_text().split()
    kept = [
        name for name in objects
        if not (Path(name).name in replaced and Path(name).parts[-3:-1] == ("CKernels.build", "x86"))]
    # What is new since the build, a tier perhaps, shows here and not as two definitions of one symbol.
    assert len(objects) - len(kept) == len(replaced), f"the build of {tool} is older than the tiers {sorted(replaced)}"
    return kept


def link(tool: str, folder: Path, replaced: dict[str, Path]) -> None:
    """Links the tool with these objects instead of the build's own."""
    files = folder / f"{tool}.files"
    files.write_text("\n".join([*build_objects(tool, replaced), *map(str, replaced.values())]))
    command = [f"@{files}" if word.endswith(".LinkFileList") else word for word in link_command(tool)]
    command[command.index("-o") + 1] = str(folder / tool)
    subprocess.run(command, check=True, capture_output=True)


def link_twins(folder: Path, replaced: dict[str, Path]) -> None:
    """The program that compares tiers whose bytes are the same."""
    kernels = [name for name in build_objects("atelier-bench", replaced) if "/CKernels.build/" in name]
    subprocess.run(
        [compiler(), *FLAGS, SUPPORT / "twins.c", "-x", "none", *replaced.values(), *kernels, "-lm", "-ldl",
         "-lpthread", "-o", folder / "twins"], check=True)


class EmulatedTiers:
    """A folder with the tools as they would run on a processor that has every instruction."""

    def __init__(self, folder: Path):
        self.folder = folder
        replaced = compile_tiers(folder)
        link("atelier-bench", folder, replaced)
        link_twins(folder, replaced)

    def run(self, tool, *words):
        return subprocess.run(
            [self.folder / tool, *map(str, words)], capture_output=True, text=True, env=os.environ)
