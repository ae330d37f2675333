"""The safety checker of a model that has one, through the service and the tool."""

import io
import json
import subprocess

import pytest
from guarded_model import make_guarded_model
from PIL import Image
from service import Service, binaries
from websockets.sync.client import connect

SETTINGS = dict(prompt="x", model="guarded", seed=7, steps=1, width=64, height=64, guidance_scale=1)


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    make_guarded_model(folder / "guarded")
    return folder


def is_black(data):
    picture = Image.open(io.BytesIO(data))
    return picture.getextrema() == ((0, 0),) * 3, picture.text


def previews(client, **fields):
    """How many previews a job's owner is shown while it runs."""
    service, count = client.service, 0
    with connect(f"ws://127.0.0.1:{service.port}/api/events?since=0", origin=service.base) as link:
        job = client.submit(**fields)
        while True:
            event = json.loads(link.recv(timeout=60))
            if event.get("job_id") == job["id"] and event.get("preview"):
                count += 1
            if event.get("job", {}).get("id") == job["id"] and event["job"]["state"] in ("finished", "failed"):
                assert event["job"]["state"] == "finished", event
                return count


def test_a_flagged_picture_is_black_and_said_to_be(models):
    service = Service(worker_args=["--models", models])
    try:
        client = service.start_server().start_worker().client()
        image = client.wait(client.submit(**SETTINGS)["id"])["images"][0]
        black, texts = is_black(client.picture(image))
        assert black and image["nsfw_content_detected"] is True
        assert "Safety checker: flagged" in texts["parameters"]
        assert json.loads(texts["atelier"])["nsfw_content_detected"] is True
        assert is_black(client.request("GET", image["url"] + "/thumbnail").content)[0]
        # A model without a checker.
        other = client.wait(client.submit(**SETTINGS | {"model": "atelier-demo"})["id"])["images"][0]
        assert other["nsfw_content_detected"] is False and not is_black(client.picture(other))[0]
        # A picture that will be black is not to be seen while it forms.
        slow = {"steps": 30, "width": 128, "height": 128, "guidance_scale": 7}
        if not previews(client, **SETTINGS | slow | {"model": "atelier-demo"}):
            # A processor so quick that there is time for none.
            slow |= {"steps": 150, "batch_count": 8}
            assert previews(client, **SETTINGS | slow | {"model": "atelier-demo"}) > 0
        assert previews(client, **SETTINGS | slow) == 0
        # Not a user's to decide.
        answer = client.request("POST", "/api/jobs", json=SETTINGS | {"safety_checker": False})
        assert answer.status_code == 422
    finally:
        service.stop()


def test_whoever_runs_the_service_can_do_without(models):
    service = Service(server_args=["--no-safety-checker"], worker_args=["--models", models])
    try:
        client = service.start_server().start_worker().client()
        image = client.wait(client.submit(**SETTINGS)["id"])["images"][0]
        black, texts = is_black(client.picture(image))
        assert not black and image["nsfw_content_detected"] is False
        assert "Safety checker: off" in texts["parameters"]
        assert json.loads(texts["atelier"])["safety_checker"] is False
    finally:
        service.stop()


def test_the_tool_says_so_too(models, tmp_path):
    def made(*flags):
        result = subprocess.run(
            [binaries() / "atelier", "txt2img", "--model", models / "guarded", "--prompt", "x", "--steps", "1", "--W",
             "64", "--H", "64", "--scale", "1", "--seed", "7", "--output", tmp_path / "x.png", "--json", *flags],
            capture_output=True, text=True, timeout=120)
        assert result.returncode == 0, result.stderr
        return json.loads(result.stdout.splitlines()[-1]), result.stderr, is_black((tmp_path / "x.png").read_bytes())

    report, said, (black, texts) = made("--watermark", "atelier!")
    assert report["nsfw_content_detected"] == [True] and "made picture 1 black" in said
    assert "Safety checker: flagged" in texts["parameters"]
    # The record in a flagged picture is a request like any other.
    again = subprocess.run(
        [binaries() / "atelier", "run", tmp_path / "x.png", "--model", models / "guarded", "--output", tmp_path / "y.png"],
        capture_output=True, text=True, timeout=120)
    assert again.returncode == 0, again.stderr
    assert (tmp_path / "y.png").read_bytes() == (tmp_path / "x.png").read_bytes()
    report, said, (black, texts) = made("--no-safety-checker")
    assert "nsfw_content_detected" not in report and not black
    assert "Safety checker: off" in texts["parameters"]
