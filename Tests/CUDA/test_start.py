"""What Scripts/start.sh finds, says and fetches on a host with NVIDIA's driver: a false nvidia-smi, emulated libraries."""

import os
import pty
import subprocess

import pytest
from service import ROOT, binaries

SMI = """#!/bin/sh
echo '| NVIDIA-SMI 580.65   Driver Version: 580.65   CUDA Version: {version} |'
"""
# Notes what it is asked to fetch, and makes the folder.
PYTHON = """#!/bin/sh
echo "$@" >>"$FETCHED"
while [ $# -gt 0 ]; do [ "$1" = --target ] && mkdir -p "$2"; shift; done
"""


@pytest.fixture
def host(tmp_path):
    """Runs functions of Scripts/lib/cuda.sh on a host of its own."""
    tools = tmp_path / "tools"
    tools.mkdir()

    def program(name, text):
        (tools / name).write_text(text)
        (tools / name).chmod(0o755)

    program("python3", PYTHON)

    def run(gpu, script, version="13.0", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, **environment):
        program("nvidia-smi", SMI.format(version=version))
        words = gpu.environment(**environment)
        words["PATH"] = f"{tools}:{os.environ['PATH']}"
        words["FETCHED"] = str(tmp_path / "fetched")
        lines = ["set -euo pipefail", f"source {ROOT}/Scripts/lib/common.sh", f"source {ROOT}/Scripts/lib/cuda.sh",
                 f"CUDA_FOLDER={tmp_path}/.cuda", f"bin={binaries()}", script]
        return subprocess.run(["bash", "-c", "\n".join(lines)], env=words, stdin=stdin, stdout=stdout,
                              stderr=subprocess.PIPE, text=True, timeout=60)

    run.fetched = lambda: (tmp_path / "fetched").read_text() if (tmp_path / "fetched").exists() else ""
    run.tools = tools
    return run


@pytest.mark.parametrize("count", [1, 3])
def test_each_gpu_gets_a_worker_of_its_own(gpu, host, count):
    names = host(gpu, 'cuda_devices "$bin"', EMULATED_DEVICES=count).stdout.split()
    assert names == ["cuda", "cuda:1", "cuda:2"][:count]


def test_nothing_is_said_where_nothing_is_missing(gpu, host):
    done = host(gpu, 'offer_cuda "$bin" auto no')
    assert done.returncode == 0 and done.stdout == "" and host.fetched() == ""


@pytest.mark.parametrize("missing, said", [
    ("libnvrtc.so.13", "The GPU is not used: "), ("libcudnn.so.9", "The GPU convolves by Atelier's own kernels alone: "),
    ("libcublasLt.so.13", "The GPU multiplies by Atelier's own kernels alone: "),
])
def test_what_is_missing_is_said_and_fetched_only_when_asked(gpu, host, tmp_path, missing, said):
    part = gpu.without(missing, tmp_path / "part")
    told = host(part, 'offer_cuda "$bin" auto no')
    assert told.stdout.startswith(said) and missing.split(".")[0] in told.stdout, told
    assert "--fetch-cuda" in told.stdout and host.fetched() == ""
    assert host(part, 'offer_cuda "$bin" cpu no').stdout == ""
    fetched = host(part, 'offer_cuda "$bin" auto yes; echo "$ATELIER_CUDA_PATH"')
    assert fetched.returncode == 0 and fetched.stdout.rstrip().endswith("/.cuda"), fetched
    for wheel in ["nvidia-cuda-nvrtc>=13,<14", "nvidia-cublas>=13,<14", "nvidia-cudnn-cu13>=9,<10", "--no-deps"]:
        assert wheel in host.fetched()


def test_wheels_are_those_of_the_driver(gpu, host):
    assert host(gpu, "cuda_wheels", version="12.4").stdout.split() == [
        "nvidia-cuda-nvrtc-cu12", "nvidia-cublas-cu12", "nvidia-cudnn-cu12>=9,<10"]


@pytest.mark.parametrize("answer, fetches", [("y", True), ("n", False), ("", False)])
def test_a_person_at_the_terminal_is_asked(gpu, host, tmp_path, answer, fetches):
    part = gpu.without("libcudnn.so.9", tmp_path / "part")
    master, terminal = pty.openpty()
    os.write(master, f"{answer}\n".encode())
    done = host(part, 'offer_cuda "$bin" auto no', stdin=terminal, stdout=terminal)
    said = os.read(master, 4096).decode()
    os.close(terminal)
    assert done.returncode == 0 and "libraries for it are missing" in said, (done, said)
    assert ("nvidia-cudnn" in host.fetched()) == fetches


def test_a_failed_fetch_leaves_what_was_there(gpu, host, tmp_path):
    (tmp_path / ".cuda").mkdir()
    (tmp_path / ".cuda" / "kept").touch()
    (host.tools / "python3").write_text("#!/bin/sh\nexit 1\n")
    done = host(gpu, "fetch_cuda")
    assert done.returncode == 1 and "pip could not fetch" in done.stderr
    assert (tmp_path / ".cuda" / "kept").exists()


def test_without_a_driver_nothing_is_offered(gpu, host, tmp_path):
    part = gpu.without("libnvrtc.so.13", tmp_path / "part")
    done = host(part, 'nvidia-smi() { return 9; }; offer_cuda "$bin" auto no')
    assert done.returncode == 0 and done.stdout == "" and host.fetched() == ""
