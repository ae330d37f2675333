"""A worker in Python, written from the documented wire format alone, that can break at any message.

As a program (`mock_worker.py PORT SECRET-FILE NAME PAUSE [saving]`) it is one that can be killed by kill -9.
"""

import hashlib
import hmac
import json
import os
import socket
import struct
import sys
import threading
import zlib
from pathlib import Path

CHALLENGE, WELCOME, ASSIGN, CANCEL, PROCEED, ACKNOWLEDGE, _, GOODBYE = range(1, 9)
(HELLO, CAPABILITIES, RESUME, ACCEPTED, STARTED, PROGRESS, PREVIEW, IMAGE, COMPLETED, FAILED,
 CANCELLED, HEARTBEAT) = range(0x81, 0x8D)

LIMITS = {
    "prompt_bytes": 4000, "min_steps": 1, "max_steps": 150, "min_guidance_scale": 0,
    "max_guidance_scale": 30, "min_side": 64, "max_side": 2048, "side_multiple": 8,
    "max_pixels": 1 << 22, "max_batch_count": 8, "max_seed": (1 << 53) - 1, "jobs_per_user": 20,
    "jobs_total": 500, "upload_bytes": 1 << 24,
}
# Bytes of payload in a server's frame.
MOST_FROM_SERVER = 64 << 10
# A link silent for this long is dead, as the protocol says.
SILENCE = 15


def offers(models, takes_while_saving=False) -> dict:
    """The capabilities of a worker with these models."""
    defaults = {"width": 64, "height": 64, "steps": 2, "guidance_scale": 7, "sampler": "Euler",
                "schedule": "automatic"}
    return {
        "version": "0.1.0", "device": "mock", "backend": "mock",
        "models": [{"name": name, "family": "sd1", "bytes": 1, "precision": "float32", "examples": [],
                    "defaults": defaults} for name in models],
        "samplers": [{"name": "Euler", "aliases": []}],
        "schedules": [{"name": "automatic", "aliases": []}], "modes": ["txt2img"], "limits": LIMITS,
        "takesWhileSaving": takes_while_saving,
    }


def _table():
    for byte in range(256):
        for _ in range(8):
            byte = (byte >> 1) ^ (0x82F63B78 if byte & 1 else 0)
        yield byte


CRC_TABLE = list(_table())


def crc32c(data: bytes) -> int:
    crc = 0xFFFFFFFF
    for byte in data:
        crc = (crc >> 8) ^ CRC_TABLE[(crc ^ byte) & 0xFF]
    return crc ^ 0xFFFFFFFF


def frame(kind: int, attempt=(0, 0), payload=b"") -> bytes:
    body = struct.pack(">IBQI", 17 + len(payload), kind, *attempt) + payload
    return body + struct.pack(">I", crc32c(body))


