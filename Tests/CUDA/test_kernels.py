"""NVIDIA's compiler takes every kernel for every chip; tensor kernels keep all they have in registers."""

import os
from concurrent.futures import ThreadPoolExecutor

import nvrtc
import pytest

CHIPS = ["sm_80", "sm_89", "sm_90a", "sm_120"]
TILES = [(128, 160, 2, 4), (128, 128, 2, 4), (128, 64, 4, 2), (64, 64, 2, 2), (128, 32, 4, 1)]
HEADS = [40, 64, 80, 160, 512]


def modules():
    """Module, storage type and further definitions, as the backend asks for them."""
    for name in ("elementwise", "norm", "product_simple", "attention_simple"):
        for storage in (0, 1, 2) if name == "norm" else (0, 1):
            yield name, storage, {}
    for number, (rows, columns, row_warps, column_warps) in enumerate(TILES):
        yield "product", 1 + number % 2, {
            "CK_TILE_ROWS": rows, "CK_TILE_COLUMNS": columns, "CK_ROW_WARPS_OF_TILE": row_warps,
            "CK_COLUMN_WARPS": column_warps}
    for number, head in enumerate(HEADS):
        yield "attention", 1 + number % 2, {"CK_HEAD": head}


@pytest.fixture(scope="module")
def compiler():
    loaded = nvrtc.load()
    assert loaded, "expected libnvrtc of the wheel nvidia-cuda-nvrtc (Tests/requirements.txt), found none"
    return loaded


def compile_module(compiler, chip, module):
    name, storage, definitions = module
    options = [f"--gpu-architecture={chip}", "-std=c++17", "--ptxas-options=-v", f"-DCK_STORAGE={storage}"]
    options += [f"-D{key}={value}" for key, value in definitions.items()]
    log, cubin = nvrtc.compile_text(compiler, nvrtc.source(name), options)
    assert cubin.startswith(b"\x7fELF"), module
    kernels = nvrtc.resources(log)
    spilled = [kernel for kernel, (_, memory) in kernels.items() if memory > 0 and name in ("product", "attention")]
    assert kernels and not spilled, (chip, module, kernels)


@pytest.mark.parametrize("chip", CHIPS)
def test_compiles(compiler, chip):
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(lambda module: compile_module(compiler, chip, module), modules()))


def test_a_broken_kernel_fails(compiler):
    with pytest.raises(AssertionError, match="error"):
        nvrtc.compile_text(compiler, nvrtc.source("norm").replace("warp_sum(sum)", "warp_sun(sum)", 1),
                           ["--gpu-architecture=sm_80", "-std=c++17"])
