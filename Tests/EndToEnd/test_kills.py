"""Processes die at every moment, and no job is lost, doubled or stuck."""

import os
import signal
import time

import pytest
import requests
from mock_worker import MockWorker
from service import wait_until
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

# Long enough to be caught running, short enough for two attempts.
LONG = {"prompt": "a green star, white background", "seed": 3, "steps": 150}
SHORT = {"prompt": "a green star, white background", "seed": 3, "steps": 2}


def running(client, identifier):
    return wait_until(
        lambda: (job := client.job(identifier))["state"] == "running"
        and (job["progress"] or {}).get("done", 0) > 0 and job, 60, "job makes progress")


def test_a_killed_worker_costs_an_attempt_and_nothing_else(make_service):
    service = make_service().start_server().start_worker()
    client = service.client()
    job = client.submit(**{**LONG, "steps": 60})
    running(client, job["id"])
    service.signal_worker(number=signal.SIGKILL)
    began = time.monotonic()
    wait_until(lambda: client.job(job["id"])["state"] == "queued", 5, "job is queued again")
    assert time.monotonic() - began < 5
    service.start_worker(wait=False)
    done = client.wait(job["id"], seconds=120)
    assert done["attempt"] == 2
    assert len(done["images"]) == 1 and client.picture(done["images"][0])


def test_a_hung_worker_is_left_behind(make_service):
    service = make_service().start_server().start_worker("a")
    client = service.client()
    job = client.submit(**LONG)
    running(client, job["id"])
    service.signal_worker("a", signal.SIGSTOP)
    service.start_worker("b", wait=False)
    other = client.submit(**SHORT)
    client.wait(other["id"], seconds=70)
    done = client.wait(job["id"], seconds=120)
    assert done["attempt"] == 2
    before = client.picture(done["images"][0])
    # The old worker wakes up and finds itself fenced: nothing changes.
    service.signal_worker("a", signal.SIGCONT)
    third = client.submit(**SHORT)
    client.wait(third["id"])
    again = client.job(job["id"])
    assert again["images"] == done["images"] and client.picture(again["images"][0]) == before


@pytest.mark.parametrize("state", ["queued", "running", "finished", "cancelled"])
def test_a_killed_server_loses_and_doubles_nothing(make_service, state):
    service = make_service().start_server().start_worker()
    client = service.client()
    if state == "queued":
        blocker = client.submit(**{**LONG, "steps": 60})
        job = client.submit(**SHORT)
        assert client.job(job["id"])["state"] == "queued"
    else:
        job = client.submit(**({**LONG, "steps": 60} if state != "finished" else SHORT))
        if state == "finished":
            client.wait(job["id"])
        else:
            running(client, job["id"])
        if state == "cancelled":
            client.request("DELETE", f"/api/jobs/{job['id']}")
            client.wait(job["id"], ("cancelled",))
    service.kill_server()
    service.start_server()
    wanted = "cancelled" if state == "cancelled" else "finished"
    done = client.wait(job["id"], (wanted,), seconds=120)
    assert len(done["images"]) == (0 if state == "cancelled" else 1)
    for image in done["images"]:
        assert client.picture(image)
    if state == "queued":
        client.wait(blocker["id"], seconds=120)
    listed = client.request("GET", "/api/jobs?limit=50").json()
    jobs = listed["jobs"] if isinstance(listed, dict) else listed
    assert len({entry["id"] for entry in jobs}) == len(jobs) == (2 if state == "queued" else 1)


def test_a_terminated_server_drains_within_25_seconds(make_service):
    service = make_service().start_server().start_worker()
    client = service.client()
    job = client.submit(**SHORT)
    client.wait(job["id"])
    began = time.monotonic()
    assert service.kill_server(signal.SIGTERM) == 0
    assert time.monotonic() - began < 25
    service.start_server()
    assert client.job(job["id"])["state"] == "finished"


def told_to_stop(make_service, pause):
    """A server with a running and a waiting job that was told to stop; its worker needs `pause` for a job."""
    service = make_service().start_server()
    mock = MockWorker(service, pause=pause)
    wait_until(lambda: service.healthy("/readyz"), 30, "the mock is ready")
    client = service.client()
    jobs = [client.submit(prompt="x", model="mock", steps=2, width=64, height=64, seed=seed)["id"] for seed in (1, 2)]
    wait_until(lambda: client.job(jobs[0])["state"] == "running", 10, "the job runs")
    with connect(f"ws://127.0.0.1:{service.port}/api/events?since=0", origin=service.base) as socket:
        service.server.send_signal(signal.SIGTERM)
        with pytest.raises(ConnectionClosed) as closed:
            while True:
                socket.recv(timeout=10)
        assert closed.value.rcvd.code == 1001
    # It waits for the running job and lets nobody in.
    assert service.server.poll() is None
    with pytest.raises(requests.ConnectionError):
        requests.get(service.base + "/healthz", timeout=5)
    return service, mock, jobs


def finish_after_restart(service, mock, jobs):
    """The worker kept the running job over the stop, and nothing was counted against it."""
    mock.pause = 0
    client = service.start_server().client()
    assert [client.wait(job)["attempt"] for job in jobs] == [1, 1]
    mock.stop()


def test_a_second_signal_ends_the_server_at_once(make_service):
    service, mock, jobs = told_to_stop(make_service, pause=2)
    began = time.monotonic()
    assert service.kill_server(signal.SIGTERM) == 128 + signal.SIGTERM
    assert time.monotonic() - began < 1
    finish_after_restart(service, mock, jobs)


@pytest.mark.skipif(os.environ.get("ATELIER_SLOW") != "yes", reason="waits as long as a stop may take")
def test_a_stop_leaves_a_long_job_to_its_worker(make_service):
    began = time.monotonic()
    service, mock, jobs = told_to_stop(make_service, pause=35)
    assert service.server.wait(30) == 0
    assert 20 <= time.monotonic() - began < 28
    finish_after_restart(service, mock, jobs)


def test_repeated_kills_of_both_sides(make_service):
    rounds = 20 if os.environ.get("ATELIER_SLOW") == "yes" else 3
    service = make_service().start_server().start_worker()
    client = service.client()
    jobs = [client.submit(**{**SHORT, "seed": seed, "steps": 10}) for seed in range(rounds)]
    for turn in range(rounds):
        time.sleep(0.2 + 0.1 * (turn % 5))  # the moment of the kill is meant to vary
        if turn % 2:
            service.signal_worker()
            service.start_worker(wait=False)
        else:
            service.kill_server()
            service.start_server()
    for seed, job in enumerate(jobs):
        done = client.wait(job["id"], ("finished", "failed"), seconds=180)
        assert done["state"] == "finished" or done["error"]["code"] == "poison", done
        if done["state"] == "finished":
            assert [image["seed"] for image in done["images"]] == [seed]
