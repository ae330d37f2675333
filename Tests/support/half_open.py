"""Run in a network namespace of its own: the worker link goes down without a word in the middle of a job.

`unshare -n python half_open.py` prints how long the next user's job took to start after the link was back
(the server had noticed long before), or fails.
"""

import fcntl
import socket
import struct
import time

from mock_worker import MockWorker, picture
from service import Service, wait_until

SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 1
REQUEST = {"model": "mock", "steps": 2, "width": 64, "height": 64}
# A link is dead after so many seconds of silence.
SILENCE = 15


def set_loopback(up: bool):
    """What `ip link set lo up|down` does."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        name = b"lo".ljust(16, b"\0")
        (flags,) = struct.unpack("H", fcntl.ioctl(control, SIOCGIFFLAGS, name + bytes(24))[16:18])
        flags = flags | IFF_UP if up else flags & ~IFF_UP
        fcntl.ioctl(control, SIOCSIFFLAGS, name + struct.pack("H22x", flags))


def main():
    set_loopback(True)
    service = Service(access="open").start_server()
    worker = MockWorker(service, pause=3)
    try:
        wait_until(lambda: service.healthy("/readyz"), 30, "the mock is ready")
        clients = [service.client(), service.client()]
        jobs = []
        for number, client in enumerate(clients):
            client.request("GET", "/api/capabilities")
            jobs.append(client.submit(prompt=f"user {number}", seed=number, **REQUEST))
        wait_until(lambda: clients[0].job(jobs[0]["id"])["state"] == "running", 10, "the first job runs")
        set_loopback(False)
        began = time.monotonic()
        wait_until(lambda: "link ended" in service.log_path.read_text(), SILENCE + 5, "the server notices")
        noticed = time.monotonic() - began
        set_loopback(True)
        for client in clients:
            client.session.close()  # Its connections died too.
        began = time.monotonic()
        wait_until(lambda: clients[1].job(jobs[1]["id"])["state"] != "queued", 20, "the next job starts")
        took = time.monotonic() - began
        for number, client in enumerate(clients):
            done = client.wait(jobs[number]["id"], seconds=60)
            assert client.picture(done["images"][0]) == picture(
                {**REQUEST, "prompt": f"user {number}", "seed": number}, 0)
        print(f"noticed after {noticed:.1f} s; the next job started {took:.1f} s after the link was back")
    finally:
        worker.stop()
        service.stop()


if __name__ == "__main__":
    main()
