"""Model files that attack their reader: each a name and a function that writes the file."""

import io
import json
import os
import pickle
import struct
import zipfile
import zlib

MIB = 1 << 20


class Call:
    """An object whose pickle calls something."""

    def __init__(self, function, *arguments):
        self.made = (function, arguments)

    def __reduce__(self):
        return self.made


def global_call(module, name, argument):
    """Calls `module.name(argument)` when it is believed."""
    return b"\x80\x02c" + module.encode() + b"\n" + name.encode() + b"\nX" + struct.pack("<I", len(argument)) + \
        argument.encode() + b"\x85R."


def weights(key="0", count=4, shape=(4,), offset=0, strides=(1,)):
    """`{"weight": tensor}` as torch.save writes it, without torch."""
    def number(value):
        return b"\x8a" + bytes([9]) + int(value).to_bytes(9, "little", signed=True) if abs(value) >= 1 << 62 \
            else b"\x8a\x08" + struct.pack("<q", value)

    def text(value):
        return b"X" + struct.pack("<I", len(value)) + value.encode()
    tuples = [b"(" + b"".join(number(value) for value in values) + b"t" for values in (shape, strides)]
    storage = b"(" + text("storage") + b"ctorch\nFloatStorage\n" + text(key) + text("cpu") + number(count) + b"tQ"
    tensor = b"ctorch._utils\n_rebuild_tensor_v2\n(" + storage + number(offset) + b"".join(tuples) + \
        b"\x89ccollections\nOrderedDict\n)RtR"
    return b"\x80\x02}" + text("weight") + tensor + b"s."


def archive(members, method=zipfile.ZIP_STORED):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as file:
        for name, content in members:
            file.writestr(name, content)
    return bytearray(packed.getvalue())


def torch_file(document=None, more=(), method=zipfile.ZIP_STORED):
    document = weights() if document is None else document
    return archive([("m/data.pkl", document), ("m/data/0", bytes(16)), ("m/version", b"3\n"), *more], method)


def patched(content, signature, offset, value):
    """Overwrites something in every record that begins with `signature`."""
    place = content.find(signature)
    while place >= 0:
        content[place + offset:place + offset + len(value)] = value
        place = content.find(signature, place + 4)
    return content


LOCAL, CENTRAL, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"


def legacy(document, tail=b""):
    pickles = [pickle.dumps(0x1950A86A20F9469CFC6C, 2), pickle.dumps(1001, 2),
               pickle.dumps({"little_endian": True}, 2), document, pickle.dumps(["0"], 2)]
    return b"".join(pickles) + struct.pack("<q", 4) + bytes(16) + tail


def safetensors(header, data=b"", length=None):
    header = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(header) if length is None else length) + header + data


def one(dtype="F32", shape=(1,), offsets=(0, 4)):
    return {"dtype": dtype, "shape": list(shape), "data_offsets": list(offsets)}


def many_tensors(count):
    rows = ",".join(f'"tensor.{number}":{{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}' for number in range(count))
    return ("{" + rows + ',"x":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}').encode()


def many_strings(count):
    """Metadata of many short entries."""
    return b'{"__metadata__":{' + b",".join(b'"%d":""' % number for number in range(count)) + b"}}"


def commented():
    content = torch_file()
    content[-2:] = struct.pack("<H", 7)
    return content + b"comment"


def laughs(depth=60):
    """Tuples of ten of the tuple before: ten to the power of `depth` values, if anybody counts them."""
    body = b"\x80\x02)"
    for place in range(depth):
        body += b"q" + bytes([place]) + b"0(" + (b"h" + bytes([place])) * 10 + b"t"
    return body + b"."


def nested(depth=900_000):
    return b"\x80\x02" + b"]" * depth + b"a" * (depth - 1) + b"."


def central_twice():
    content = torch_file()
    with io.BytesIO(content) as packed, zipfile.ZipFile(packed, "a") as file:
        file.writestr("m/data.pkl", global_call("os", "system", "true"))
        content = bytearray(packed.getvalue())
    return content


def bad_crc():
    content = torch_file()
    content[content.find(bytes(16))] = 1
    return content


def forged_directory():
    content = torch_file()
    place = content.rfind(END)
    content[place + 12:place + 20] = struct.pack("<II", 0xFFFFFF00, 22)
    return content


def zip64_forged():
    content = torch_file()
    end = content[content.rfind(END):]
    wide = struct.pack("<IQHHIIQQQQ", 0x06064B50, 44, 45, 45, 0, 0, 1 << 62, 1 << 62, 1 << 62, 1 << 62)
    locator = struct.pack("<IIQI", 0x07064B50, 0, content.rfind(END), 1)
    return content[:content.rfind(END)] + wide + locator + end


