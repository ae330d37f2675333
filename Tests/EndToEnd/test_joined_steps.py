"""Jobs whose steps are joined (--max-batch): each is what it is alone, and each is cancelled and rescued on its own."""

import json
import signal

import pytest
from service import Service, wait_until

PROMPTS = ["a green star, white background", "a red circle", "a small blue square, grey background"]


def job(number, **changes):
    return {"prompt": PROMPTS[number % 3], "seed": 40 + number, "steps": 24 + 6 * number, "guidance_scale": 3 + number,
            "sampler": ["Euler", "Euler a", "DPM++ 2M"][number % 3], **changes}


@pytest.fixture(scope="module")
def joining():
    service = Service(access="open", worker_args=["--max-batch", "3"])
    try:
        yield service.start_server().start_worker()
    finally:
        service.stop()


def running(client, identifier):
    return wait_until(
        lambda: (found := client.job(identifier))["state"] == "running"
        and (found["progress"] or {}).get("done", 0) > 0 and found, 60, "job makes progress")


def joined(service):
    """The most jobs whose steps were one batch so far."""
    lines = [line for line in service.log_path.read_text().splitlines() if "joined steps of jobs" in line]
    return max((int(json.loads(line)["jobs"]) for line in lines), default=0)


def test_three_users_jobs_at_once_give_the_bytes_they_give_alone(joining):
    clients = [joining.client() for _ in range(3)]
    together = [client.submit(**job(number))["id"] for number, client in enumerate(clients)]
    seen = [running(client, identifier) for client, identifier in zip(clients, together)]
    # Each counts its own evaluations.
    assert [found["progress"]["total"] for found in seen] == [24, 30, 36]
    pictures = [client.picture(client.wait(identifier)["images"][0]) for client, identifier in zip(clients, together)]
    assert joined(joining) == 3
    for number, client in enumerate(clients):
        alone = client.wait(client.submit(**job(number))["id"])
        assert client.picture(alone["images"][0]) == pictures[number]


def test_a_cancelled_job_leaves_the_others_right(joining):
    one, other = joining.client(), joining.client()
    kept = one.submit(**job(0, steps=60))["id"]
    stopped = other.submit(**job(1, steps=150))["id"]
    running(one, kept), running(other, stopped)
    assert other.request("DELETE", f"/api/jobs/{stopped}").status_code == 200
    other.wait(stopped, ("cancelled",), 20)
    picture = one.picture(one.wait(kept)["images"][0])
    alone = one.wait(one.submit(**job(0, steps=60))["id"])
    assert one.picture(alone["images"][0]) == picture


def test_a_job_of_another_size_waits_for_its_turn_and_none_overtakes_it_for_ever(joining):
    client = joining.client()
    jobs = [client.submit(**job(number, width=64 if number % 2 else 128, height=64, steps=20))["id"] for number in range(4)]
    for identifier in jobs:
        assert client.wait(identifier)["attempt"] == 1


def test_a_worker_killed_in_the_middle_costs_every_job_one_attempt(make_service):
    service = make_service(access="open", worker_args=["--max-batch", "3"]).start_server().start_worker()
    clients = [service.client() for _ in range(3)]
    jobs = [client.submit(**job(number, steps=100))["id"] for number, client in enumerate(clients)]
    for client, identifier in zip(clients, jobs):
        running(client, identifier)
    service.signal_worker(number=signal.SIGKILL)
    service.start_worker(wait=False)
    for client, identifier in zip(clients, jobs):
        done = client.wait(identifier)
        assert done["attempt"] == 2 and len(done["images"]) == 1
