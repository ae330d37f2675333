"""Small picture files of every kind people bring, and what Pillow and Little CMS see in them."""
import io
import struct

import numpy as np
from PIL import Image, ImageCms, ImageOps

FOLDER = "PictureFilesTests"
WIDTH, HEIGHT = 20, 14


def photograph():
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float64)
    light = np.stack([12 * x + 10, 16 * y + 20, 230 - 9 * x - 2 * y], -1)
    return Image.fromarray(np.clip(light, 0, 255).astype(np.uint8))


def transparent():
    alpha = Image.fromarray((np.indices((HEIGHT, WIDTH)).sum(0) * 8).clip(0, 255).astype(np.uint8))
    picture = photograph()
    picture.putalpha(alpha)
    return picture


def over_white(picture):
    white = Image.new("RGBA", picture.size, "white")
    return Image.alpha_composite(white, picture.convert("RGBA")).convert("RGB")


def fixed(value):
    return struct.pack(">i", round(value * 65536))


def profile(primaries, gamma):
    """A display profile of a matrix and one curve for all (ICC.1, version 2)."""
    colours = [b"XYZ \0\0\0\0" + b"".join(fixed(v) for v in column) for column in primaries]
    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256)) + b"\0\0"
    text = b"desc\0\0\0\0" + struct.pack(">I", 5) + b"test\0" + bytes(78 + 8 + 3)
    white = b"XYZ \0\0\0\0" + fixed(0.9642) + fixed(1.0) + fixed(0.8249)
    copyright_ = b"text\0\0\0\0none\0\0\0\0"
    tags = [(b"rXYZ", colours[0]), (b"gXYZ", colours[1]), (b"bXYZ", colours[2]), (b"rTRC", curve), (b"gTRC", curve),
            (b"bTRC", curve), (b"desc", text), (b"wtpt", white), (b"cprt", copyright_)]
    offset, table, data = 128 + 4 + 12 * len(tags), b"", b""
    for name, value in tags:
        value += bytes(-len(value) % 4)
        table += name + struct.pack(">II", offset + len(data), len(value))
        data += value
    body = struct.pack(">I", len(tags)) + table + data
    header = struct.pack(">I4sI4s4s4s", 128 + len(body), b"none", 0x02400000, b"mntr", b"RGB ", b"XYZ ")
    header += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + bytes(28)
    header += fixed(0.9642) + fixed(1.0) + fixed(0.8249)
    return header.ljust(128, b"\0") + body


# Display P3's primaries adapted to D50, as Apple's profile has them.
P3 = profile([(0.5151, 0.2412, -0.0011), (0.2920, 0.6922, 0.0419), (0.1571, 0.0666, 0.7841)], 2.2)


def in_srgb(picture, icc):
    return ImageCms.profileToProfile(
        picture, ImageCms.ImageCmsProfile(io.BytesIO(icc)), ImageCms.createProfile("sRGB"),
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC, flags=ImageCms.Flags.NOOPTIMIZE)


def oriented(value):
    exif = Image.Exif()
    exif[0x0112] = value
    return exif.tobytes()


def files():
    """(name, options of Pillow's save, the picture, what is to be seen)."""
    photo, clear = photograph(), transparent()
    grey = photo.convert("L")
    deep = Image.fromarray((np.array(grey).astype(np.uint16) * 257))
    yield "rgb.png", {}, photo, photo
    yield "grey16.png", {}, deep, grey.convert("RGB")
    yield "bits.png", {}, grey.convert("1"), grey.convert("1").convert("RGB")
    yield "alpha.png", {}, clear, over_white(clear)
    yield "palette.png", {"transparency": 0}, photo.convert("P", palette=Image.Palette.ADAPTIVE, colors=16), None
    yield "p3.png", {"icc_profile": P3}, photo, in_srgb(photo, P3)
    best = {"quality": 95, "subsampling": 0}
    yield "plain.jpg", best, photo, None
    yield "progressive.jpg", best | {"progressive": True}, photo, None
    yield "grey.jpg", best, grey, None
    yield "cmyk.jpg", best, photo.convert("CMYK"), None
    for value in (3, 6):
        yield f"orientation{value}.jpg", best | {"exif": oriented(value)}, photo, None
    yield "p3.jpg", best | {"icc_profile": P3}, photo, None
    yield "lossless.webp", {"lossless": True}, photo, photo
    yield "alpha.webp", {"lossless": True, "exact": True}, clear, over_white(clear)
    yield "lossy.webp", {"quality": 90}, photo, None
    yield "orientation8.webp", {"lossless": True, "exif": oriented(8)}, photo, None


def make(out):
    out.mkdir(parents=True, exist_ok=True)
    for name, options, picture, expected in files():
        picture.save(out / name, **options)
        if expected is None:
            stored = Image.open(out / name)
            icc = stored.info.get("icc_profile")
            expected = ImageOps.exif_transpose(stored)
            expected = over_white(expected) if "transparency" in stored.info else expected.convert("RGB")
            expected = in_srgb(expected, icc) if icc else expected
        expected.save(out / (name + ".expected.png"), icc_profile=None)
    moving = [photograph(), photograph().rotate(90)]
    moving[0].save(out / "moving.webp", save_all=True, append_images=moving[1:], lossless=True)
