"""`atelier models pull` against a host that misbehaves; the hub's own is never asked."""

import json
import os
import signal
import subprocess
import time
import zipfile
import gzip
import hashlib

import pytest
from model_host import ModelHost
from service import ROOT, binaries

DEMO = ROOT / "Sources" / "Worker" / "Resources" / "atelier-demo"
WEIGHTS = "unet/diffusion_pytorch_model.safetensors"


def demo():
    return {str(file.relative_to(DEMO)): file.read_bytes() for file in DEMO.rglob("*") if file.is_file()}


@pytest.fixture
def host():
    made = []

    def make(**settings):
        made.append(ModelHost(**settings))
        return made[-1]

    yield make
    for each in made:
        each.close()


def pull(host, models, *words, source="me/tiny", **environment):
    environment = {key: value for key, value in os.environ.items() if key not in ("HF_TOKEN", "HF_ENDPOINT")} | environment
    command = [binaries() / "atelier", "models", "pull", source, "--models", models, "--endpoint", host.url, *words]
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=60, env=environment)


def wait_until(condition):
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def kept(folder):
    return sorted(str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file())


def test_a_repository_becomes_a_model_folder(tmp_path, host):
    junk = {"unet/diffusion_pytorch_model.bin": b"x", "README.md": b"x", "safety_checker/model.safetensors": b"x",
            "unet/diffusion_pytorch_model.fp16.safetensors": b"x"}
    hub = host(files=demo() | junk)
    result = pull(hub, tmp_path)
    assert result.returncode == 0, result.stderr
    assert "sd1" in result.stdout or "sd2" in result.stdout
    assert kept(tmp_path) == sorted(
        f"tiny/{name}" for name in demo() if name != "README.md" and not name.endswith((".png", ".md")))
    for name in kept(tmp_path):
        assert (tmp_path / name).read_bytes() == hub.files[name.removeprefix("tiny/")]
    again = pull(hub, tmp_path)
    assert again.returncode == 1 and "exists already" in again.stderr
    assert pull(hub, tmp_path, "--force").returncode == 0
    assert pull(hub, tmp_path, "--name", "../x").returncode == 1


def test_a_cut_is_resumed_and_the_token_stays_at_home(tmp_path, host):
    hub = host(files=demo(), token="hf_secret")
    hub.elsewhere = hub.other_url
    hub.faults[WEIGHTS] = "cut"
    assert "token" in pull(hub, tmp_path).stderr
    assert "refused" in pull(hub, tmp_path, "--token", "wrong").stderr
    hub.requests.clear()
    result = pull(hub, tmp_path, HF_TOKEN="hf_secret")
    assert result.returncode == 0, result.stderr
    assert (tmp_path / "tiny" / WEIGHTS).read_bytes() == hub.files[WEIGHTS]
    for path, headers in hub.requests:
        assert ("authorization" in headers) == (not path.startswith("/cdn/")), path
    ranges = [headers.get("range") for path, headers in hub.requests if path == f"/cdn/{WEIGHTS}"]
    assert ranges == [None, f"bytes={len(hub.files[WEIGHTS]) // 2}-"]
    assert "hf_secret" not in result.stdout + result.stderr


@pytest.mark.parametrize("fault, message", [
    ("always-wrong", "expected the hash"), ("always-lie", "the host announces"), ("always-404", "no such"),
    ("always-stretch", "the host sends more"),
])
def test_what_is_not_the_file_is_not_kept(tmp_path, host, fault, message):
    hub = host(files=demo())
    hub.faults[WEIGHTS] = fault
    result = pull(hub, tmp_path)
    assert result.returncode == 1 and message in result.stderr, result.stderr
    assert len(result.stderr.strip().splitlines()[-1:]) == 1 and not (tmp_path / "tiny").exists()
    hub.faults.clear()
    assert pull(hub, tmp_path).returncode == 0
    assert (tmp_path / "tiny" / WEIGHTS).read_bytes() == hub.files[WEIGHTS]


def test_a_file_that_changed_meanwhile_begins_anew(tmp_path, host):
    hub = host(files={"a.safetensors": os.urandom(300_000)})
    source = f"{hub.other_url}/cdn/a.safetensors"
    hub.faults["a.safetensors"] = "always-cut"
    first = subprocess.Popen(
        [binaries() / "atelier", "models", "pull", source, "--models", tmp_path, "--endpoint", hub.url],
        stderr=subprocess.PIPE)
    part = tmp_path / "a.safetensors.part"
    wait_until(lambda: part.exists() and part.stat().st_size >= 100_000)
    first.send_signal(signal.SIGINT)
    _, said = first.communicate(timeout=20)
    assert first.returncode == 1 and b"interrupted" in said and part.stat().st_size >= 150_000
    hub.faults.clear()
    hub.files["a.safetensors"] = os.urandom(200_000)
    result = pull(hub, tmp_path, "--force", source=source)
    assert result.returncode == 0, result.stderr
    assert (tmp_path / "a.safetensors").read_bytes() == hub.files["a.safetensors"]
    assert kept(tmp_path) == ["a.safetensors"]


