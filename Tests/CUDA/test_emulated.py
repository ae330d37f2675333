"""The backend's own kernel text, compiled for the host and run thread by thread, against the reference backend."""

import json

import pytest
from service import ROOT

DEMO = ROOT / "Sources" / "Worker" / "Resources" / "atelier-demo"


def conformance(gpu, *words, **environment):
    result = gpu.run("atelier-bench", "conformance", "--backend", "cuda", "--json", *words, **environment)
    results = json.loads(result.stdout.splitlines()[-1])
    wrong = [item for item in results if not item["is_right"]]
    assert result.returncode == 0 and results and not wrong, (wrong, result.stderr)


# Copies that arrive at the last moment show a missing wait, those that arrive at once a stage filled too soon;
# warps in either order show a missing barrier. Each is combined with another way of making products.
@pytest.mark.parametrize("words, environment", [
    ([], {}),
    ([], {"ATELIER_CUDA_TYPE": "bfloat16", "EMULATED_COPIES": "early", "ATELIER_CUDA_TUNE": 0}),
    (["--precision", "full"], {"EMULATED_ORDER": "reversed"}),
    ([], {"ATELIER_CUDA_TILE": 0, "EMULATED_ORDER": "reversed"}),
    ([], {"ATELIER_CUDA_TILE": 1, "EMULATED_COPIES": "early"}),
    ([], {"ATELIER_CUDA_TILE": 2, "EMULATED_ORDER": "reversed", "EMULATED_COPIES": "early"}),
    ([], {"ATELIER_CUDA_TILE": 3, "EMULATED_ORDER": "reversed"}),
    ([], {"ATELIER_CUDA_TILE": 4}),
], ids=["timed choices", "bfloat16", "float32", "128×160", "128×128", "128×64", "64×64", "128×32"])
def test_every_operation_equals_reference(gpu, words, environment):
    conformance(gpu, *words, **environment)


def test_a_picture_equals_reference_s(gpu):
    result = gpu.run(
        "atelier-bench", "parity", "--backend", "cuda", "--model", DEMO, "--size", 64, "--steps", 3,
        ATELIER_CUDA_TUNE=0)
    assert result.returncode == 0, result.stdout + result.stderr
