"""Files as they are dropped on the page, and PNGs with texts of every kind."""

import base64
import struct
import zlib

DROP = """
    const [data, place, type] = arguments;
    const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
    const carried = new DataTransfer();
    carried.items.add(new File([bytes], 'picture.png', {type}));
    const node = document.querySelector(place);
    for (const name of ['dragenter', 'dragover', 'drop']) {
      node.dispatchEvent(new DragEvent(name, {bubbles: true, cancelable: true, dataTransfer: carried}));
    }"""


def drop(page, data: bytes, place="#stage", kind="image/png"):
    page.script(DROP, base64.b64encode(data).decode(), place, kind)


def drag(page):
    """A file comes over the page and is not let go yet."""
    page.script("""
        const carried = new DataTransfer();
        carried.items.add(new File(['x'], 'picture.png', {type: 'image/png'}));
        document.querySelector('#stage').dispatchEvent(
          new DragEvent('dragenter', {bubbles: true, cancelable: true, dataTransfer: carried}));""")


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(*texts: bytes, width=8, height=8, colour=b"\x80\x40\x20") -> bytes:
    """A picture of one colour with finished chunks of text before its pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = (b"\0" + colour * width) * height
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + b"".join(texts) + chunk(b"IDAT", zlib.compress(rows))
            + chunk(b"IEND", b""))


def plain(text: str) -> bytes:
    return chunk(b"tEXt", b"parameters\0" + text.encode("latin-1"))


def compressed(text: str) -> bytes:
    return chunk(b"zTXt", b"parameters\0\0" + zlib.compress(text.encode("latin-1")))


def international(text: str) -> bytes:
    return chunk(b"iTXt", b"parameters\0\1\0en\0Parameter\0" + zlib.compress(text.encode()))
