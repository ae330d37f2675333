"""Tables of pictures over settings and saved requests, from the tool and through the service."""

import io
import json
import subprocess

import numpy
import pytest
from PIL import Image
from service import ROOT, binaries

DEMO = ROOT / "Sources" / "Worker" / "Resources" / "atelier-demo"
QUICK = ["--model", DEMO, "--prompt", "a red circle", "--steps", 2, "--W", 64, "--H", 64, "--quiet"]


def atelier(*words):
    return subprocess.run([binaries() / "atelier", *map(str, words)], capture_output=True, text=True)


def report(*words):
    result = atelier(*words, "--json")
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout.splitlines()[-1])


def test_a_grid_of_four_by_four_is_sixteen_single_pictures(tmp_path):
    made = report("grid", *QUICK, "--x", "Seed: 1-4", "--y", "Sampler: Euler, DDIM, 'DPM++ 2M', Euler a".replace("'", '"'),
                  "--outdir", tmp_path / "grid")
    cells = [(y, x) for y in ("Euler", "DDIM", "DPM++ 2M", "Euler a") for x in (1, 2, 3, 4)]
    assert [(cell["sampler"], cell["seed"]) for cell in made["requests"]] == cells
    sheet = numpy.asarray(Image.open(made["grid"]))
    for index, (sampler, seed) in enumerate(cells):
        single = tmp_path / "single.png"
        report("txt2img", *QUICK, "--sampler", sampler, "--seed", seed, "--output", single)
        with open(made["files"][index], "rb") as cell:
            assert cell.read() == single.read_bytes(), (sampler, seed)
        # The same pixels stand in the table, from its right and lower edges: 4 pixels between pictures.
        row, column = divmod(index, 4)
        bottom, right = sheet.shape[0] - 4 - (3 - row) * 68, sheet.shape[1] - 4 - (3 - column) * 68
        assert (sheet[bottom - 64:bottom, right - 64:right] == numpy.asarray(Image.open(single))).all()
    assert (sheet[:, :sheet.shape[1] - 4 * 68 - 4] == 0).any(), "words beside the rows"
    assert (sheet[:sheet.shape[0] - 4 * 68 - 4] == 0).any(), "words above the columns"


def test_what_is_wrong_with_a_grid_is_said_before_a_model_is_read(tmp_path):
    for axis, words in [("Stepz: 1", "'Steps'"), ("Steps", "SETTING: VALUES"), ("Steps: 1-1000", "Steps"),
                        ("Sampler: Euler, Eulerr", "Euler"), ("Steps: 0", "steps"), ("Checkpoint name: none-such", "none-such")]:
        result = atelier("grid", *QUICK, "--x", axis, "--outdir", tmp_path)
        assert result.returncode == 1 and words in result.stderr and len(result.stderr.splitlines()) == 1, result.stderr
    assert atelier("grid", *QUICK).returncode == 64
    assert not (tmp_path / "samples").exists()


def test_a_saved_request_makes_the_same_bytes(tmp_path, shared_service):
    client = shared_service.client()
    job = client.wait(client.submit(prompt="a green hexagon", steps=3, width=64, height=64, batch_count=2,
                                    sampler="Euler a", variation_strength=0.2)["id"])
    served = [client.picture(image) for image in job["images"]]
    (tmp_path / "job.json").write_text(json.dumps(job))
    files = report("run", tmp_path / "job.json", "--model", DEMO, "--outdir", tmp_path / "all")["files"]
    assert [open(file, "rb").read() for file in files] == served
    # From the picture itself, and from what the tool reported.
    (tmp_path / "second.png").write_bytes(served[1])
    again = report("run", tmp_path / "second.png", "--model", DEMO, "--output", tmp_path / "again.png")
    assert (tmp_path / "again.png").read_bytes() == served[1]
    (tmp_path / "report.json").write_text(json.dumps(again))
    assert atelier("run", tmp_path / "report.json", "--model", DEMO, "--output", tmp_path / "third.png").returncode == 0
    assert (tmp_path / "third.png").read_bytes() == served[1]


