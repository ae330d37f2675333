"""Model files that attack their reader end in an error, quickly, within their size and some memory."""

import json
import os
import subprocess
import sys

import pytest
from hostile_models import CORPUS, MIB
from service import binaries

SECONDS, MEMORY = 5, 256 * MIB


# In a process of its own: the most bytes resident count from the fork on, and pytest's own are many.
MEASURE = """
import json, os, resource, subprocess, sys, time
resource.setrlimit(resource.RLIMIT_CPU, (30, 30))
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
started = time.monotonic()
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, usage = os.wait4(process.pid, 0)
print(json.dumps([os.waitstatus_to_exitcode(status), time.monotonic() - started, usage.ru_maxrss * 1024]))
"""


def inspect(path, folder):
    """Exit status, what was said, seconds and the most bytes resident."""
    command = [sys.executable, "-c", MEASURE, binaries() / "atelier", "models", "inspect", path]
    result = subprocess.run([str(word) for word in command], cwd=folder, capture_output=True, text=True, timeout=60)
    status, seconds, memory = json.loads(result.stdout)
    return status, result.stderr, seconds, memory


@pytest.mark.parametrize("name", CORPUS)
def test_a_hostile_file_is_an_error(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(CORPUS[name]())
    status, said, seconds, memory = inspect(path, tmp_path)
    assert status == 1 and len(said.strip().splitlines()) == 1 and len(said) < 2000, said
    assert seconds < SECONDS
    assert memory < path.stat().st_size + MEMORY
    assert [file.name for file in tmp_path.iterdir()] == [name]


def test_what_is_no_file_is_an_error(tmp_path):
    os.mkfifo(tmp_path / "pipe.ckpt")
    os.symlink("loop.ckpt", tmp_path / "loop.ckpt")
    for name in ("pipe.ckpt", "loop.ckpt"):
        assert inspect(tmp_path / name, tmp_path)[0] == 1
    with open(tmp_path / "hole.safetensors", "wb") as file:
        file.truncate(1 << 40)
    status, _, seconds, memory = inspect(tmp_path / "hole.safetensors", tmp_path)
    assert status == 1 and seconds < SECONDS and memory < MEMORY
