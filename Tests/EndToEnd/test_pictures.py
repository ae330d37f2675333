"""Pictures from pictures: uploads, img2img, inpainting and hires fix, through the service and the tool."""

import io
import json
import struct
import subprocess
import zlib

import numpy
import pytest
from PIL import Image
from service import ROOT, binaries

DEMO = ROOT / "Sources" / "Worker" / "Resources" / "atelier-demo"
CIRCLE = "a large red circle on a white background"


def scene(width=128, height=128) -> Image.Image:
    """What the demo model's world looks like: a blue square on white, and light that falls off."""
    y, x = numpy.mgrid[0:height, 0:width]
    pixels = numpy.full((height, width, 3), 235.0) - (y[..., None] / height) * 30
    pixels[height // 4:3 * height // 4, width // 4:3 * width // 4] = (40, 70, 200)
    return Image.fromarray(pixels.astype(numpy.uint8))


def encoded(picture, kind="PNG", **options) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def mask(box, size=(128, 128)) -> Image.Image:
    picture = Image.new("L", size)
    picture.paste(255, box)
    return picture


def upload(client, picture: bytes, kind="image/png", status=201):
    answer = client.request("POST", "/api/uploads", data=picture, headers={"Content-Type": kind})
    assert answer.status_code == status, (answer.status_code, answer.text)
    return answer.json()


def pixels(png: bytes):
    return numpy.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(float)


def psnr(a, b):
    error = ((a - b) ** 2).mean()
    return 99 if error == 0 else 10 * numpy.log10(255**2 / error)


def made(client, **fields):
    job = client.wait(client.submit(prompt=CIRCLE, seed=5, **fields)["id"])
    return job, [client.picture(image) for image in job["images"]]


def test_the_stronger_the_less_of_the_picture_is_left(shared_service):
    client = shared_service.client()
    up = upload(client, encoded(scene()))
    assert (up["width"], up["height"]) == (128, 128)
    left = []
    for strength in (0.35, 0.6, 0.85):
        job, (png,) = made(client, mode="img2img", init_image=up["id"], strength=strength, steps=20)
        assert job["request"]["init_image"] == up["id"]
        assert (job["request"]["width"], job["request"]["height"]) == (128, 128)
        left.append(psnr(pixels(png), numpy.asarray(scene()).astype(float)))
    assert left[0] > left[1] > left[2], left
    text = Image.open(io.BytesIO(png)).text
    assert f"Denoising strength: 0.85, Init image hash: {up['sha256']}, " in text["parameters"]
    assert up["id"] not in text["atelier"] and up["sha256"] in text["atelier"]


def test_outside_the_mask_nothing_changes_and_inside_something_does(shared_service):
    client = shared_service.client()
    source = encoded(scene(), "WEBP", lossless=True)
    up = upload(client, source, "image/webp")
    hole = upload(client, encoded(mask((40, 40, 88, 88))))
    for fields in ({}, {"inpaint_area": "masked", "mask_padding": 8, "width": 128, "height": 128},
                   {"inpaint_fill": "latent_noise", "strength": 1}):
        job, pngs = made(client, mode="inpaint", init_image=up["id"], mask=hole["id"], mask_blur=2, steps=6,
                         batch_count=2, **fields)
        before = numpy.asarray(scene()).astype(float)
        for png in pngs:
            after = pixels(png)
            assert after.shape == before.shape
            outside = numpy.ones((128, 128), bool)
            outside[34:94, 34:94] = False
            assert (after[outside] == before[outside]).all()
            assert (after[44:84, 44:84] != before[44:84, 44:84]).any()
        assert pngs[0] != pngs[1]
    assert "Mask blur: 2, Masked content: latent noise, " in Image.open(io.BytesIO(png)).text["parameters"]


def test_a_finished_picture_can_be_gone_on_with_and_outlives_its_deletion(shared_service):
    client = shared_service.client()
    first, (png,) = made(client, steps=4)
    name = first["images"][0]["id"]
    job = client.submit(prompt=CIRCLE, mode="img2img", init_image=name, strength=0.4, steps=10)
    assert client.request("DELETE", f"/api/images/{name}").status_code == 204
    job = client.wait(job["id"])
    assert job["request"]["init_image_file"]["sha256"]
    # Gone for new jobs.
    answer = client.request("POST", "/api/jobs", json={"prompt": "a", "mode": "img2img", "init_image": name})
    assert answer.status_code == 422 and answer.json()["error"]["code"] == "unknown_picture"


def test_hires_fix_and_tiling_through_the_service(shared_service):
    client = shared_service.client()
    job, (png,) = made(client, steps=4, hires_scale=2, hires_steps=2, hires_upscaler="lanczos", hires_strength=0.5)
    assert Image.open(io.BytesIO(png)).size == (256, 256)
    assert job["images"][0]["width"] == 256
    assert "Denoising strength: 0.5, RNG: CPU, Hires upscale: 2, Hires steps: 2, Hires upscaler: Lanczos, " in (
        Image.open(io.BytesIO(png)).text["parameters"])
    _, (tiled,) = made(client, steps=4, tiling=True)
    assert "Tiling: True" in Image.open(io.BytesIO(tiled)).text["parameters"]


def test_uploads_belong_to_their_owner(make_service):
    service = make_service(access="open").start_server().start_worker()
    owner, other = service.client(), service.client()
    for client in (owner, other):
        client.request("GET", "/api/capabilities")
    source = encoded(scene(), "JPEG", quality=90)
    up = upload(owner, source, "image/jpeg")
    assert upload(owner, source, "image/jpeg")["id"] == up["id"]
    own = owner.request("GET", f"/api/uploads/{up['id']}")
    assert own.content == source and own.headers["Content-Type"] == "image/jpeg"
    assert own.headers["X-Content-Type-Options"] == "nosniff"
    assert upload(other, source, "image/jpeg")["id"] != up["id"]
    for method in ("GET", "DELETE"):
        assert other.request(method, f"/api/uploads/{up['id']}").status_code == 404
    fields = {"prompt": "a", "mode": "img2img", "init_image": up["id"]}
    stolen = other.request("POST", "/api/jobs", json=fields)
    unknown = other.request("POST", "/api/jobs", json=fields | {"init_image": "nothing"})
    assert stolen.status_code == unknown.status_code == 422
    assert stolen.json() == unknown.json()
    foreign = owner.request("POST", "/api/uploads", data=source,
                            headers={"Content-Type": "image/jpeg", "Origin": "http://evil.example"})
    assert foreign.status_code == 403
    job = owner.submit(prompt="a circle", mode="img2img", init_image=up["id"], steps=4, strength=0.5)
    assert owner.request("DELETE", f"/api/uploads/{up['id']}").status_code == 204
    assert owner.request("GET", f"/api/uploads/{up['id']}").status_code == 404
    owner.wait(job["id"])


def bomb(width, height) -> bytes:
    """A PNG that says it is huge, and a small one whose data go on for ever."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(bytes(20_000_000), 9)) + chunk(b"IEND", b""))


@pytest.mark.parametrize("content, status", [
    (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 415), (b"", 415), (bomb(60_000, 60_000), 422),
    (encoded(scene())[:20], 422), (b"GIF89a" + bytes(50), 415),
    (b"\xff\xd8\xff\xe1\0\2Exif\0\0", 422),
], ids=["svg", "nothing", "bomb", "header", "gif", "exif"])
def test_what_is_no_picture_is_refused(shared_service, content, status):
    upload(shared_service.client(), content, status=status)


@pytest.mark.parametrize("content", [
    encoded(scene())[:-200], encoded(scene(), "JPEG")[:-300], encoded(scene(), "WEBP")[:-60], bomb(64, 64)],
    ids=["png", "jpeg", "webp", "bomb"])
def test_a_damaged_picture_ends_its_job_and_nothing_else(shared_service, content):
    client = shared_service.client()
    answer = client.request("POST", "/api/uploads", data=content, headers={"Content-Type": "image/png"})
    if answer.status_code == 422:
        return
    job = client.submit(prompt="a", mode="img2img", init_image=answer.json()["id"], steps=2)
    job = client.wait(job["id"], states=("failed", "finished"))
    # Pixels are read up to the picture's end: of endless data the rest is never inflated.
    assert job["state"] == "finished" or (
        job["error"]["code"] == "damaged_picture" and job["error"]["field"] == "init_image")
    assert (job["state"] == "finished") == (len(content) > 10_000)
    assert shared_service.workers["a"].poll() is None


@pytest.mark.parametrize("fields, code, field", [
    ({"mode": "img2img"}, "missing_field", "init_image"),
    ({"mode": "inpaint", "init_image": True}, "missing_field", "mask"),
    ({"init_image": True}, "unused_field", "init_image"),
    ({"mode": "img2img", "init_image": True, "strength": 1.5}, "out_of_range", "strength"),
    ({"mode": "img2img", "init_image": True, "resize_mode": "squash"}, "unknown_resize_mode", "resize_mode"),
    ({"mode": "img2img", "init_image": True, "mask_blur": 65}, "out_of_range", "mask_blur"),
    ({"hires_scale": 9}, "out_of_range", "hires_scale"),
    ({"hires_scale": 2, "hires_upscaler": "magic"}, "unknown_upscaler", "hires_upscaler"),
    ({"hires_scale": 2, "hires_sampler": "eular"}, "unknown_sampler", "hires_sampler"),
    ({"mode": "img2img", "init_image": True, "hires_scale": 2}, "unused_field", "hires_scale"),
    ({"init_image_file": {}}, "unknown_field", "init_image_file"),
])
def test_every_field_is_checked_by_name(shared_service, fields, code, field):
    client = shared_service.client()
    if fields.get("init_image"):
        fields = fields | {"init_image": upload(client, encoded(scene()))["id"]}
    answer = client.request("POST", "/api/jobs", json={"prompt": "a"} | fields)
    assert answer.status_code == 422, answer.text
    error = answer.json()["error"]
    assert (error["code"], error["field"]) == (code, field), error


def atelier(*words):
    return subprocess.run([binaries() / "atelier", *map(str, words)], capture_output=True, text=True)


def test_the_tool_makes_the_service_s_pictures(shared_service, tmp_path):
    client = shared_service.client()
    (tmp_path / "scene.png").write_bytes(encoded(scene()))
    (tmp_path / "mask.png").write_bytes(encoded(mask((40, 40, 88, 88))))
    up = upload(client, encoded(scene()))["id"]
    hole = upload(client, encoded(mask((40, 40, 88, 88))))["id"]
    common = ["--model", DEMO, "--prompt", CIRCLE, "--seed", 5, "--steps", 5, "--init-img", tmp_path / "scene.png",
              "--strength", 0.6, "--output", tmp_path / "out.png"]
    for words, fields in [
            (["img2img"], {"mode": "img2img", "init_image": up}),
            (["inpaint", "--mask", tmp_path / "mask.png", "--mask-blur", 3, "--inpaint-area", "masked"],
             {"mode": "inpaint", "init_image": up, "mask": hole, "mask_blur": 3, "inpaint_area": "masked"}),
            (["inpaint", "--outpaint-right", 64, "--W", 192, "--H", 128],
             {"mode": "inpaint", "init_image": up, "outpaint_right": 64, "width": 192, "height": 128})]:
        result = atelier(*words, *common)
        assert result.returncode == 0, result.stderr
        _, (png,) = made(client, steps=5, strength=0.6, **fields)
        assert (pixels((tmp_path / "out.png").read_bytes()) == pixels(png)).all()
    result = atelier("img2img", "--model", DEMO, "--prompt", "a", "--init-img", tmp_path / "nothing.png")
    assert result.returncode == 1 and "nothing.png" in result.stderr
    assert atelier("img2img", "--model", DEMO, "--prompt", "a").returncode == 64


def test_capabilities_say_what_is_possible(shared_service):
    offers = shared_service.client().request("GET", "/api/capabilities").json()
    assert set(offers["modes"]) >= {"txt2img", "img2img", "inpaint"}
    assert {"Latent", "Lanczos"} <= set(offers["upscalers"])
    settings = {item["name"]: item for item in offers["parameters"]}
    assert settings["strength"]["default"] == 0.75 and settings["init_image"]["type"] == "picture"
    assert settings["inpaint_fill"]["choices"] == ["fill", "original", "latent_noise", "latent_nothing"]
    assert json.dumps(settings["mask_blur"])
