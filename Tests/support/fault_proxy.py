"""A TCP proxy on the worker link that knows frames and breaks the link once, at a chosen one."""

import contextlib
import random
import socket
import struct
import threading
import time

KINDS = ["cut", "reset", "truncate", "half", "blackhole", "flip", "duplicate", "delay", "garbage", "reorder",
         "drip", "length"]
HEARTBEATS = {0x07, 0x8C}
# Frames of the handshake: hello of the worker; challenge and welcome of the server.
HANDSHAKE = {"up": 1, "down": 2}
DELAY = 3.0
DRIP = 0.01


class Link:
    """One connection through the proxy: `up` goes from the worker to the server, `down` back."""

    def __init__(self, worker, server):
        self.sides = {"up": (worker, server), "down": (server, worker)}
        self.silent = threading.Event()

    def reset(self):
        """Ends both sides by RST, with what waits unsent."""
        for side in self.sides["up"]:
            with contextlib.suppress(OSError):
                side.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                # Wakes the thread that reads; the close then resets.
                side.shutdown(socket.SHUT_RD)
            side.close()


class FaultProxy:
    """Passes frames on until the `point`-th one of a direction, heartbeats and handshake not counted.

    There the link breaks in the way of `kind`; later links pass everything. `fired` tells when, on the
    monotonic clock.
    """

    def __init__(self, port, kind, direction, point, seed=0):
        self.port = port
        self.kind, self.direction, self.point = kind, direction, point
        self.chance = random.Random(f"{seed} {kind} {direction} {point}")
        self.fired = None
        self.links = []
        self.lock = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.own_port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def stop(self):
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for link in self.links:
            link.reset()

    def _accept(self):
        while True:
            try:
                worker, _ = self.listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self.port))
            except OSError:
                worker.close()
                continue
            link = Link(worker, server)
            self.links.append(link)
            for direction in ("up", "down"):
                threading.Thread(target=self._pass, args=(link, direction), daemon=True).start()

    def _pass(self, link, direction):
        source, target = link.sides[direction]
        count = -HANDSHAKE[direction]
        try:
            while frame := read_frame(source):
                counts = frame[4] not in HEARTBEATS
                if counts and count == self.point and self._fires(direction):
                    self._break(link, direction, frame)
                elif not link.silent.is_set():
                    target.sendall(frame)
                count += counts
        except OSError:
            pass
        if not link.silent.is_set():
            for side in (source, target):
                with contextlib.suppress(OSError):
                    side.shutdown(socket.SHUT_RDWR)

    def _fires(self, direction):
        with self.lock:
            if direction != self.direction or self.fired is not None:
                return False
            self.fired = time.monotonic()
            return True

    def _break(self, link, direction, frame):
        source, target = link.sides[direction]
        getattr(self, "_" + self.kind)(link, source, target, frame)

    # The ways to break. What they raise ends the link.

    def _cut(self, link, _source, _target, _frame):
        link.reset()

    def _reset(self, link, _source, target, frame):
        target.sendall(frame)
        link.reset()

    def _truncate(self, _link, _source, target, frame):
        target.sendall(frame[: len(frame) // 2])
        raise ConnectionAbortedError

    def _half(self, link, _source, target, frame):
        link.silent.set()
        target.sendall(frame[: len(frame) // 2])

    def _blackhole(self, link, _source, _target, _frame):
        link.silent.set()

    def _flip(self, _link, _source, target, frame):
        flipped = bytearray(frame)
        bit = self.chance.randrange(8 * len(frame))
        flipped[bit // 8] ^= 1 << bit % 8
        target.sendall(flipped)

    def _length(self, _link, _source, target, frame):
        """A length that promises 16 KiB more: what follows is swallowed, heartbeats too."""
        target.sendall(struct.pack(">I", struct.unpack(">I", frame[:4])[0] + 0x4000) + frame[4:])

    def _duplicate(self, _link, _source, target, frame):
        target.sendall(frame + frame)

    def _delay(self, _link, _source, target, frame):
        time.sleep(DELAY)  # the delay is the fault
        target.sendall(frame)

    def _garbage(self, _link, _source, target, frame):
        target.sendall(self.chance.randbytes(200) + frame)

    def _reorder(self, _link, source, target, frame):
        target.sendall(read_frame(source) + frame)

    def _drip(self, _link, _source, target, frame):
        for byte in frame:
            target.sendall(bytes([byte]))
            time.sleep(DRIP)  # the slowness is the fault


def read_frame(source) -> bytes:
    """The next frame as it is on the wire; empty at the end."""
    head = exactly(source, 4)
    return head and head + exactly(source, struct.unpack(">I", head)[0])


def exactly(source, count) -> bytes:
    data = b""
    while len(data) < count:
        more = source.recv(min(count - len(data), 1 << 16))
        if not more:
            return b""
        data += more
    return data