def png(width, height, colour, text: bytes) -> bytes:
    """A picture whose rows repeat the bytes of `colour`, three or more."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + (bytes(colour) * width)[: 3 * width]) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"tEXt", b"Comment\0" + text)
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def picture(request, index) -> bytes:
    """The one picture that a request and an index stand for: their hash is painted into its pixels."""
    name = hashlib.sha256(f"{request['prompt']}|{request['seed'] + index}".encode())
    return png(request["width"], request["height"], name.digest(), name.hexdigest().encode())


def read_key(file: Path) -> bytes:
    """The secret that server and workers share."""
    return bytes.fromhex(file.read_text().strip())


class Broken(Exception):
    """The worker broke, as it was told to."""


class MockWorker:
    """Connects again and again, keeps its result until it is acknowledged, makes known pictures.

    `fault` is (n, kind): the n-th message after the handshake is sent broken, and the worker stays
    away afterwards. Kinds: cut (before it), half, flip, garbage, oversize, silence. `port` is another
    way to the server than its own port. One that is `saving` sends a job's pictures while it works for
    the next job.
    """

    def __init__(self, service, name="mock", fault=None, pause=0.0, thumbnails=False, port=None,
                 models=("mock",), saving=False):
        self.port = port or service.worker_port
        self.key = read_key(service.secret)
        self.models = models
        self.name = name
        self.fault = fault
        self.pause = pause
        self.thumbnails = thumbnails
        self.saving = saving
        self.done = 0
        self.stopped = threading.Event()
        self.held = []
        self.socket = None
        self.sending = threading.Lock()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def stop(self):
        self.stopped.set()
        if self.socket:
            self._reset()
        self.thread.join(30)

    def _reset(self):
        try:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    def _run(self):
        while not self.stopped.is_set():
            try:
                self._link()
            except (OSError, EOFError):
                self.stopped.wait(0.05)
            except Broken:
                return

    def _link(self):
        with socket.create_connection(("127.0.0.1", self.port), timeout=SILENCE) as self.socket:
            self._shake_hands()
            for held in self.held:
                self._send(RESUME, held["attempt"], bytes([held["ended"]]))
            self._send(CAPABILITIES, payload=json.dumps(offers(self.models, self.saving)).encode())
            alive = threading.Event()
            beat = threading.Thread(target=self._beat, args=[alive], daemon=True)
            beat.start()
            try:
                while not self.stopped.is_set():
                    self._act(*self._receive())
            finally:
                alive.set()

    def _beat(self, alive):
        while not alive.wait(2):
            attempt = ([held["attempt"] for held in self.held] or [(0, 0)])[-1]
            try:
                with self.sending:
                    self.socket.sendall(frame(HEARTBEAT, attempt, b'{"evaluations":1}'))
            except OSError:
                return

    def _shake_hands(self):
        kind, _, payload = self._receive()
        assert kind == CHALLENGE, kind
        version, server_nonce = payload[:2], payload[2:34]
        nonce, name = os.urandom(32), self.name.encode()
        proof = hmac.digest(self.key, b"w" + version + name + server_nonce + nonce, "sha256")
        self.socket.sendall(frame(HELLO, payload=version + nonce + proof + name))
        kind, _, payload = self._receive()
        assert kind == WELCOME, kind
        assert payload == hmac.digest(self.key, b"s" + nonce + server_nonce, "sha256")

    def _act(self, kind, attempt, payload):
        held = next((held for held in self.held if held["attempt"] == attempt), None)
        if kind == ASSIGN:
            held = {"attempt": attempt, "request": json.loads(payload), "ended": False, "kept": []}
            self.held.append(held)
            self._send(ACCEPTED, attempt)
            self._make(held)
        elif kind == PROCEED and held["ended"]:
            for kept in held["kept"]:
                self._send(*kept)
        elif kind == PROCEED:
            self._make(held)
        elif kind == ACKNOWLEDGE and held:
            self.held.remove(held)
            self.done += payload == b"\1"
        elif kind == CANCEL:
            self._send(CANCELLED, attempt)
        elif kind == GOODBYE:
            raise EOFError

    def _make(self, held):
        attempt, request = held["attempt"], held["request"]
        self._send(STARTED, attempt)
        if self.saving:
            self._report(held, request["batch_count"])
            self.stopped.wait(self.pause)
            self._send(PROGRESS, attempt, json.dumps(
                {"phase": "saving", "done": 1, "total": 1}).encode())
        kept = []
        for index in range(request["batch_count"]):
            if not self.saving:
                self._report(held, index + 1)
                self.stopped.wait(self.pause)
            kept.append((IMAGE, attempt, self._encoded(request, index)))
            if not self.saving:
                self._send(*kept[-1])
        total = request["steps"] * request["batch_count"]
        summary = {"images": request["batch_count"], "load": 0, "text": 0, "denoise": 1, "decode": 0,
                   "evaluations": total}
        kept.append((COMPLETED, attempt, json.dumps(summary).encode()))
        held.update(ended=True, kept=kept)
        if self.saving:
            threading.Thread(target=self._save, args=[self.socket, kept], daemon=True).start()
        else:
            self._send(*kept[-1])

    def _save(self, link, kept):
        """Sends a job's pictures and its end beside the next job, over the link that it was made on."""
        for message in kept:
            self.stopped.wait(self.pause)
            if self.socket is not link:
                return
            try:
                self._send(*message)
            except OSError:
                return

    def _report(self, held, pictures):
        steps = held["request"]["steps"]
        progress = {"phase": "denoising", "done": pictures * steps, "total": steps * held["request"]["batch_count"]}
        self._send(PROGRESS, held["attempt"], json.dumps(progress).encode())

    def _encoded(self, request, index) -> bytes:
        png_bytes = picture(request, index)
        head = struct.pack(">IQIII", index, request["seed"] + index, request["width"],
                           request["height"], len(png_bytes))
        return head + png_bytes + (png(8, 8, (1, 2, 3), b"small") if self.thumbnails else b"")

    def _send(self, kind, attempt=(0, 0), payload=b""):
        data = frame(kind, attempt, payload)
        with self.sending:
            if self.fault:
                count, fault = self.fault
                self.fault = (count - 1, fault)
                if count == 0:
                    self._break(fault, bytearray(data))
            self.socket.sendall(data)

    def _break(self, fault, data):
        """Sends a message in a broken way, with the sending lock held."""
        if fault == "half":
            self.socket.sendall(data[: len(data) // 2])
        elif fault == "flip":
            data[len(data) * 2 // 3] ^= 0x10
            self.socket.sendall(data)
        elif fault == "garbage":
            self.socket.sendall(os.urandom(200))
        elif fault == "oversize":
            self.socket.sendall(b"\xff\xff\xff\xff" + data[4:])
        if fault == "silence":
            # Open, and neither reads nor speaks; heartbeats wait for the lock.
            self.stopped.wait(120)
        self._reset()
        raise Broken

    def _receive(self):
        head = self._exactly(4)
        (length,) = struct.unpack(">I", head)
        if length > 17 + MOST_FROM_SERVER:
            raise EOFError("no frame of the server is so long")
        body = self._exactly(length)
        if crc32c(head + body[:-4]) != struct.unpack(">I", body[-4:])[0]:
            raise EOFError("bad checksum")
        kind, job, attempt = struct.unpack(">BQI", body[:13])
        return kind, (job, attempt), body[13:-4]

    def _exactly(self, count):
        data = b""
        while len(data) < count:
            more = self.socket.recv(count - len(data))
            if not more:
                raise EOFError
            data += more
        return data


class Host:
    """What a worker must know of a service: where it listens and what it shares."""

    def __init__(self, port: int, secret: Path):
        self.worker_port = port
        self.secret = secret


def main():
    port, secret, name, pause, *saving = sys.argv[1:]
    MockWorker(Host(int(port), Path(secret)), name, pause=float(pause), saving=bool(saving)).thread.join()


if __name__ == "__main__":
    main()