def test_a_saved_request_names_the_pictures_it_needs(tmp_path, shared_service):
    client = shared_service.client()
    picture = io.BytesIO()
    Image.new("RGB", (64, 64), "teal").save(picture, "PNG")
    (tmp_path / "source.png").write_bytes(picture.getvalue())
    up = client.request("POST", "/api/uploads", data=picture.getvalue(), headers={"Content-Type": "image/png"}).json()
    for fields in ({"mode": "img2img", "steps": 4, "prompt": "a"}, {"mode": "upscale", "upscale_by": 2, "prompt": ""}):
        job = client.wait(client.submit(init_image=up["id"], **fields)["id"])
        (tmp_path / "job.json").write_text(json.dumps(job["request"]))
        words = ["run", tmp_path / "job.json", "--model", DEMO, "--output", tmp_path / "out.png"]
        assert atelier(*words, "--init-img", tmp_path / "source.png").returncode == 0
        assert (tmp_path / "out.png").read_bytes() == client.picture(job["images"][0])
        wrong = atelier(*words, "--init-img", tmp_path / "out.png")
        assert wrong.returncode == 1 and up["sha256"] in wrong.stderr
        assert atelier(*words).returncode == 1


@pytest.mark.parametrize("content, words", [
    ("{", "expected JSON"), ('{"steps": 3}', "expected JSON"), ('{"prompt": "a"}', "names no model"),
    ('{"prompt": "a", "model": "atelier-demo", "stepz": 3}', "'steps'"),
    ('{"prompt": "a", "model": "atelier-demo", "steps": "many"}', "steps"),
    ('{"prompt": "a", "model": "atelier-demo", "steps": 900}', "steps"),
])
def test_what_is_wrong_with_a_saved_request_is_said(tmp_path, content, words):
    (tmp_path / "saved.json").write_text(content)
    result = atelier("run", tmp_path / "saved.json", "--models", DEMO.parent, "--outdir", tmp_path)
    assert result.returncode == 1 and words in result.stderr and len(result.stderr.splitlines()) == 1, result.stderr


def test_a_loopback_is_the_chain_of_its_single_pictures(tmp_path, shared_service):
    client = shared_service.client()
    picture = io.BytesIO()
    Image.new("RGB", (64, 64), "teal").save(picture, "PNG")
    (tmp_path / "source.png").write_bytes(picture.getvalue())
    up = client.request("POST", "/api/uploads", data=picture.getvalue(), headers={"Content-Type": "image/png"}).json()
    fields = {"prompt": "a red circle", "steps": 8, "seed": 3, "mode": "img2img", "width": 64, "height": 64}
    job = client.submit(**fields, init_image=up["id"], strength=0.9, batch_count=3, loopback="aggressive",
                        loopback_strength=0.3)
    shares = []
    while job["state"] not in ("finished", "failed"):
        job = client.job(job["id"])
        if job["progress"] and job["progress"]["total"]:
            shares.append(job["progress"]["done"] / job["progress"]["total"])
    assert job["state"] == "finished" and shares == sorted(shares)
    pngs = [client.picture(image) for image in job["images"]]
    start = up["id"]
    for index, png in enumerate(pngs):
        # A1111's curve: sin(pπ/2) of the way from the first strength to the last.
        strength = 0.9 + (0.3 - 0.9) * float(numpy.sin(index / 2 * numpy.pi / 2))
        single = client.wait(client.submit(**{**fields, "seed": 3 + index}, init_image=start, strength=strength)["id"])
        assert client.picture(single["images"][0]) == png, index
        start = job["images"][index]["id"]
    made = report("img2img", "--model", DEMO, "--prompt", "a red circle", "--steps", 8, "--seed", 3, "--W", 64, "--H", 64,
                  "--init-img", tmp_path / "source.png", "--strength", 0.9, "--loopback", "aggressive",
                  "--loopback-strength", 0.3, "--n_iter", 3, "--outdir", tmp_path)
    assert [open(file, "rb").read() for file in made["files"]] == pngs


