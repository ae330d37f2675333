"""LoRAs, embeddings, autoencoders, hypernetworks and styles, through the service and the tool."""

import hashlib
import io
import json
import struct
import subprocess

import numpy
import pytest
from PIL import Image
from service import ROOT, Service, binaries, wait_until

DEMO = ROOT / "Sources" / "Worker" / "Resources" / "atelier-demo"
EXTRAS = ROOT / "Tests" / "StableDiffusionTests" / "Goldens" / "extras"
SETTINGS = dict(seed=7, steps=2, width=64, height=64, guidance_scale=3)


def header(file):
    data = file.read_bytes()
    length = struct.unpack("<Q", data[:8])[0]
    return json.loads(data[8:8 + length])


def write(file, tensors):
    """A safetensors file of float32 arrays."""
    entries, data = {}, b""
    for name, value in tensors.items():
        raw = numpy.ascontiguousarray(value, numpy.float32).tobytes()
        entries[name] = {"dtype": "F32", "shape": list(value.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(entries).encode()
    file.parent.mkdir(parents=True, exist_ok=True)
    temporary = file.with_name("." + file.name)
    temporary.write_bytes(struct.pack("<Q", len(text)) + text + data)
    temporary.rename(file)


def lora(seed, size=0.5):
    """Random matrices for every query of the demo model's UNet, in kohya's names."""
    random, tensors = numpy.random.default_rng(seed), {}
    for name, entry in header(DEMO / "unet" / "diffusion_pytorch_model.safetensors").items():
        if not name.endswith("attn2.to_v.weight"):
            continue
        key = "lora_unet_" + name.removesuffix(".weight").replace(".", "_")
        tensors[key + ".lora_down.weight"] = random.normal(size=(2, entry["shape"][1])) * size
        tensors[key + ".lora_up.weight"] = random.normal(size=(entry["shape"][0], 2)) * size
    assert tensors
    return tensors


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    write(folder / "models" / "Lora" / "one.safetensors", lora(1))
    write(folder / "loras" / "two.safetensors", lora(2))
    (folder / "styles.csv").write_text('name,prompt,negative_prompt\nOil,"oil of {prompt}, thick",photo\n')
    return folder


@pytest.fixture(scope="module")
def service(folder):
    service = Service(worker_args=["--models", folder])
    try:
        yield service.start_server().start_worker()
    finally:
        service.stop()


def pixels(data):
    return numpy.asarray(Image.open(io.BytesIO(data)))


def made(client, prompt, **fields):
    job = client.wait(client.submit(prompt=prompt, **SETTINGS, **fields)["id"])
    assert job["state"] == "finished", job
    return client.picture(job["images"][0])


def test_tags_change_pictures_and_leave_nothing_behind(service):
    client = service.client()
    plain = made(client, "a red circle")
    one, two = made(client, "a red circle<lora:one:0.8>"), made(client, "a red circle<lora:two>")
    assert (pixels(plain) != pixels(one)).any() and (pixels(one) != pixels(two)).any()
    assert made(client, "a red circle") == plain
    assert made(client, "a red circle<lora:one:0.8>") == one
    text = Image.open(io.BytesIO(one)).text["parameters"]
    assert text.startswith("a red circle<lora:one:0.8>\n") and 'Lora hashes: "one: ' in text


def test_capabilities_list_files_with_their_hashes_and_notice_new_ones(service, folder):
    client = service.client()

    def listed(kind):
        return {item["name"]: item for item in client.request("GET", "/api/capabilities").json()[kind]}

    wait_until(lambda: all("sha256" in item for item in listed("loras").values()), 30, "hashes are known")
    loras = listed("loras")
    assert set(loras) == {"one", "two"}
    data = (folder / "loras" / "two.safetensors").read_bytes()
    assert loras["two"]["sha256"] == hashlib.sha256(data).hexdigest() and loras["two"]["size_bytes"] == len(data)
    assert listed("styles")["Oil"] == {"name": "Oil", "prompt": "oil of {prompt}, thick", "negative_prompt": "photo"}
    write(folder / "loras" / "three.safetensors", lora(3))
    (folder / "loras" / "broken.safetensors").write_bytes(b"\xff" * 100)
    wait_until(lambda: "three" in listed("loras"), 30, "the new file is noticed")
    assert "broken" not in listed("loras")


def test_names_nobody_has_are_refused_at_once(service):
    client = service.client()
    for fields, code in [
        ({"prompt": "<lora:on>"}, "unknown_lora"), ({"prompt": "<hypernet:x>"}, "unknown_hypernet"),
        ({"prompt": "p", "vae": "x"}, "unknown_vae"), ({"prompt": "p", "styles": ["oi"]}, "unknown_style"),
    ]:
        answer = client.request("POST", "/api/jobs", json={**SETTINGS, **fields})
        assert answer.status_code == 422 and answer.json()["error"]["code"] == code, answer.text
    answer = client.request("POST", "/api/jobs", json={**SETTINGS, "prompt": "<lora:onee>"})
    assert "did you mean 'one'?" in answer.json()["error"]["message"]


def test_a_lora_for_another_model_fails_its_job_and_says_why(service, folder):
    client = service.client()
    data = (EXTRAS / "Lora" / "kohya.safetensors").read_bytes()
    (folder / "loras" / "foreign.safetensors").write_bytes(data)
    names = lambda: [item["name"] for item in client.request("GET", "/api/capabilities").json()["loras"]]
    wait_until(lambda: "foreign" in names(), 30, "the file is noticed")
    job = client.wait(client.submit(prompt="<lora:foreign>", **SETTINGS)["id"], states=("failed", "finished"))
    assert job["state"] == "failed" and job["error"]["code"] == "unusable_lora"
    assert "text width" in job["error"]["message"] and str(folder) not in job["error"]["message"]
    assert made(client, "a red circle") == made(client, "a red circle")


def test_styles_become_part_of_the_prompt(service):
    client = service.client()
    job = client.submit(prompt="a cat", negative_prompt="dog", styles=["Oil"], **SETTINGS)
    assert job["request"]["prompt"] == "oil of a cat, thick" and job["request"]["negative_prompt"] == "dog, photo"
    text = Image.open(io.BytesIO(client.picture(client.wait(job["id"])["images"][0]))).text["parameters"]
    assert text.startswith("oil of a cat, thick\nNegative prompt: dog, photo\n")


def atelier(*words):
    return subprocess.run([binaries() / "atelier", *map(str, words)], capture_output=True, text=True)


def test_the_tool_makes_the_service_s_picture_with_a_tag_or_a_path(service, folder, tmp_path):
    client = service.client()
    served = pixels(made(client, "a red circle<lora:one:0.5>"))
    base = ["txt2img", "--model", DEMO, "--seed", 7, "--steps", 2, "--W", 64, "--H", 64, "--scale", 3, "--output",
            tmp_path / "x.png"]
    for words in (
        ["--prompt", "a red circle<lora:one:0.5>", "--models", folder],
        ["--prompt", "a red circle", "--lora", f"{folder}/models/Lora/one.safetensors:0.5"],
    ):
        result = atelier(*base, *words)
        assert result.returncode == 0, result.stderr
        assert (pixels((tmp_path / "x.png").read_bytes()) == served).all()
    result = atelier(*base, "--prompt", "a<lora:onee>", "--models", folder)
    assert result.returncode == 1 and "did you mean 'one'?" in result.stderr


def test_models_are_listed_and_inspected(folder):
    result = atelier("models", "list", "--models", folder)
    assert "one\tlora\t" in result.stdout
    for name, words in [("Lora/kohya.safetensors", "a LoRA for 8 modules of unet, 4 modules of text_encoder"),
                        ("embeddings/tinystyle.pt", "an embedding of 3 vectors of 32 numbers"),
                        ("VAE/tiny.vae.pt", "an autoencoder")]:
        result = atelier("models", "inspect", EXTRAS / name)
        assert result.returncode == 0 and words in result.stdout, result.stdout + result.stderr
