"""The wall clock jumps while the service runs: what is timed goes on as if nothing had happened, and sessions end by the
calendar alone."""

import email.utils
import struct
import subprocess
import time
from pathlib import Path

import pytest
import requests
from mock_worker import MockWorker
from service import ROOT, wait_until
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

DAY = 86_400
PASSWORD = "correct horse battery"
REQUEST = {"model": "mock", "width": 64, "height": 64}


class Clock:
    """The wall clock of every process started with it."""

    def __init__(self, folder: Path, monkeypatch):
        library, self.file = folder / "clock.so", folder / "clock"
        subprocess.run(["cc", "-O1", "-shared", "-fPIC", "-o", library, ROOT / "Tests" / "support" / "clock_shim.c"],
                       check=True, timeout=60)
        self.jump(0)
        monkeypatch.setenv("LD_PRELOAD", str(library))
        monkeypatch.setenv("ATELIER_CLOCK_FILE", str(self.file))

    def jump(self, seconds: int):
        """Sets the clock so far from the right time."""
        with open(self.file, "r+b" if self.file.exists() else "wb") as file:
            file.write(struct.pack("<q", seconds))


@pytest.fixture
def clock(tmp_path, monkeypatch):
    return Clock(tmp_path, monkeypatch)


def follow(service, client):
    return connect(f"ws://127.0.0.1:{service.port}/api/events?since=0", origin=service.base,
                   additional_headers={"Cookie": client.cookie()})


def date(service):
    answer = requests.get(service.base + "/healthz", timeout=10)
    return email.utils.parsedate_to_datetime(answer.headers["Date"]).timestamp()


@pytest.mark.parametrize("days", [1, -1])
def test_a_running_job_and_a_socket_outlive_a_jump_of_a_day(make_service, clock, days):
    service = make_service(access="open").start_server()
    client = service.client()
    client.request("GET", "/api/capabilities")
    worker = MockWorker(service, pause=0.2)
    try:
        wait_until(lambda: service.healthy("/readyz"), 30, "the mock is ready")
        job = client.submit(prompt="before", seed=1, steps=20, **REQUEST)["id"]
        wait_until(lambda: client.job(job)["state"] == "running", 30, "it runs")
        with follow(service, client) as socket:
            clock.jump(days * DAY)
            wait_until(lambda: abs(date(service) - time.time() - days * DAY) < 60, 10, "the server sees the jump")
            # A burst that the jump must not have used up, nor given twice: twenty, then one each six seconds.
            answers = [client.request("POST", "/api/jobs", json={"prompt": "x", "steps": 1, **REQUEST}).status_code
                       for _ in range(25)]
            assert answers[:15] == [201] * 15 and 429 in answers
            done = client.wait(job, ("finished", "failed"), seconds=60)
            assert done["state"] == "finished" and done["attempt"] == 1
            socket.ping().wait(10)
            wait_until(lambda: '"type":"image"' in socket.recv(timeout=10), 30, "the picture is announced")
    finally:
        worker.stop()


def test_a_session_ends_by_the_calendar_and_its_socket_with_it(make_service, clock):
    service = make_service(access="accounts").start_server().create_admin("boss", PASSWORD)
    client = service.client().log_in("boss", PASSWORD)
    for days in [1, -1, 25]:
        clock.jump(days * DAY)
        assert client.request("GET", "/api/jobs").status_code == 200, days
    with follow(service, client) as socket:
        # Before its first message the server looks at the session once more, which is a visit.
        socket.recv(timeout=30)
        # Thirty days after the last visit, and not yet at that.
        clock.jump(55 * DAY - 3600)
        time.sleep(11)  # one look at the sockets' sessions
        socket.ping().wait(10)
        clock.jump(55 * DAY + 3600)
        with pytest.raises(ConnectionClosed) as closed:
            while True:
                socket.recv(timeout=30)
        assert closed.value.rcvd.code == 4001
    assert client.request("GET", "/api/jobs").status_code == 401
