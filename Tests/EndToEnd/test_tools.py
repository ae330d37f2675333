"""The command-line tools, as a person calls them."""

import json
import subprocess

import numpy
import pytest
from PIL import Image
from service import ROOT, Service, binaries, free_port

DEMO = ROOT / "Sources" / "Worker" / "Resources" / "atelier-demo"


def atelier(*words):
    return subprocess.run([binaries() / "atelier", *map(str, words)], capture_output=True, text=True)


def test_txt2img_writes_the_server_s_picture(tmp_path, shared_service):
    output = tmp_path / "picture.png"
    words = ["txt2img", "--model", DEMO, "--prompt", "a red circle on a blue background", "--seed", 7,
             "--steps", 4, "--sampler", "euler", "--scale", 5, "--output", output, "--json"]
    result = atelier(*words)
    assert result.returncode == 0, result.stderr
    report = json.loads(result.stdout.splitlines()[-1])
    assert report["files"] == [str(output)] and report["seeds"] == [7]
    assert set(report["seconds"]) >= {"load", "text", "denoise", "decode"}
    assert report["seconds_per_step"] > 0 and report["backend"] and report["peak_rss_bytes"] > 0
    client = shared_service.client()
    job = client.wait(client.submit(prompt="a red circle on a blue background", seed=7, steps=4,
                                    sampler="Euler", guidance_scale=5)["id"])
    served = tmp_path / "served.png"
    served.write_bytes(client.picture(job["images"][0]))
    same = numpy.asarray(Image.open(output)) == numpy.asarray(Image.open(served))
    assert same.all()


def test_pictures_say_how_they_were_made_and_never_replace_others(tmp_path):
    prompts = tmp_path / "prompts.txt"
    prompts.write_text("a red circle\n東京 🙂\n", encoding="utf-8")
    words = ["txt2img", "--model", DEMO, "--from-file", prompts, "--seed", 2**32 + 5, "--steps", 1, "--W", 64,
             "--H", 72, "--scale", 2, "--plms", "--n_iter", 2, "--outdir", tmp_path, "--json"]
    report = json.loads(atelier(*words).stdout.splitlines()[-1])
    assert [name[-16:] for name in report["files"]] == [f"/samples/{i:05}.png"[-16:] for i in range(4)]
    assert report["seeds"] == [2**32 + 5, 2**32 + 6] * 2 and report["grid"].endswith("/grid-0000.png")
    last = Image.open(report["files"][3])
    lines = last.text["parameters"].splitlines()
    assert lines[0] == "東京 🙂" and len(lines) == 2
    assert lines[1].startswith(
        f"Steps: 1, Sampler: PLMS, Schedule type: Automatic, CFG scale: 2, Seed: {2**32 + 6}, Size: 64x72, ")
    made = json.loads(last.text["atelier"])
    again = tmp_path / "again.png"
    result = atelier(
        "txt2img", "--model", DEMO, "--prompt", made["prompt"], "--negative-prompt", made["negative_prompt"],
        "--sampler", made["sampler"], "--schedule", made["schedule"], "--steps", made["steps"], "--scale",
        made["guidance_scale"], "--W", made["width"], "--H", made["height"], "--seed", made["seed"],
        "--output", again)
    assert result.returncode == 0, result.stderr
    assert again.read_bytes() == (tmp_path / "samples" / "00003.png").read_bytes()
    (tmp_path / "samples" / "00001.png").unlink()
    report = json.loads(atelier(*words, "--skip_grid").stdout.splitlines()[-1])
    assert report["files"][0].endswith("/samples/00004.png") and "grid" not in report


@pytest.mark.parametrize("words, status", [
    (["txt2img", "--model", "/nowhere", "--prompt", "a"], 1),
    (["txt2img", "--model", DEMO, "--prompt", "a", "--sampler", "eular"], 1),
    (["txt2img", "--model", DEMO, "--prompt", "a", "--steps", "0"], 1),
    (["txt2img", "--model", DEMO, "--prompt", "a", "--W", "100"], 1),
    (["txt2img", "--model", DEMO, "--prompt", "a", "--output", "/tmp"], 1),
    (["txt2img", "--model", __file__, "--prompt", "a"], 1),
    (["models", "list", "--models", "/nowhere"], 1),
    (["inspect", "/nowhere"], 1),
    (["inspect", __file__], 1),
    (["txt2img", "--model", DEMO, "--prompt", "a", "--no-such-flag"], 64),
    (["txt2img", "--model", DEMO, "--prompt", "a", "--steps", "many"], 64),
])
def test_mistakes_get_one_line_and_a_status(words, status):
    result = atelier(*words)
    assert result.returncode == status, result.stderr
    assert result.stderr.strip()
    if status == 1:
        assert len(result.stderr.strip().splitlines()) == 1, result.stderr


def test_a_taken_port_and_a_second_server_are_refused(make_service):
    service = make_service().start_server()
    for port in (service.port, free_port()):  # the same port, then the same data folder
        second = subprocess.run(
            [binaries() / "atelier-server", "--data", service.data, "--port", str(port),
             "--public", ROOT / "Public", "--worker-port", "0"],
            capture_output=True, text=True, timeout=30)
        assert second.returncode != 0 and second.stderr.strip()
    assert service.healthy()


def test_start_and_stop_as_the_readme_says(tmp_path):
    port = free_port()
    words = ["--port", str(port)]
    started = subprocess.run([ROOT / "Scripts/start.sh", "--background", *words, "--data", tmp_path],
                             capture_output=True, text=True, timeout=900)
    try:
        assert started.returncode == 0, started.stdout + started.stderr
        service = Service(port=port)
        client = service.client()
        client.wait(client.submit(prompt="a red circle on a blue background", seed=7)["id"])
        taken = subprocess.run([ROOT / "Scripts/start.sh", "--background", *words, "--data", tmp_path],
                               capture_output=True, text=True, timeout=60)
        assert taken.returncode == 1 and str(port) in taken.stderr
    finally:
        stopped = subprocess.run([ROOT / "Scripts/stop.sh", *words], capture_output=True, text=True,
                                 timeout=60)
    assert "Stopped" in stopped.stdout
    assert not service.healthy()


@pytest.mark.parametrize("script", sorted(path.name for path in (ROOT / "Scripts").glob("*.sh")))
def test_every_script_has_help_and_refuses_unknown_flags(script):
    helped = subprocess.run([ROOT / "Scripts" / script, "--help"], capture_output=True, text=True, timeout=60)
    assert helped.returncode == 0 and "Usage:" in helped.stdout
    if script != "bench.sh":
        refused = subprocess.run([ROOT / "Scripts" / script, "--rubbish"], capture_output=True, text=True,
                                 timeout=60)
        assert refused.returncode == 64 and "--rubbish" in refused.stderr
