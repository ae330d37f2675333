"""The backend's own kernel text, compiled for the host and run thread by thread, against the reference backend."""

import json
import os

import pytest
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
    ([], {"ATELIER_CUDA_TILE": "turns", "EMULATED_ORDER": "reversed"}),
    ([], {"ATELIER_CUDA_TILE": "turns", "ATELIER_CUDA_TYPE": "bfloat16", "EMULATED_COPIES": "early"}),
    (["--precision", "full"], {"EMULATED_ORDER": "reversed"}),
], ids=["float16", "bfloat16", "float32"])
def test_every_operation_equals_reference(gpu, words, environment):
    conformance(gpu, *words, **environment)


@slow
@pytest.mark.parametrize("tile", range(5))
def test_every_operation_equals_reference_with_each_tile(gpu, tile):
    conformance(gpu, ATELIER_CUDA_TILE=tile, EMULATED_COPIES="early")


def test_timed_choices_are_kept_and_right(gpu):
    conformance(gpu, EMULATED_COPIES="early")
    assert list(gpu.cache.glob("*.choices"))


def test_a_picture_equals_reference_s(gpu):
    result = gpu.run(
        "atelier-bench", "parity", "--backend", "cuda", "--model", DEMO, "--size", 32, "--steps", 4,
        ATELIER_CUDA_TUNE=0)
    assert result.returncode == 0, result.stdout + result.stderr
