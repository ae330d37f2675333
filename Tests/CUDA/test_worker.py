"""A worker on the emulated GPU under a real server: memory that ends, numbers that overflow, a device that breaks."""

import io
import json
import shutil
import struct

import numpy as np
import pytest
from PIL import Image
from emulated_gpu import compiler
from service import ROOT, Service, wait_until

# Networks of every kind and next to no work: the emulator takes a second for what a GPU does in a microsecond.
MODELS = ROOT / "Tests" / "StableDiffusionTests" / "Goldens"
REQUEST = {"model": "tiny-sd1", "prompt": "a circle", "seed": 3, "steps": 1, "width": 64, "height": 64,
           "guidance_scale": 3, "sampler": "euler"}


@pytest.fixture
def start(gpu, monkeypatch):
    """Starts a service whose worker is on the emulated GPU, with faults and more of the worker's words."""
    services = []

    def make(*words, **environment):
        settings = {"ATELIER_CUDA_TUNE": 0, "EMULATED_COMPILER": compiler(), **environment}
        for name, value in gpu.environment(**settings).items():
            monkeypatch.setenv(name, value)
        services.append(Service(worker_args=["--backend", "cuda", "--models", str(MODELS), *map(str, words)]))
        return services[-1].start_server().start_worker()

    yield make
    for service in services:
        service.stop()


def finished(client, **changes):
    job = client.wait(client.submit(**{**REQUEST, **changes})["id"], seconds=100)
    return job, [client.picture(image) for image in job["images"]]


def decibels(one, two):
    pixels = [np.asarray(Image.open(io.BytesIO(png)), np.float64) for png in (one, two)]
    return 10 * np.log10(255 ** 2 / max(np.mean((pixels[0] - pixels[1]) ** 2), 1e-9))


def changed_model(folder, name, part, tensor, change):
    """The tiny model under another name, with one tensor of one file changed."""
    shutil.copytree(MODELS / "tiny-sd1", folder / name)
    path = folder / name / part / "diffusion_pytorch_model.safetensors"
    data = bytearray(path.read_bytes())
    (size,) = struct.unpack("<Q", data[:8])
    place = json.loads(data[8:8 + size])[tensor]
    kind = {"F32": np.float32, "F16": np.float16}[place["dtype"]]
    start, end = (8 + size + offset for offset in place["data_offsets"])
    values = np.frombuffer(bytes(data[start:end]), kind).astype(np.float32)
    data[start:end] = change(values).astype(kind).tobytes()
    path.write_bytes(data)


def test_memory_that_ends_costs_time_then_a_clear_failure_and_never_the_next_job(start, tmp_path):
    flag = tmp_path / "now"
    service = start(EMULATED_FAIL="cuMemAlloc_v2:2:1:2", EMULATED_WHEN=flag)
    client = service.client()
    _, before = finished(client)
    # Memory was reserved for the first picture; another size asks for more, in vain, and once more in vain after what
    # was kept is given back.
    flag.touch()
    job, sparing = finished(client, width=128)
    assert job["attempt"] == 1 and "memory is exhausted" in service.log_path.read_text()
    flag.unlink()
    assert finished(client)[1] == before
    # The sparing way leads to the same picture, but for roundings.
    _, plain = finished(client, width=128)
    assert decibels(plain[0], sparing[0]) > 40


def test_what_fits_in_no_way_fails_and_the_next_job_works(start, tmp_path):
    flag = tmp_path / "now"
    service = start(EMULATED_LARGEST=64 << 10, EMULATED_WHEN=flag)
    client = service.client()
    _, before = finished(client)
    flag.touch()
    job = client.wait(client.submit(**{**REQUEST, "width": 128, "height": 128})["id"], ("failed",))
    assert job["error"]["code"] == "oom" and "128×128 does not fit" in job["error"]["message"], job
    # A smaller size was tried too.
    assert "tried a smaller size" in service.log_path.read_text()
    flag.unlink()
    assert finished(client)[1] == before


def test_numbers_that_leave_float16_are_made_once_more_in_bfloat16(start, tmp_path):
    changed_model(tmp_path, "loud", "vae", "decoder.conv_in.weight", lambda x: x * 1e5)
    changed_model(tmp_path, "broken", "vae", "decoder.conv_in.weight", lambda x: x * np.nan)
    service = start("--models", tmp_path)
    client = service.client()
    assert finished(client, model="loud")[0]["attempt"] == 1
    assert "not finite; trying once more" in service.log_path.read_text()
    job = client.wait(client.submit(**{**REQUEST, "model": "broken"})["id"], ("failed",))
    assert job["error"]["code"] == "nan" and "not finite" in job["error"]["message"], job
    finished(client)


def test_a_broken_device_ends_its_worker_and_the_job_is_rescued(start, tmp_path):
    service = start(EMULATED_FAIL="cuLaunchKernel:700:400", EMULATED_ONCE=tmp_path / "once")
    client = service.client()
    job = client.submit(**REQUEST)
    assert service.workers["a"].wait(60) == 75, service.tail()
    assert "illegal memory access" in service.log_path.read_text()
    service.start_worker()
    done = client.wait(job["id"], seconds=100)
    assert done["attempt"] == 2 and len(done["images"]) == 1


def test_memory_and_utilisation_are_told(start):
    service = start()
    client = service.client()
    text = wait_until(
        lambda: (text := client.request("GET", "/metrics").text) and "utilisation_ratio" in text and text, 20, "vitals")
    lines = {line.split("{")[0]: float(line.split(" ")[-1]) for line in text.splitlines() if "{worker=" in line}
    assert lines["atelier_worker_device_utilisation_ratio"] == 0.42
    assert lines["atelier_worker_device_memory_bytes"] == 3 << 30
    assert lines["atelier_worker_device_memory_total_bytes"] == 8 << 30
    (worker,) = client.request("GET", "/api/capabilities").json()["workers"]
    assert worker["memory_bytes"] == 8 << 30


def test_without_the_management_library_the_driver_tells_of_memory(start):
    service = start(EMULATED_UNMANAGED=1)
    client = service.client()
    text = wait_until(
        lambda: (text := client.request("GET", "/metrics").text) and "device_memory_bytes" in text and text, 20, "vitals")
    assert "utilisation_ratio" not in text and " 8589934592" in text
