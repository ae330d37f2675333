"""Folders as AUTOMATIC1111's web UI and ComfyUI have them: everything in them is found, and said what it is."""

import hashlib
import io
import json
import shutil
import struct
import subprocess

import numpy
import pytest
from PIL import Image
from service import ROOT, Service, binaries, wait_until

GOLDENS = ROOT / "Tests" / "StableDiffusionTests" / "Goldens"
EXTRAS = GOLDENS / "extras"
NAMES = {
    "web ui": {"checkpoint": "models/Stable-diffusion", "lora": "models/Lora", "embedding": "embeddings", "vae": "models/VAE",
               "hypernetwork": "models/hypernetworks", "upscaler": "models/ESRGAN"},
    "comfy": {"checkpoint": "models/checkpoints", "lora": "models/loras", "embedding": "models/embeddings", "vae": "models/vae",
              "hypernetwork": "models/hypernetworks", "upscaler": "models/upscale_models"},
}


def single_file(path):
    """A tiny SD 1.x checkpoint in the original layout, of random half-precision weights."""
    random, entries, data = numpy.random.default_rng(5), {}, []
    at = 0
    for component, _, shape, name, part in json.loads((GOLDENS / "original" / "tiny-sd1" / "names.json").read_text()):
        if component == "extra":
            continue
        shape = shape + [1, 1] if part == "matrix" else shape
        raw = (random.normal(size=shape) * 0.05).astype(numpy.float16).tobytes()
        entries[name] = {"dtype": "F16", "shape": shape, "data_offsets": [at, at + len(raw)]}
        data.append(raw)
        at += len(raw)
    text = json.dumps(entries).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(data))


@pytest.mark.parametrize("program", NAMES)
def test_every_folder_of_the_program_is_understood(tmp_path, program):
    places = {kind: tmp_path / name for kind, name in NAMES[program].items()}
    for place in places.values():
        place.mkdir(parents=True, exist_ok=True)
    single_file(places["checkpoint"] / "mine.safetensors")
    # Any folder of diffusers' lends its vocabulary.
    shutil.copytree(GOLDENS / "tiny-sd1", tmp_path / "models" / "diffusers" / "tiny-sd1")
    for kind, source in {
            "lora": "Lora/kohya.safetensors", "embedding": "embeddings/tinystyle.pt", "vae": "VAE/tiny.vae.pt",
            "hypernetwork": "hypernetworks/wide.pt"}.items():
        shutil.copy(EXTRAS / source, places[kind])
    shutil.copy(GOLDENS / "upscalers" / "first.pth", places["upscaler"])
    service = Service(worker_args=["--models", tmp_path])
    try:
        client = service.start_server().start_worker().client()
        offers = lambda: client.request("GET", "/api/capabilities").json()
        model = lambda: next(item for item in offers()["models"] if item["name"] == "mine")
        # The hash is made in the background and comes when it is there.
        wait_until(lambda: model().get("sha256"), 60, "the hash is known")
        data = (places["checkpoint"] / "mine.safetensors").read_bytes()
        assert model()["sha256"] == hashlib.sha256(data).hexdigest() and model()["bytes"] == len(data)
        assert (model()["family"], model()["precision"]) == ("sd1", "float16")
        found = {kind: {item["name"] for item in offers()[kind]} for kind in ("loras", "embeddings", "vaes", "hypernetworks")}
        assert found == {"loras": {"kohya"}, "embeddings": {"tinystyle"}, "vaes": {"tiny.vae.pt"}, "hypernetworks": {"wide"}}, found
        assert "first" in offers()["upscalers"]
        # Each is used by its name, the embedding of three vectors too.
        job = client.wait(client.submit(
            prompt="a tinystyle <lora:kohya:0.5> <hypernet:wide:0.3>", model="tiny-sd1", vae="tiny", steps=2, width=64,
            height=64, hires_scale=2, hires_upscaler="first", seed=1)["id"])
        text = Image.open(io.BytesIO(client.picture(job["images"][0]))).text["parameters"]
        for word in ("Model: tiny-sd1", "VAE: tiny", "Lora hashes", "TI hashes", "Hypernet hashes", "Hires upscaler: first"):
            assert word in text, text
        job = client.wait(client.submit(prompt="a", model="mine", steps=2, width=64, height=64, seed=1)["id"])
        text = Image.open(io.BytesIO(client.picture(job["images"][0]))).text["parameters"]
        assert f"Model hash: {model()['sha256'][:10]}, Model: mine" in text
        listed = subprocess.run([binaries() / "atelier", "models", "list", "--models", tmp_path], capture_output=True, text=True)
        for word in ("mine", "kohya\tlora", "tinystyle\tembedding", "wide\thypernetwork"):
            assert word in listed.stdout, listed.stdout
        # A file that goes while jobs wait for it: they fail, whoever notices first, and wait for nothing.
        client.submit(prompt="a", model="tiny-sd1", steps=150, width=64, height=64, seed=1)
        job = client.submit(prompt="b", model="mine", steps=2, width=64, height=64, seed=2)
        (places["checkpoint"] / "mine.safetensors").unlink()
        failed = client.wait(job["id"], ("failed",), seconds=60)
        assert failed["error"]["code"] == "model_missing", failed
    finally:
        service.stop()
