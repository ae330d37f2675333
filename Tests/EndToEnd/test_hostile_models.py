"""Model files that attack their reader end in an error, quickly, within their size and some memory."""

import json
import os
import shutil
import subprocess
import sys

import pytest
from hostile_models import CORPUS, MIB, one, safetensors
from service import ROOT, binaries, wait_until

SECONDS, MEMORY = 5, 256 * MIB
GOLDENS = ROOT / "Tests" / "StableDiffusionTests" / "Goldens"


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


def models(folder, *arguments):
    """Exit status, what was said, seconds and the most bytes resident of `atelier models …`."""
    command = [sys.executable, "-c", MEASURE, binaries() / "atelier", "models", *arguments]
    result = subprocess.run([str(word) for word in command], cwd=folder, capture_output=True, text=True, timeout=60)
    status, seconds, memory = json.loads(result.stdout)
    return status, result.stderr, seconds, memory


@pytest.mark.parametrize("name", CORPUS)
def test_a_hostile_file_is_an_error(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(CORPUS[name]())
    commands = [["inspect", path], ["convert", path, "out.safetensors"], ["prune", path, "out.safetensors"],
                ["merge", path, path, "--output", "out.safetensors"]]
    # The structure of every file, and each file by one of the commands that write.
    for command in (commands[0], commands[1 + list(CORPUS).index(name) % 3]):
        status, said, seconds, memory = models(tmp_path, *command)
        assert status == 1 and len(said.strip().splitlines()) == 1 and len(said) < 2000, (command, said)
        assert said.strip().isprintable(), command
        assert seconds < SECONDS, command
        assert memory < path.stat().st_size + MEMORY, command
        assert [file.name for file in tmp_path.iterdir()] == [name], command


def test_hashing_reads_bytes_and_believes_nothing(tmp_path):
    names = ["duplicate-name.ckpt", "nested.ckpt", "huge-header.safetensors", "empty.safetensors"]
    for name in names:
        (tmp_path / name).write_bytes(CORPUS[name]())
    status, said, seconds, memory = models(tmp_path, "hash", *names)
    assert status == 0 and not said and seconds < SECONDS and memory < MEMORY


def test_what_is_no_file_is_an_error(tmp_path):
    os.mkfifo(tmp_path / "pipe.ckpt")
    os.symlink("loop.ckpt", tmp_path / "loop.ckpt")
    for name in ("pipe.ckpt", "loop.ckpt"):
        assert models(tmp_path, "inspect", name)[0] == 1
    with open(tmp_path / "hole.safetensors", "wb") as file:
        file.truncate(1 << 40)
    status, _, seconds, memory = models(tmp_path, "inspect", "hole.safetensors")
    assert status == 1 and seconds < SECONDS and memory < MEMORY


def test_odd_names_are_shown_without_their_powers(tmp_path):
    names = ["__class__.__init__.__globals__", "../../etc/passwd", "\x1b]0;title\x07", "a\u202eb", "x" * 4000]
    header = {name: one(offsets=(4 * place, 4 * place + 4)) for place, name in enumerate(names)}
    (tmp_path / "odd.safetensors").write_bytes(safetensors(header, bytes(4 * len(names))))
    said = subprocess.run(
        [binaries() / "atelier", "models", "inspect", "odd.safetensors"], cwd=tmp_path, capture_output=True, text=True)
    assert said.returncode == 0 and "__class__.__init__.__globals__" in said.stdout
    assert all(line.replace("\t", " ").isprintable() for line in said.stdout.splitlines())


def peak(process):
    """The most bytes a running process has had resident."""
    for line in open(f"/proc/{process.pid}/status"):
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024


def test_a_worker_outlives_folders_of_them(make_service, tmp_path):
    """Searched at the start, as models and as everything that goes with them; the good model works."""
    folders = [tmp_path / "models", tmp_path / "models" / "Lora", tmp_path / "models" / "embeddings",
               tmp_path / "models" / "VAE", tmp_path / "models" / "hypernetworks"]
    for place, folder in enumerate(folders):
        folder.mkdir()
        for number, (name, content) in enumerate(CORPUS.items()):
            # Every file once as a model, and each a second time as something that goes with models.
            if place == 0 or number % 4 == place - 1:
                (folder / name).write_bytes(content())
    # A model of which one part attacks: found by its names, refused when its turn comes.
    shutil.copytree(GOLDENS / "tiny-sd1", folders[0] / "broken")
    shutil.copy(folders[0] / "overlap.safetensors", folders[0] / "broken/vae/diffusion_pytorch_model.safetensors")
    service = make_service(worker_args=["--models", folders[0]]).start_server().start_worker()
    client = service.client()
    known = client.request("GET", "/api/capabilities").json()
    names = [model["name"] for model in known["models"]]
    assert not [name for name in names if name + ".ckpt" in CORPUS or name + ".safetensors" in CORPUS]
    if "broken" in names:
        job = client.wait(client.submit(prompt="x", model="broken", steps=1)["id"], ["failed"])
        assert job["error"]["message"], job
    job = client.submit(prompt="x", model="atelier-demo", steps=1, width=64, height=64)
    client.wait(job["id"])
    worker = service.workers["a"]
    assert worker.poll() is None
    # Beside the files' own pages, which the kernel may take back, and the demo model.
    wait_until(lambda: peak(worker) < 1024 * MIB, 1, "the worker's memory")
