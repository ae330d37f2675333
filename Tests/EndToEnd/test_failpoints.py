"""The server dies at each step between "a picture was received" and "its owner was told"."""

import contextlib
import json
import os
import signal
import sqlite3
from pathlib import Path

import pytest
import requests
from mock_worker import MockWorker, picture
from service import Service, wait_until
from websockets.sync.client import connect

POINTS = ["job-taken", "picture-received", "file-synced", "file-renamed", "file-durable", "thumbnail-durable",
          "image-written", "image-committed", "end-written", "end-committed", "acknowledged",
          "event-unsent"]
# A job is taken once, has two pictures and one end.
ONCE = {"job-taken", "end-written", "end-committed", "acknowledged"}
CASES = [(point, time) for point in POINTS for time in (1, 2) if time == 1 or point not in ONCE]
REQUEST = {"model": "mock", "steps": 2, "width": 64, "height": 64, "batch_count": 2}


@pytest.fixture
def debug_tools(monkeypatch):
    """Only debug builds have failpoints; the unit tests' build is one."""
    folder = Path(os.environ.get("ATELIER_DEBUG_BIN", Path(__file__).parents[2] / ".build" / "debug"))
    assert (folder / "atelier-server").is_file(), "swift build makes the debug tools first"
    monkeypatch.setenv("ATELIER_BIN", str(folder))


def follow(service, since):
    """Every event after `since` that is there now, by its number."""
    uri = f"ws://127.0.0.1:{service.port}/api/events?since={since}"
    events = {}
    with connect(uri, origin=service.base) as socket:
        snapshot = json.loads(socket.recv(timeout=10))
        assert snapshot["type"] == "snapshot" and not snapshot.get("gap")
        while len(events) < snapshot["seq"] - since:
            event = json.loads(socket.recv(timeout=10))
            if "seq" in event:
                events[event["seq"]] = event
    return snapshot["seq"], events


def check_database(service, job):
    """One end, each picture once, every row with its file, a log without gaps."""
    with contextlib.closing(sqlite3.connect(service.data / "atelier.sqlite")) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        images = database.execute("SELECT idx, sha256 FROM image ORDER BY idx").fetchall()
        assert [index for index, _ in images] == [0, 1]
        for _, name in images:
            assert (service.data / "images" / name[:2] / f"{name}.png").is_file()
        log = database.execute("SELECT seq, kind, state FROM event ORDER BY seq").fetchall()
        assert [number for number, _, _ in log] == list(range(1, len(log) + 1))
        assert [state for _, kind, state in log if kind == "job"].count("finished") == 1
        assert [kind for _, kind, _ in log].count("image") == 2
        assert database.execute("SELECT id, state FROM job").fetchall() == [(job, "finished")]


@pytest.mark.parametrize(("point", "time"), CASES, ids=[f"{point}-{time}" for point, time in CASES])
def test_a_server_that_dies_there_loses_and_doubles_nothing(debug_tools, monkeypatch, point, time):
    service = Service()
    try:
        monkeypatch.setenv("ATELIER_FAILPOINT", f"{point}:{time}")
        service.start_server()
        mock = MockWorker(service, thumbnails=True)
        wait_until(lambda: service.healthy("/readyz"), 30, "the mock is ready")
        client = service.client()
        # The server may die before it answers: the client asks again with the same key, as the page does.
        with contextlib.suppress(requests.ConnectionError):
            client.submit(key="one-click", prompt=point, seed=time, **REQUEST)
        listener = None
        if point == "event-unsent":
            listener = connect(f"ws://127.0.0.1:{service.port}/api/events?since=0", origin=service.base)
        assert service.server.wait(30) == -signal.SIGKILL
        if listener:
            listener.close()
        monkeypatch.delenv("ATELIER_FAILPOINT")
        service.start_server()
        job = client.submit(key="one-click", prompt=point, seed=time, **REQUEST)
        done = client.wait(job["id"], seconds=60)
        assert [image["index"] for image in done["images"]] == [0, 1]
        for image in done["images"]:
            assert client.picture(image) == picture(done["request"], image["index"])
        # The server died, not the worker: its result counted, or the job ran again and lost no attempt.
        assert done["attempt"] <= 2
        wait_until(lambda: mock.done == 1, 20, "the worker hears that its result is kept")
        last, events = follow(service, 0)
        assert sorted(events) == list(range(1, last + 1))
        assert len([event for event in events.values() if event["type"] == "image"]) == 2
        mock.stop()
        assert service.kill_server(signal.SIGTERM) == 0
        check_database(service, job["id"])
    finally:
        service.stop()
