"""Every tier of the processor backend on any x86-64 host: its instructions emulated, against the reference backend."""

import json
import os

import pytest
from emulated_tiers import TIERS
from service import ROOT

slow = pytest.mark.skipif(os.environ.get("ATELIER_SLOW") != "yes", reason="only with ATELIER_SLOW=yes")
DEMO = ROOT / "Sources" / "Worker" / "Resources" / "atelier-demo"


@pytest.mark.parametrize("tier", TIERS)
def test_every_operation_equals_reference(tiers, tier):
    result = tiers.run("atelier-bench", "conformance", "--backend", f"cpu:{tier}", "--threads", 2, "--json")
    assert result.returncode in (0, 1), result.stderr
    results = json.loads(result.stdout.splitlines()[-1])
    wrong = [item for item in results if not item["is_right"]]
    assert result.returncode == 0 and results and not wrong, (wrong, result.stderr)


def test_both_tiers_of_integers_give_the_same_bytes(tiers):
    result = tiers.run("twins")
    assert result.returncode == 0, result.stdout + result.stderr


def test_integers_take_the_tile_unit_where_there_is_one(tiers):
    result = tiers.run("atelier-bench", "conformance", "--backend", "cpu", "--precision", "int8")
    assert result.returncode == 0 and result.stdout.startswith("cpu:amxint8 "), result.stdout + result.stderr


# 30 dB is what `--precision` promises of narrow types, 60 dB of float32.
@pytest.mark.parametrize("tier, least", [
    ("amx", 30), ("amxint8", 30),
    *[pytest.param(tier, least, marks=slow) for tier, least in [
        ("avx512bf16", 30), ("avx512fp16", 30), ("avx512vnni", 30), ("avx512", 60)]],
])
def test_a_picture_equals_reference_s(tiers, tier, least):
    result = tiers.run(
        "atelier-bench", "parity", "--backend", f"cpu:{tier}", "--model", DEMO, "--size", 128, "--steps", 4, "--least",
        least)
    assert result.returncode == 0, result.stdout + result.stderr
