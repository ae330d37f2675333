"""A prompt becomes a picture."""

import io
import json

import numpy
from PIL import Image

REQUEST = {"prompt": "a red circle on a blue background", "seed": 7}


def pixels(png: bytes) -> numpy.ndarray:
    return numpy.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)


def test_a_prompt_becomes_the_picture_it_asks_for(shared_service):
    client = shared_service.client()
    job = client.wait(client.submit(**REQUEST)["id"])
    assert len(job["images"]) == 1
    picture = pixels(client.picture(job["images"][0]))
    height, width, _ = picture.shape
    red, green, blue = picture[height // 2, width // 2]
    assert red > 120 and red > green + 50 and red > blue + 50, (red, green, blue)
    border = numpy.concatenate([picture[2:6].reshape(-1, 3), picture[-6:-2].reshape(-1, 3)])
    red, green, blue = numpy.median(border, axis=0)
    assert blue > 100 and blue > red + 30, (red, green, blue)


def test_the_same_request_twice_gives_the_same_bytes(shared_service):
    client = shared_service.client()
    first, second = [client.wait(client.submit(**REQUEST)["id"]) for _ in range(2)]
    assert first["id"] != second["id"]
    assert client.picture(first["images"][0]) == client.picture(second["images"][0])


def test_pictures_of_a_batch_equal_those_of_single_jobs(shared_service):
    client = shared_service.client()
    batch = client.wait(client.submit(**REQUEST, batch_count=2, steps=4)["id"])
    assert [image["seed"] for image in batch["images"]] == [7, 8]
    alone = client.wait(client.submit(prompt=REQUEST["prompt"], seed=8, steps=4)["id"])
    assert pixels(client.picture(batch["images"][1])).tolist() == pixels(
        client.picture(alone["images"][0])).tolist()


def test_the_picture_carries_its_parameters(shared_service):
    client = shared_service.client()
    job = client.wait(client.submit(**REQUEST, negative_prompt="green", steps=3)["id"])
    texts = Image.open(io.BytesIO(client.picture(job["images"][0]))).text
    lines = texts["parameters"].split("\n")
    assert lines[0] == REQUEST["prompt"]
    assert lines[1] == "Negative prompt: green"
    assert lines[2].startswith("Steps: 3, Sampler: ") and ", Seed: 7, " in lines[2]
    others = [json.loads(text) for key, text in texts.items() if key != "parameters"]
    assert any(other.get("prompt") == REQUEST["prompt"] for other in others)


def test_settings_change_the_picture(shared_service):
    client = shared_service.client()
    made = set()
    for change in [{}, {"seed": 8}, {"guidance_scale": 1}, {"negative_prompt": "red"}, {"steps": 5},
                   {"sampler": "Euler a"}, {"schedule": "karras"}]:
        job = client.wait(client.submit(**{**REQUEST, "steps": 6, **change})["id"])
        made.add(pixels(client.picture(job["images"][0])).tobytes())
    assert len(made) == 7


def test_a_size_that_is_not_square(shared_service):
    client = shared_service.client()
    job = client.wait(client.submit(**REQUEST, width=168, height=88, steps=2)["id"])
    assert pixels(client.picture(job["images"][0])).shape == (88, 168, 3)
    answer = client.request("GET", job["images"][0]["url"] + "/thumbnail")
    assert answer.status_code == 200 and answer.headers["Content-Type"] == "image/png"
