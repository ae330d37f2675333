"""Every fault at every point of the worker link, each with a worker and two users of its own, all at once."""

import contextlib
import time
from concurrent.futures import ThreadPoolExecutor

from fault_proxy import KINDS, FaultProxy
from mock_worker import MockWorker, picture
from service import wait_until

# What is sent for a job of two pictures: by the worker, then by the server.
POINTS = [("up", number, name) for number, name in enumerate(
    ["capabilities", "accepted", "started", "progress", "image 0", "progress 2", "image 1", "completed"])]
POINTS += [("down", 0, "assign"), ("down", 1, "acknowledge")]
CASES = [(kind, *point) for kind in KINDS for point in POINTS]
REQUEST = {"steps": 2, "width": 64, "height": 64}
# A lease, and five seconds.
STARTS_WITHIN = 35


def model(case) -> str:
    kind, _, _, name = case
    return f"{kind} at {name}"


class Trial:
    """One fault: a worker behind a proxy, and two users whose jobs only that worker can do."""

    def __init__(self, service, case, seed, saving):
        self.service, self.case, self.saving = service, case, saving
        self.clients = [service.client(), service.client()]
        self.jobs = []
        for number, client in enumerate(self.clients):
            client.request("GET", "/api/capabilities")
            self.jobs.append(client.submit(prompt=f"{model(case)}, user {number}", seed=number,
                                           model=model(case), batch_count=2 - number, **REQUEST))
        kind, direction, point, _ = case
        self.proxy = FaultProxy(service.worker_port, kind, direction, point, seed)

    def run(self):
        """What went wrong, or None."""
        kind, direction, point, _ = self.case
        worker = MockWorker(self.service, f"{kind}-{direction}-{point}", port=self.proxy.own_port,
                            models=[model(self.case)], saving=self.saving)
        try:
            wait_until(lambda: self.proxy.fired, 30, "the fault happens")
            second, client = self.jobs[1], self.clients[1]
            wait_slowly(lambda: client.job(second["id"])["state"] != "queued", STARTS_WITHIN + 10)
            took = time.monotonic() - self.proxy.fired
            assert took < STARTS_WITHIN, f"the next job started after {took:.1f} s"
            for number, client in enumerate(self.clients):
                self.check(client, number)
        except AssertionError as error:
            return f"{model(self.case)}: {error}"
        finally:
            worker.stop()
            self.proxy.stop()
        return None

    def check(self, client, number):
        identifier = self.jobs[number]["id"]
        wait_slowly(lambda: client.job(identifier)["state"] in ("finished", "failed"), 60)
        job = client.job(identifier)
        assert job["state"] == "finished", job
        assert job["attempt"] <= 2, job
        assert [image["index"] for image in job["images"]] == list(range(2 - number))
        request = {**REQUEST, "prompt": f"{model(self.case)}, user {number}", "seed": number}
        for image in job["images"]:
            assert client.picture(image) == picture(request, image["index"])


def wait_slowly(condition, seconds):
    """Asks twice a second, for there are many who ask."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"not within {seconds} s"
        time.sleep(0.5)


def run_matrix(service, cases, seed, saving=False):
    """Runs all cases at once and returns what went wrong.

    With workers that are `saving`, the second user's job is handed out before the first one's pictures are sent.
    """
    teacher = MockWorker(service, "teacher", models=[model(case) for case in cases])
    wait_until(lambda: service.healthy("/readyz"), 30, "the models are known")
    teacher.stop()
    wait_until(lambda: not service.healthy("/readyz"), 30, "the teacher has left")
    with contextlib.ExitStack() as stack:
        pool = stack.enter_context(ThreadPoolExecutor(len(cases)))
        trials = [Trial(service, case, seed, saving) for case in cases]
        return [failure for failure in pool.map(Trial.run, trials) if failure]