def test_one_file_an_address_and_a_name_the_host_gives(tmp_path, host):
    content = os.urandom(5000)
    hub = host(files={"deep/my model.safetensors": content})
    assert pull(hub, tmp_path, source="me/tiny/deep/my model.safetensors").returncode == 0
    assert "no file 'other'" in pull(hub, tmp_path, source="me/tiny/other").stderr
    hub.files = {"named.safetensors": content}
    digest = hashlib.sha256(content).hexdigest()
    assert pull(hub, tmp_path, "--sha256", digest, source=f"{hub.other_url}/named").returncode == 0
    assert "expected the hash" in pull(
        hub, tmp_path, "--sha256", "0" * 64, "--force", source=f"{hub.other_url}/named").stderr
    assert pull(hub, tmp_path, "--name", "x", source=f"{hub.url}/me/tiny/blob/main/named.safetensors").returncode == 0
    assert kept(tmp_path) == ["my model.safetensors", "named.safetensors", "x.safetensors"]


@pytest.mark.parametrize("name", ["unet/../../evil", "/etc/evil", "unet/a\\..\\b", "tokenizer/./x"])
def test_names_that_leave_the_folder_are_refused(tmp_path, host, name):
    hub = host(files=demo())
    assert pull(hub, tmp_path / "models", source=f"me/tiny/{name}").returncode == 1
    hub.listing = hub.own_listing()
    stem = "unet/diffusion_pytorch_model"
    hub.listing["siblings"] = [{"rfilename": "model_index.json", "size": 2}] + [
        {"rfilename": f"{stem}.fp16-{part}-of-2/../../{name}.safetensors", "size": 1} for part in (1, 2)] + [
        {"rfilename": f"{stem}.safetensors.index.fp16.json", "size": 2}]
    result = pull(hub, tmp_path / "models")
    assert result.returncode == 1 and "refused" in result.stderr, result.stderr
    assert kept(tmp_path) == []


def test_redirects_that_lead_nowhere_good(tmp_path, host):
    for place, message in [("file:///etc/passwd", "no http or https"), ("/me/tiny/resolve/x", "no such"), ("http://", "address")]:
        hub = host(files={"a.safetensors": b"abc"}, redirect=place)
        result = pull(hub, tmp_path)
        assert result.returncode == 1 and message in result.stderr, result.stderr
    hub = host(files={"a.safetensors": b"abc"})
    hub.redirect = f"{hub.url}/me/tiny/resolve/{hub.commit}/a.safetensors"
    assert "redirects" in pull(hub, tmp_path).stderr
    assert kept(tmp_path) == []


def test_what_a_repository_lacks_and_a_disk_that_is_too_small(tmp_path, host):
    hub = host(files={"a.safetensors": b"a", "b.ckpt": b"b"})
    assert "name one" in pull(hub, tmp_path).stderr
    hub.files = {"x.bin": b""}
    assert "neither a model_index.json" in pull(hub, tmp_path).stderr
    hub.files = demo()
    hub.listing = hub.own_listing()
    hub.listing["siblings"] = [row | {"size": 1 << 42} if row["rfilename"].endswith("json") else row
                               for row in hub.listing["siblings"]]
    assert "MiB are needed" in pull(hub, tmp_path).stderr
    assert "OWNER/NAME" in pull(hub, tmp_path, source="tiny").stderr
    assert "https" in pull(hub, tmp_path, "--endpoint", "http://example.com", "--token", "x").stderr


def test_the_vocabulary_comes_out_of_a_wheel(tmp_path, host):
    symbols = [chr(0x10000 + number) for number in range(48_894)]
    merges = gzip.compress(("heading\n" + "\n".join(f"{a} x" for a in symbols) + "\nand more\n").encode())
    wheel = tmp_path / "w.whl"
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("open_clip/other.py", "x" * 1000)
        archive.writestr("open_clip/bpe_simple_vocab_16e6.txt.gz", merges)
    hub = host(files={"open-clip-torch/json": b"", "w.whl": wheel.read_bytes()})
    digest = hashlib.sha256(hub.files["w.whl"]).hexdigest()

    def index(sha256):
        hub.files["open-clip-torch/json"] = json.dumps({"urls": [
            {"packagetype": "bdist_wheel", "url": f"{hub.url}/cdn/w.whl", "digests": {"sha256": sha256}}]}).encode()
        return subprocess.run(
            [binaries() / "atelier", "models", "get-vocabulary", "--models", tmp_path, "--index", f"{hub.url}/cdn"],
            capture_output=True, text=True, timeout=60)

    assert "expected the hash" in index("0" * 64).stderr
    result = index(digest)
    assert result.returncode == 0, result.stderr
    folder = tmp_path / "clip-vocabulary" / "tokenizer"
    vocabulary = json.loads((folder / "vocab.json").read_text("utf-8"))
    assert len(vocabulary) == 49_408 and vocabulary["<|endoftext|>"] == 49_407 and vocabulary[symbols[0] + "x"] == 512
    assert vocabulary["!"] == 0 and vocabulary["!</w>"] == 256
    assert (folder / "merges.txt").read_text("utf-8").splitlines()[1] == f"{symbols[0]} x"
