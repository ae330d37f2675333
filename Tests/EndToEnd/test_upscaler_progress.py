"""How far a job is that an upscaler of the ESRGAN family has a part in: every part counts, and none runs backwards."""

import io
import json
import shutil

import pytest
from PIL import Image
from service import ROOT, Service
from websockets.sync.client import connect

NETWORK = ROOT / "Tests" / "StableDiffusionTests" / "Goldens" / "upscalers" / "double.safetensors"


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    models = tmp_path_factory.mktemp("models")
    (models / "ESRGAN").mkdir()
    shutil.copy(NETWORK, models / "ESRGAN" / "double.safetensors")
    service = Service(worker_args=["--models", models])
    try:
        yield service.start_server().start_worker()
    finally:
        service.stop()


def progress_of(client, **fields):
    """Everything a job says of its progress, from its owner's socket, and the job at its end."""
    service, seen = client.service, []
    with connect(f"ws://127.0.0.1:{service.port}/api/events?since=0", origin=service.base) as link:
        job = client.submit(**fields)
        while True:
            event = json.loads(link.recv(timeout=60))
            if event.get("job_id") == job["id"] and event.get("progress", {}).get("total"):
                seen.append((event["progress"]["done"], event["progress"]["total"]))
            if event.get("job", {}).get("id") == job["id"] and event["job"]["state"] in ("finished", "failed"):
                assert event["job"]["state"] == "finished", event
                return seen, event["job"]


def upload(client, width, height):
    file = io.BytesIO()
    Image.linear_gradient("L").resize((width, height)).convert("RGB").save(file, "PNG")
    return client.request("POST", "/api/uploads", data=file.getvalue(), headers={"Content-Type": "image/png"}).json()["id"]


@pytest.mark.parametrize("size, factor, parts", [((400, 200), 2, 6), ((200, 100), 4, 2 + 6)])
def test_an_upscale_job_counts_its_parts(service, size, factor, parts):
    client = service.client()
    seen, job = progress_of(
        client, prompt="", mode="upscale", init_image=upload(client, *size), upscaler="double", upscale_by=factor)
    assert Image.open(io.BytesIO(client.picture(job["images"][0]))).size == (size[0] * factor, size[1] * factor)
    assert {total for _, total in seen} == {parts}
    assert seen == sorted(seen) and seen[-1][0] == parts, seen


@pytest.mark.parametrize("fields, total", [
    # 200 × 72 is two parts; 400 × 144 is three more on the way to four times the size.
    ({"hires_scale": 2, "sampler": "Euler"}, 4 + 2 + 3),
    ({"hires_scale": 3, "sampler": "Euler", "batch_count": 2}, 2 * (4 + 2 + 3 + 3)),
    # Heun evaluates twice a step, but once in the last.
    ({"hires_scale": 2, "sampler": "Heun"}, 7 + 2 + 5),
])
def test_hires_fix_counts_both_passes_and_the_parts_between(service, fields, total):
    seen, job = progress_of(
        service.client(), prompt="a red circle", width=200, height=72, steps=4, hires_steps=3, hires_upscaler="double",
        seed=4, **fields)
    assert {entry for _, entry in seen} == {total}, seen
    assert seen == sorted(seen) and seen[-1][0] == total, seen
    assert len(job["images"]) == fields.get("batch_count", 1)
