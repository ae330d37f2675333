"""The backend's own kernel text, compiled for the host and run thread by thread, against the reference backend."""

import collections
import json
import os
import pathlib
import struct

import pytest
from emulated_gpu import EmulatedGPU
from service import ROOT

slow = pytest.mark.skipif(os.environ.get("ATELIER_SLOW") != "yes", reason="only with ATELIER_SLOW=yes")
DEMO = ROOT / "Sources" / "Worker" / "Resources" / "atelier-demo"


def conformance(gpu, *words, **environment):
    result = gpu.run("atelier-bench", "conformance", "--backend", "cuda", "--json", *words, **environment)
    results = json.loads(result.stdout.splitlines()[-1])
    wrong = [item for item in results if not item["is_right"]]
    assert result.returncode == 0 and results and not wrong, (wrong, result.stderr)


# Copies that arrive at the last moment show a missing wait, those that arrive at once a stage filled too soon;
# warps in either order show a missing barrier. Products take each tile in turn, or what timing chooses.
@pytest.mark.parametrize("words, environment", [
    pytest.param([], {"ATELIER_CUDA_TILE": "turns", "EMULATED_ORDER": "reversed"}, id="float16"),
    # The text of the kernels is float16's.
    pytest.param(
        [], {"ATELIER_CUDA_TILE": "turns", "ATELIER_CUDA_TYPE": "bfloat16", "EMULATED_COPIES": "early"}, id="bfloat16",
        marks=slow),
    pytest.param(["--precision", "full"], {"EMULATED_ORDER": "reversed"}, id="float32"),
])
def test_every_operation_equals_reference(gpu, words, environment):
    conformance(gpu, *words, **environment)


@slow
@pytest.mark.parametrize("tile", range(5))
def test_every_operation_equals_reference_with_each_tile(gpu, tile):
    conformance(gpu, ATELIER_CUDA_TILE=tile, EMULATED_COPIES="early")


def chosen(cache):
    """How often each way was chosen: of products a tile's number, then 5 for cuBLASLt and 6 for cuDNN; of attention 7 for
    the own kernel and 8 for cuDNN's."""
    (file,) = cache.glob("*.choices")
    data = file.read_bytes()[32:]
    return collections.Counter(struct.unpack_from("<i", data, at + 8)[0] for at in range(0, len(data), 80))


def test_timed_choices_are_kept_and_right(gpu, tmp_path):
    gpu = EmulatedGPU(gpu.folder, tmp_path / "cache")
    conformance(gpu, EMULATED_COPIES="early")
    assert sum(chosen(gpu.cache).values()) > 0


def test_what_libraries_do_is_right(gpu, tmp_path):
    gpu = EmulatedGPU(gpu.folder, tmp_path / "cache")
    asked = tmp_path / "asked"
    conformance(gpu, ATELIER_CUDA_TILE="libraries", EMULATED_ASKED=asked)
    kinds = chosen(gpu.cache)
    assert kinds[5] > 0 and kinds[6] > 0 and kinds[8] > 0, kinds
    # Once a graph, however many of its engines are tried.
    graphs = asked.read_text().splitlines()
    assert len(graphs) == len(set(graphs)) > 0
    # An engine that was chosen and is proposed no more is done without.
    conformance(gpu, EMULATED_ENGINES=0)


@slow
def test_convolutions_without_cudnn_are_the_own_kernel_s(gpu, tmp_path):
    part = gpu.without("libcudnn.so.9", tmp_path / "part")
    part.cache = tmp_path / "cache"
    conformance(part, ATELIER_CUDA_TILE="libraries")
    assert chosen(part.cache)[6] == 0


@pytest.mark.parametrize("environment", [
    pytest.param({"ATELIER_CUDA_TUNE": 0}, id="own"),
    pytest.param({"ATELIER_CUDA_TILE": "libraries"}, id="libraries", marks=slow)])
def test_pictures_of_recorded_networks_equal_single_ones(gpu, tmp_path, environment):
    """The first of a process runs call by call, the second is recorded, the third is replayed; also what libraries do."""
    if "ATELIER_CUDA_TILE" in environment:
        gpu = EmulatedGPU(gpu.folder, tmp_path / "cache")
    def pictures(name, seed, count):
        result = gpu.run(
            "atelier", "txt2img", "--model", DEMO, "--prompt", "a circle", "--seed", seed, "--steps", 1, "--W", 64,
            "--H", 64, "--n_iter", count, "--backend", "cuda", "--outdir", tmp_path / name, "--json", **environment)
        assert result.returncode == 0, result.stderr
        return [pathlib.Path(file).read_bytes() for file in json.loads(result.stdout.splitlines()[-1])["files"]]

    assert pictures("together", 3, 3)[2] == pictures("alone", 5, 1)[0]


def test_a_picture_equals_reference_s(gpu):
    result = gpu.run(
        "atelier-bench", "parity", "--backend", "cuda", "--model", DEMO, "--size", 32, "--steps", 4,
        ATELIER_CUDA_TUNE=0)
    assert result.returncode == 0, result.stdout + result.stderr