CORPUS = {
    # Archives: nothing that another reader could see otherwise.
    "duplicate-name.ckpt": central_twice,
    "case-equal-name.ckpt": lambda: torch_file(more=[("m/DATA.PKL", global_call("os", "system", "true"))]),
    "two-folders.ckpt": lambda: torch_file(more=[("n/data.pkl", weights())]),
    "wrong-crc.ckpt": bad_crc,
    "wrong-crc-of-pickle.ckpt": lambda: patched(torch_file(), b"FloatStorage", 0, b"HalfStorageX"),
    "flag-bits.ckpt": lambda: patched(patched(torch_file(), LOCAL, 6, b"\x20\0"), CENTRAL, 8, b"\x20\0"),
    "encrypted.ckpt": lambda: patched(patched(torch_file(), LOCAL, 6, b"\1\0"), CENTRAL, 8, b"\1\0"),
    "flags-disagree.ckpt": lambda: patched(torch_file(), LOCAL, 6, b"\1\0"),
    "name-disagrees.ckpt": lambda: patched(torch_file(), LOCAL, 30, b"n"),
    "size-disagrees.ckpt": lambda: patched(torch_file(), LOCAL, 18, struct.pack("<II", 5, 5)),
    "size-forged.ckpt": lambda: patched(
        patched(torch_file(), LOCAL, 18, b"\xf0\xff\xff\xff" * 2), CENTRAL, 20, b"\xf0\xff\xff\xff" * 2),
    "offset-forged.ckpt": lambda: patched(torch_file(), CENTRAL, 42, b"\xf0\xff\xff\x7f"),
    "directory-forged.ckpt": forged_directory,
    "zip64-forged.ckpt": zip64_forged,
    "traversal.ckpt": lambda: torch_file(more=[("m/../../evil", b"x")]),
    "absolute.ckpt": lambda: torch_file(more=[("/m/data/1", b"x")]),
    "backslash.ckpt": lambda: torch_file(more=[("m\\data\\1", b"x")]),
    "prefix.ckpt": lambda: b"#!/bin/sh\n" + torch_file(),
    "suffix.ckpt": lambda: torch_file() + b"x",
    "zip-in-tail.ckpt": lambda: torch_file() + torch_file(),
    "comment.ckpt": commented,
    "cut.ckpt": lambda: torch_file()[:-30],
    "no-pickle.ckpt": lambda: archive([("m/data/0", bytes(16))]),
    "deflated.ckpt": lambda: torch_file(method=zipfile.ZIP_DEFLATED),
    "bomb.ckpt": lambda: torch_file(more=[("m/data/1", bytes(40 * MIB))], method=zipfile.ZIP_DEFLATED),
    "bomb-pickle.ckpt": lambda: torch_file(b"\x80\x02" + b"]0" * (20 * MIB) + b"N.", method=zipfile.ZIP_DEFLATED),
    "big-endian.ckpt": lambda: torch_file(more=[("m/byteorder", b"big")]),
    # Pickles: nothing is executed, nothing grows beyond the file.
    "system.ckpt": lambda: torch_file(global_call("os", "system", "touch CANARY")),
    "posix.ckpt": lambda: torch_file(global_call("posix", "system", "touch CANARY")),
    "eval.ckpt": lambda: torch_file(global_call("builtins", "eval", "open('CANARY','w')")),
    "builtin-exec.ckpt": lambda: torch_file(global_call("__builtin__", "exec", "open('CANARY','w')")),
    "methodcaller.ckpt": lambda: torch_file(global_call("operator", "methodcaller", "system")),
    "getattr.ckpt": lambda: torch_file(global_call("builtins", "getattr", "x")),
    "torch-load.ckpt": lambda: torch_file(global_call("torch.serialization", "load", "CANARY")),
    "numpy-load.ckpt": lambda: torch_file(global_call("numpy", "load", "CANARY")),
    "stack-global.ckpt": lambda: torch_file(pickle.dumps(Call(os.system, "touch CANARY"), 4)),
    "inst.ckpt": lambda: torch_file(b"\x80\x02(X\x04\0\0\0trueios\nsystem\n."),
    "protocol-0.pt": lambda: b"cos\nsystem\n(S'touch CANARY'\ntR.",
    "protocol-5.pt": lambda: pickle.dumps(Call(os.system, "touch CANARY"), 5),
    "raw-pickle.pt": lambda: pickle.dumps(Call(os.system, "touch CANARY"), 2),
    "pickle.safetensors": lambda: pickle.dumps(Call(os.system, "touch CANARY"), 2),
    "second-pickle.ckpt": lambda: torch_file(weights() + global_call("os", "system", "touch CANARY")),
    "legacy-second.pt": lambda: legacy(weights(), global_call("os", "system", "touch CANARY")),
    "legacy-global.pt": lambda: legacy(global_call("os", "system", "touch CANARY")),
    "legacy-storage.pt": lambda: legacy(weights(count=1 << 40)),
    "laughs.ckpt": lambda: torch_file(laughs()),
    "nested.ckpt": lambda: torch_file(nested()),
    "endless.ckpt": lambda: torch_file(b"\x80\x02" + b"N0" * (8 * MIB) + b"N."),
    "marks.ckpt": lambda: torch_file(b"\x80\x02" + b"(" * (16 * MIB)),
    "long-pickle.ckpt": lambda: torch_file(b"\x80\x02X" + struct.pack("<I", 34 * MIB) + bytes(34 * MIB) + b"."),
    "long-text.ckpt": lambda: torch_file(b"\x80\x02X\xff\xff\xff\xffabc."),
    "memo.ckpt": lambda: torch_file(b"\x80\x02]" + b"".join(
        b"r" + struct.pack("<I", 4_294_967_295 - number) for number in range(200_000)) + b"."),
    "self-list.ckpt": lambda: torch_file(b"\x80\x02]q\0h\0a."),
    "copies.ckpt": lambda: torch_file(
        b"\x80\x02]q\0(" + b"K\1K\1\x86" * 1000 + b"e0(" + b"ccollections\nOrderedDict\nh\0\x85R" * 20_000 + b"t."),
    "underflow.ckpt": lambda: torch_file(b"\x80\x02R."),
    "no-end.ckpt": lambda: torch_file(b"\x80\x02N"),
    "storage-forged.ckpt": lambda: torch_file(weights(count=1 << 40)),
    "shape-forged.ckpt": lambda: torch_file(weights(shape=(1 << 40, 1 << 40), strides=(0, 0))),
    "stride-forged.ckpt": lambda: torch_file(weights(strides=(1 << 61,))),
    "offset-of-tensor.ckpt": lambda: torch_file(weights(offset=1 << 50)),
    "negative-offset.ckpt": lambda: torch_file(weights(offset=-4)),
    "dense-view.ckpt": lambda: torch_file(weights(shape=(1 << 30,), strides=(0,))),
    # Safetensors.
    "huge-header.safetensors": lambda: safetensors({}, length=1 << 63),
    "header-beyond.safetensors": lambda: safetensors({}, length=90_000_000),
    "no-object.safetensors": lambda: safetensors(b"[]"),
    "deep.safetensors": lambda: safetensors(b'{"a":' * 500_000 + b"1" + b"}" * 500_000),
    "duplicate.safetensors": lambda: safetensors(
        b'{"a":%b,"a":%b}' % ((json.dumps(one()).encode(),) * 2), bytes(4)),
    "overlap.safetensors": lambda: safetensors({"a": one(), "b": one()}, bytes(4)),
    "gap.safetensors": lambda: safetensors({"a": one(), "b": one(offsets=(8, 12))}, bytes(12)),
    "overflow.safetensors": lambda: safetensors({"a": one(shape=(1 << 62, 1 << 62))}, bytes(4)),
    "backwards.safetensors": lambda: safetensors({"a": one(offsets=(4, 0))}, bytes(4)),
    "beyond.safetensors": lambda: safetensors({"a": one(shape=(1 << 30,), offsets=(0, 1 << 32))}, bytes(4)),
    "trailing.safetensors": lambda: safetensors({"a": one()}, bytes(8)),
    "many.safetensors": lambda: safetensors(many_tensors(200_000), bytes(8)),
    "spaces.safetensors": lambda: safetensors(b"{" + b" " * (20 * MIB), bytes(4)),
    "dtype.safetensors": lambda: safetensors({"a": one(dtype="F33")}, bytes(4)),
    "dtype-case.safetensors": lambda: safetensors({"a": one(dtype="f32")}, bytes(4)),
    "nan-size.safetensors": lambda: safetensors(
        b'{"a":{"dtype":"F32","shape":[NaN],"data_offsets":[0,4]}}', bytes(4)),
    "float-size.safetensors": lambda: safetensors({"a": one(shape=(1.0,))}, bytes(4)),
    "negative-size.safetensors": lambda: safetensors({"a": one(shape=(-1, -1))}, bytes(4)),
    "offset-2-63.safetensors": lambda: safetensors({"a": one(offsets=(0, 1 << 63))}, bytes(4)),
    "offset-2-64.safetensors": lambda: safetensors({"a": one(offsets=(0, (1 << 64) + 4))}, bytes(4)),
    "long-shape.safetensors": lambda: safetensors(
        b'{"a":{"dtype":"F32","shape":[' + b"1," * (20 * MIB) + b'1],"data_offsets":[0,4]}}', bytes(4)),
    "long-name.safetensors": lambda: safetensors({"a" * (60 * MIB): one()}, bytes(4)),
    "odd-name.safetensors": lambda: safetensors({"\x1b]0;title\x07\u202e": one(offsets=(0, 8))}, bytes(8)),
    "metadata.safetensors": lambda: safetensors(many_strings(1_000_000)),
    "metadata-number.safetensors": lambda: safetensors({"__metadata__": {"step": 3}}),
    "not-utf8.safetensors": lambda: safetensors(b'{"a\xff":1}'),
    "bom.safetensors": lambda: safetensors(b"\xef\xbb\xbf{}"),
    "escapes.safetensors": lambda: safetensors(b'{"' + b"\\ud800" * 1000 + b'":1}'),
    # Nothing of the kind.
    "empty.safetensors": lambda: b"",
    "zeros.ckpt": lambda: bytes(16 * MIB),
    "gzip.ckpt": lambda: zlib.compress(bytes(MIB)),
    "text.ckpt": lambda: b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 4265380512\n",
}
