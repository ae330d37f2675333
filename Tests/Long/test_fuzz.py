"""libFuzzer at every parser of strangers' bytes, each for a share of the time; what it finds is kept."""

import os
import subprocess
from pathlib import Path

import pytest

from service import ROOT

TARGETS = ["http", "websocket", "frames", "json", "upload", "png", "safetensors", "torch", "pickle", "prompt",
           "grid", "infotext"]
# What a parser may take for one input, and for all that it holds meanwhile.
SECONDS, MEBIBYTES = 20, 768


@pytest.mark.parametrize("target", TARGETS)
def test_no_input_breaks_a_parser(target, request, say):
    program = os.environ.get("ATELIER_FUZZ_BIN")
    if not program:
        pytest.skip("ATELIER_FUZZ_BIN names no atelier-fuzz")
    options = request.config.option
    seconds = max(1, int(60 * options.minutes * 0.2 / len(TARGETS)))
    found = ROOT / ".run" / "fuzz" / target
    corpus = found / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    folders = [corpus]
    if target in ("torch", "pickle"):
        folders.append(ROOT / "Tests" / "CheckpointsTests" / "Goldens" / "torch")
    run = subprocess.run(
        [program, target, *folders, f"-max_total_time={seconds}", f"-seed={options.seed % (1 << 31) or 1}",
         f"-timeout={SECONDS}", f"-rss_limit_mb={MEBIBYTES}", "-max_len=65536", "-print_final_stats=1",
         f"-artifact_prefix={found}/"],
        capture_output=True, text=True, errors="replace", timeout=seconds + 120,
        env={**os.environ, "SWIFT_BACKTRACE": "enable=no", "ASAN_OPTIONS": "symbolize=0:quarantine_size_mb=32"})
    stats = {key: value.strip() for key, _, value in (line.partition(": ") for line in run.stderr.splitlines())
             if key.startswith("stat::")}
    assert run.returncode == 0, f"kept in {found}\n" + run.stderr[-4000:]
    say(f"{target}: {stats.get('stat::number_of_executed_units', '?')} inputs in {seconds} s, "
        f"{len(list(Path(corpus).iterdir()))} kept")
