"""Model files that attack their reader end in an error, quickly, within their size and some memory."""

import os
import resource
import subprocess
import time

import pytest
from hostile_models import CORPUS, MIB
from service import binaries

SECONDS, MEMORY = 5, 256 * MIB


def inspect(path, folder):
    """Exit status, what was said, seconds and the most bytes resident."""
    def limit():
        # Far above what is allowed, so that a mistake is measured and not swapped.
        resource.setrlimit(resource.RLIMIT_CPU, (30, 30))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    started = time.monotonic()
    with open(folder / "said", "w+", encoding="utf-8") as said:
        process = subprocess.Popen(
            [binaries() / "atelier", "models", "inspect", path], cwd=folder, stdout=subprocess.DEVNULL, stderr=said,
            preexec_fn=limit)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        return process.returncode, said.read(), time.monotonic() - started, usage.ru_maxrss * 1024


@pytest.mark.parametrize("name", CORPUS)
def test_a_hostile_file_is_an_error(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(CORPUS[name]())
    status, said, seconds, memory = inspect(path, tmp_path)
    assert status == 1 and len(said.strip().splitlines()) == 1 and len(said) < 2000, said
    assert seconds < SECONDS
    assert memory < path.stat().st_size + MEMORY
    assert sorted(file.name for file in tmp_path.iterdir()) == sorted([name, "said"])


def test_what_is_no_file_is_an_error(tmp_path):
    os.mkfifo(tmp_path / "pipe.ckpt")
    os.symlink("loop.ckpt", tmp_path / "loop.ckpt")
    for name in ("pipe.ckpt", "loop.ckpt"):
        assert inspect(tmp_path / name, tmp_path)[0] == 1
    with open(tmp_path / "hole.safetensors", "wb") as file:
        file.truncate(1 << 40)
    status, _, seconds, memory = inspect(tmp_path / "hole.safetensors", tmp_path)
    assert status == 1 and seconds < SECONDS and memory < MEMORY
