"""The web UI's text in a picture's file, read by the tool: every key and value comes back."""

import json
import subprocess

import infotext_keys as keys
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from service import binaries

ROWS = [(key, value) for key, value, _ in keys.TAKEN] + keys.MISSING + keys.UNUSED + keys.SILENT


def texts():
    """All rows in as few texts as hold each key once."""
    rows = list(ROWS)
    while rows:
        row = {key: (key, value) for key, value in reversed(rows)}
        yield list(row.values())
        rows = [pair for pair in rows if pair not in row.values()]


@pytest.mark.parametrize("how", ["plain", "compressed", "international"])
def test_every_key_comes_back(tmp_path, how):
    for pairs in texts():
        info = PngInfo()
        text = keys.text(*pairs)
        if how == "international":
            info.add_itxt("parameters", text, zip=True)
        else:
            info.add_text("parameters", text, zip=how == "compressed")
        Image.new("RGB", (8, 8)).save(tmp_path / "a.png", pnginfo=info)
        read = subprocess.run([binaries() / "atelier", "png-info", tmp_path / "a.png", "--json"], capture_output=True, text=True)
        assert read.returncode == 0, read.stderr
        found = json.loads(read.stdout)
        assert (found["prompt"], found["negative_prompt"]) == ("a (red:1.2) circle", "blurry,\nugly")
        for key, value in pairs:
            sides = value.split("x")
            if len(sides) == 2 and all(side.isdigit() for side in sides):
                assert [found["settings"][f"{key}-{side}"] for side in (1, 2)] == sides, key
            else:
                assert found["settings"][key] == value, key
        plain = subprocess.run([binaries() / "atelier", "png-info", tmp_path / "a.png"], capture_output=True, text=True)
        assert plain.stdout == text + "\n"


@pytest.mark.parametrize("ending", ["jpg", "webp"])
def test_the_text_of_other_pictures_comes_back(tmp_path, ending):
    """As the web UI writes them: with piexif's helper, which is UNICODE and then UTF-16, the high byte first."""
    text = keys.text(("Sampler", "Euler a"), ("Model", "rené"))
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9286] = b"UNICODE\0" + text.encode("utf-16-be")
    picture = tmp_path / f"a.{ending}"
    Image.new("RGB", (8, 8)).save(picture, exif=exif)
    plain = subprocess.run([binaries() / "atelier", "png-info", picture], capture_output=True, text=True)
    assert (plain.returncode, plain.stdout) == (0, text + "\n"), plain.stderr
    Image.new("RGB", (8, 8)).save(picture)
    bare = subprocess.run([binaries() / "atelier", "png-info", picture], capture_output=True, text=True)
    assert bare.returncode == 1
    assert "expected a text 'parameters'" in bare.stderr
