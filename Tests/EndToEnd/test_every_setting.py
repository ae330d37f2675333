"""Every setting of the server's one list: it is checked by that list, and the tool has a flag for it."""

import io
import subprocess

import pytest
from guarded_model import DEMO
from PIL import Image
from service import binaries

# The modes in which a setting says something, where that is not every picture.
MODES = {
    "strength": "img2img", "resize_mode": "img2img", "loopback": "img2img", "loopback_strength": "img2img", "init_image": "img2img",
    "mask": "inpaint", "mask_blur": "inpaint", "mask_invert": "inpaint", "mask_padding": "inpaint", "inpaint_fill": "inpaint",
    "inpaint_area": "inpaint", "outpaint_left": "inpaint", "outpaint_top": "inpaint", "outpaint_right": "inpaint",
    "outpaint_bottom": "inpaint", "upscaler": "upscale", "upscale_by": "upscale",
}


@pytest.fixture(scope="module")
def offers(shared_service):
    return shared_service.client().request("GET", "/api/capabilities").json()


@pytest.fixture(scope="module")
def sources(shared_service):
    def upload(colour):
        file = io.BytesIO()
        Image.new("RGB", (64, 64), colour).save(file, "PNG")
        answer = shared_service.client().request(
            "POST", "/api/uploads", data=file.getvalue(), headers={"Content-Type": "image/png"})
        return answer.json()["id"]

    return {"init_image": upload("teal"), "mask": upload("white")}


def test_every_setting_is_a_flag_of_the_tool(offers):
    helps = {mode: subprocess.run([binaries() / "atelier", mode, "--help"], capture_output=True, text=True).stdout
             for mode in ("txt2img", "img2img", "inpaint", "upscale", "grid")}
    for entry in offers["parameters"]:
        name = entry["name"]
        if name == "mode":
            continue  # the command itself
        spellings = {f"--{name} ", f"--{name.replace('_', '-')} ", f"--{name}\n", f"--{name},", f"--{name.replace('_', '-')},"}
        commands = [MODES.get(name, "txt2img")]
        # A command that starts from a picture has all flags of those that start from less, but for the second pass.
        if name not in MODES and not name.startswith("hires_"):
            commands += ["img2img", "inpaint"]
        commands += [] if commands[0] == "upscale" else ["grid"]
        for command in commands:
            words = helps[command].replace("\n", " ")
            assert any(spelling.strip() + after in words for spelling in spellings for after in (" ", ",", "/")), (name, command)


def bodies(entry):
    """Values outside what the list says, with the reason."""
    name, kind = entry["name"], entry["type"]
    if kind in ("integer", "number"):
        if "max" in entry:
            yield entry["max"] + (entry.get("step") or 1)
        if "min" in entry:
            yield entry["min"] - (entry.get("step") or 1)
        yield "many"
        yield True
    elif kind == "boolean":
        yield "perhaps"
        yield 1
    elif kind == "choice":
        yield "no such thing"
        yield 3
    elif kind == "string":
        yield 3
        if "max_bytes" in entry:
            yield "x" * (entry["max_bytes"] + 1)
    elif kind == "list":
        yield "one"
        yield ["no such thing"]
    elif kind == "picture":
        yield "nosuchpicture"
        yield 7


def test_every_setting_is_checked_by_the_list(shared_service, offers, sources):
    client = shared_service.client()
    assert len(offers["parameters"]) > 50
    for entry in offers["parameters"]:
        name = entry["name"]
        mode = MODES.get(name, "txt2img")
        base = {"prompt": "a", "mode": mode}
        base |= {"init_image": sources["init_image"]} if mode != "txt2img" else {}
        base |= {"mask": sources["mask"]} if mode == "inpaint" else {}
        base |= {"hires_scale": 2} if name.startswith("hires_") else {}
        base |= {"loopback": "linear"} if name == "loopback_strength" else {}
        tried = list(bodies(entry))
        assert tried, name
        for value in tried:
            answer = client.request("POST", "/api/jobs", json=base | {name: value})
            assert answer.status_code == 422, (name, value, answer.status_code, answer.text[:300])
            assert answer.json()["error"]["field"] == name, (name, value, answer.text)


@pytest.mark.parametrize("field, wrong, right", [
    ("sampler", "Eular a", "Euler a"), ("sampler", "DPM++ 2N", "DPM++ 2M"), ("schedule", "karas", "karras"),
    ("model", "atelier-dema", "atelier-demo"), ("hires_upscaler", "Lanczoss", "Lanczos"), ("hires_sampler", "DDIMM", "DDIM"),
    ("hires_schedule", "exponentiel", "exponential"), ("upscaler", "lanzos", "Lanczos"),
])
def test_an_unknown_name_is_an_error_that_says_the_nearest(shared_service, sources, field, wrong, right):
    body = {"prompt": "a", field: wrong}
    body |= {"hires_scale": 2} if field.startswith("hires") else {}
    body |= {"mode": "upscale", "init_image": sources["init_image"]} if field == "upscaler" else {}
    answer = shared_service.client().request("POST", "/api/jobs", json=body)
    assert answer.status_code == 422, answer.text
    error = answer.json()["error"]
    assert error["field"] == field and error["code"].startswith("unknown_") and f"'{right}'" in error["message"], error
    command = [binaries() / "atelier", "txt2img", "--prompt", "a", "--steps", "1", "--model", DEMO]
    if field in ("sampler", "schedule", "hires_upscaler", "hires_sampler", "hires_schedule"):
        more = ["--hires-scale", "2"] if field.startswith("hires") else []
        result = subprocess.run([*command, f"--{field.replace('_', '-')}", wrong, *more], capture_output=True, text=True)
        assert result.returncode == 1 and f"'{right}'" in result.stderr, result.stderr
