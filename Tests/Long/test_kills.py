"""kill -9 of the server and of workers under load, two hundred times each if there is time."""

import contextlib
import random
import signal
import time

import requests
from crowd import TRANSIENT
from ledger import Ledger
from service import wait_until

KILLS = 200
# Of one worker, seconds for a picture: mostly it is killed between two messages. The other is killed in the middle of
# two jobs: one on its device, one that is being saved.
WORKERS = {"a": {"pause": 0.02}, "b": {"pause": 0.3, "saving": True}}
REQUEST = {"model": "mock", "steps": 2, "width": 64, "height": 64}


def keep_busy(client, ledger_jobs, chance):
    """Fills the user's queue; the server may be dead or full."""
    while True:
        with contextlib.suppress(requests.RequestException):
            answer = client.request("POST", "/api/jobs", json={
                **REQUEST, "prompt": f"job {len(ledger_jobs)}", "seed": chance.randrange(1 << 40),
                "batch_count": chance.choice([1, 2])})
            if answer.status_code == 201:
                ledger_jobs.append(answer.json()["id"])
                continue
            assert answer.status_code in TRANSIENT, (answer.status_code, answer.text)
        return


def test_two_hundred_kills_of_each_lose_nothing(make_service, seed, budget, say):
    left = budget(0.25)
    chance = random.Random(seed)
    service = make_service().start_server()
    for name, options in WORKERS.items():
        service.start_mock(name, **options)
    wait_until(lambda: service.healthy("/readyz"), 30, "the workers are ready")
    ledger, client, jobs = Ledger(service), service.client(), []
    kills = {"server": 0, "worker": 0}
    while min(kills.values()) < KILLS and (left() > 0 or min(kills.values()) < 3):
        keep_busy(client, jobs, chance)
        time.sleep(chance.random() * 0.3)  # the moment of the kill is chance
        if kills["server"] <= kills["worker"]:
            kills["server"] += 1
            service.kill_server(signal.SIGKILL)
            ledger.look()
            service.start_server()
        else:
            kills["worker"] += 1
            name = chance.choice(list(WORKERS))
            service.signal_worker(name)
            ledger.look()
            service.start_mock(name, **WORKERS[name])
    for job in jobs:
        client.wait(job, ("finished", "failed"), seconds=120)
    assert service.kill_server(signal.SIGTERM) == 0
    ledger.look()
    assert set(jobs) <= ledger.known and ledger.known == ledger.ended.keys()
    failed = sum(state == "failed" for state in ledger.ended.values())
    say(f"kills: {kills}; {len(ledger.known)} jobs, {failed} of them failed by two kills each; all invariants held")
