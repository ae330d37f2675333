"""The worker link and the queue behind it, with workers that break at every message."""

import contextlib
import os
import random
import signal
import socket
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from mock_worker import HELLO, MockWorker, frame, picture
from service import wait_until

SLOW = os.environ.get("ATELIER_SLOW") == "yes"
# The messages of one attempt at a job of two pictures, as the mock worker counts them.
POINTS = ["capabilities", "accepted", "started", "progress", "image 0", "progress 2", "image 1", "completed"]
REQUEST = {"model": "mock", "steps": 2, "width": 64, "height": 64, "batch_count": 2}


@contextlib.contextmanager
def worker(service, *arguments, **options):
    mock = MockWorker(service, *arguments, **options)
    try:
        yield mock
    finally:
        mock.stop()


@pytest.fixture(scope="module")
def service():
    from service import Service
    running = Service()
    try:
        running.start_server()
        # The server learns the model, so that jobs can be queued while nobody is connected.
        with worker(running):
            wait_until(lambda: running.healthy("/readyz"), 30, "the mock is ready")
        yield running
    finally:
        running.stop()


def check(client, job):
    """The job is finished and its pictures are exactly its own."""
    assert job["state"] == "finished", job
    assert [image["index"] for image in job["images"]] == list(range(job["request"]["batch_count"]))
    for image in job["images"]:
        assert client.picture(image) == picture(job["request"], image["index"])


@pytest.mark.parametrize("kind", ["cut", "half", "flip", "garbage", "oversize"])
@pytest.mark.parametrize("point", range(len(POINTS)), ids=POINTS)
def test_a_link_broken_at_any_message_costs_an_attempt_at_most(service, point, kind):
    client = service.client()
    job = client.submit(prompt=f"{kind} at {POINTS[point]}", seed=point, **REQUEST)
    with worker(service, "breaks", fault=(point, kind)) as broken:
        broken.thread.join(30)
        assert not broken.thread.is_alive()
    with worker(service, "works"):
        done = client.wait(job["id"], seconds=20)
    check(client, done)
    assert done["attempt"] <= 2


@pytest.mark.parametrize("point", range(len(POINTS)) if SLOW else [3],
                         ids=POINTS if SLOW else [POINTS[3]])
def test_a_silent_link_is_given_up_within_its_lease(service, point):
    client = service.client()
    job = client.submit(prompt=f"silence at {POINTS[point]}", seed=point, **REQUEST)
    with worker(service, "silent", fault=(point, "silence")):
        if point:
            wait_until(lambda: client.job(job["id"])["state"] != "queued", 10, "the job is handed out")
        began = time.monotonic()
        with worker(service, "works"):
            done = client.wait(job["id"], seconds=40)
        assert time.monotonic() - began < 35
    check(client, done)


def test_a_server_killed_again_and_again_loses_and_doubles_nothing(make_service):
    service = make_service(access="open").start_server()
    with worker(service, "a", pause=0.1) as first, worker(service, "b", pause=0.1) as second:
        wait_until(lambda: service.healthy("/readyz"), 30, "the mocks are ready")
        clients = [service.client() for _ in range(10)]
        jobs = []
        for number, client in enumerate(clients):
            client.request("GET", "/api/capabilities")
            for turn in range(4):
                jobs.append((client, client.submit(
                    prompt=f"user {number} turn {turn}", seed=number * 10 + turn, **REQUEST)["id"]))
        chance = random.Random(7)
        for _ in range(20 if SLOW else 6):
            time.sleep(chance.uniform(0.1, 1.0))
            service.kill_server(signal.SIGKILL)
            service.start_server()
        with ThreadPoolExecutor(10) as pool:
            list(pool.map(lambda pair: check(pair[0], pair[0].wait(pair[1], seconds=120)), jobs))
        assert first.done + second.done >= len(jobs) - 6
    assert service.kill_server(signal.SIGTERM) == 0
    check_database(service, jobs=len(jobs), images=2 * len(jobs))


def check_database(service, jobs, images):
    """Every job has one end, every row its file, every log its numbers without gaps."""
    with contextlib.closing(sqlite3.connect(service.data / "atelier.sqlite")) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("SELECT count(*) FROM job WHERE state = 'finished'").fetchone() == (jobs,)
        names = [name for (name,) in database.execute("SELECT sha256 FROM image")]
        assert len(names) == images
        for name in names:
            assert (service.data / "images" / name[:2] / f"{name}.png").is_file()
        for user, last in database.execute("SELECT id, last_seq FROM user"):
            sequence = database.execute("SELECT seq FROM event WHERE user_id = ? ORDER BY seq", [user])
            assert [number for (number,) in sequence] == list(range(1, last + 1))
        ends = database.execute(
            "SELECT count(*) FROM event WHERE kind = 'job' AND state IN ('finished', 'failed', 'cancelled')")
        assert ends.fetchone() == (jobs,)


def test_a_job_that_kills_two_workers_fails_and_the_queue_goes_on(service):
    client = service.client()
    poison = client.submit(prompt="poison", seed=1, **REQUEST)
    for turn in range(2):
        with worker(service, f"victim-{turn}", fault=(3, "cut")) as victim:
            victim.thread.join(30)
    failed = client.wait(poison["id"], states=("failed",), seconds=20)
    assert failed["error"]["code"] == "poison"
    after = client.submit(prompt="after poison", seed=2, **REQUEST)
    with worker(service, "works"):
        check(client, client.wait(after["id"], seconds=20))


def test_nobody_without_the_secret_gets_in(make_service):
    service = make_service().start_server()
    for payload in [b"GET / HTTP/1.1\r\n\r\n", frame(HELLO, payload=bytes(66) + b"intruder"),
                    frame(HELLO, payload=bytes(10))]:
        with socket.create_connection(("127.0.0.1", service.worker_port), timeout=10) as stranger:
            stranger.sendall(payload)
            answer = b""
            with contextlib.suppress(ConnectionResetError):
                while more := stranger.recv(4096):
                    answer += more
        # The challenge and nothing after it: 4 + 17 + 34 bytes.
        assert len(answer) in (0, 55)
    assert not service.healthy("/readyz")
    # And a worker that knows it is let in all the same.
    with worker(service):
        wait_until(lambda: service.healthy("/readyz"), 30, "the mock is ready")