@pytest.mark.parametrize("fields", [
    {"resize_mode": "crop"}, {"resize_mode": "fill", "inpaint_fill": "latent_noise"},
    {"resize_mode": "crop", "inpaint_area": "masked", "mask_padding": 8},
])
def test_a_loopback_keeps_its_mask_where_the_picture_was_cut_or_filled_up(shared_service, fields):
    client = shared_service.client()

    def upload(picture):
        file = io.BytesIO()
        picture.save(file, "PNG")
        return client.request(
            "POST", "/api/uploads", data=file.getvalue(), headers={"Content-Type": "image/png"}).json()["id"]

    mask = Image.new("L", (128, 80), 0)
    mask.paste(255, (40, 20, 80, 60))
    common = {"prompt": "a red circle", "steps": 4, "mode": "inpaint", "width": 64, "height": 64, "mask": upload(mask),
              "mask_blur": 3, **fields}
    start = upload(Image.linear_gradient("L").resize((128, 80)).convert("RGB"))
    loops = client.wait(client.submit(
        **common, seed=3, init_image=start, strength=0.8, batch_count=3, loopback="linear", loopback_strength=0.6)["id"])
    for index, image in enumerate(loops["images"]):
        if index > 0 and "inpaint_fill" in common:
            common["inpaint_fill"] = "original"
        single = client.wait(client.submit(
            **common, seed=3 + index, init_image=start, strength=0.8 + (0.6 - 0.8) * index / 2)["id"])
        assert client.picture(single["images"][0]) == client.picture(image), index
        start = image["id"]


@pytest.mark.parametrize("fields, field", [
    ({"loopback": "linear"}, "loopback"), ({"loopback": "round", "mode": "img2img"}, "loopback"),
    ({"loopback": "linear", "loopback_strength": 2, "mode": "img2img"}, "loopback_strength"),
])
def test_a_loopback_says_what_it_needs(shared_service, fields, field):
    answer = shared_service.client().request("POST", "/api/jobs", json={"prompt": "a", **fields})
    assert answer.status_code == 422 and answer.json()["error"]["field"] == field, answer.text


def test_a_loopback_with_a_growing_picture_is_refused_and_says_why(shared_service):
    client = shared_service.client()
    file = io.BytesIO()
    Image.new("RGB", (64, 64), "teal").save(file, "PNG")
    up = client.request("POST", "/api/uploads", data=file.getvalue(), headers={"Content-Type": "image/png"}).json()["id"]
    answer = client.request("POST", "/api/jobs", json={
        "prompt": "a", "mode": "inpaint", "init_image": up, "outpaint_left": 64, "loopback": "linear", "batch_count": 2})
    assert answer.status_code == 422, answer.text
    error = answer.json()["error"]
    assert error["field"] == "loopback" and "no second round" in error["message"], error


def test_progress_never_runs_backwards_over_all_passes(shared_service):
    client = shared_service.client()
    for fields in ({"hires_scale": 2, "hires_steps": 3, "steps": 6, "batch_count": 2},
                   {"sampler": "Heun", "steps": 5, "batch_count": 2, "hires_scale": 1.5, "hires_upscaler": "Lanczos"},
                   {"sampler": "DPM adaptive", "steps": 5, "batch_count": 2}):
        job = client.submit(prompt="a red circle", width=64, height=64, **fields)
        seen = []
        while job["state"] not in ("finished", "failed"):
            job = client.job(job["id"])
            if job["progress"] and job["progress"]["total"]:
                seen.append(job["progress"]["done"] / job["progress"]["total"])
        assert job["state"] == "finished" and seen == sorted(seen), (fields, seen)
