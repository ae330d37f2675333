"""Many users at once over connections that are cut at random, on a service whose processes are killed."""

import contextlib
import json
import random
import signal
import socket
import struct
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import requests
from ledger import ENDS, Ledger
from mock_worker import picture
from service import wait_until
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

TRANSIENT = (429, 503)


def cut(link):
    """Ends a connection as a lost network does: by RST, nothing said."""
    with contextlib.suppress(OSError):
        link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        link.shutdown(socket.SHUT_RDWR)
        link.close()


class Person:
    """One user: submits jobs, learns what becomes of them by events alone, loses the connection at random."""

    def __init__(self, service, name, jobs, seed):
        self.service, self.name = service, name
        self.chance = random.Random(f"{seed} {name}")
        self.client = service.client()
        self.wanted = {}
        self.requests = [
            {"prompt": f"{name}, job {number}", "seed": self.chance.randrange(1 << 40), "model": "mock",
             "steps": 2, "width": 64, "height": 64, "batch_count": self.chance.choice([1, 1, 1, 2])}
            for number in range(jobs)]
        self.seq = 0
        self.ends = {}
        self.images = {}

    def ask(self, method, path, until, **options):
        """Asks until there is an answer: the server may be dead, or full, for a while."""
        while True:
            with contextlib.suppress(requests.RequestException):
                answer = self.client.request(method, path, **options)
                if answer.status_code not in TRANSIENT:
                    return answer
            assert time.monotonic() < until, f"{method} {path}: no answer in time"
            time.sleep(0.1 + self.chance.random() / 4)

    def submit_all(self, until):
        assert self.ask("GET", "/api/capabilities", until).status_code == 200
        for number, request in enumerate(self.requests):
            headers = {"Idempotency-Key": f"{self.name}-{number}".replace(" ", "-")}
            if self.chance.random() < 0.1:
                self.submit_and_vanish(request, headers)
            answer = self.ask("POST", "/api/jobs", until, json=request, headers=headers)
            assert answer.status_code in (200, 201), (answer.status_code, answer.text)
            self.wanted[answer.json()["id"]] = request

    def submit_and_vanish(self, request, headers):
        """Sends a submission and does not wait for the answer; the same key follows."""
        body = json.dumps(request).encode()
        lines = {"Host": f"127.0.0.1:{self.service.port}", "Origin": self.service.base,
                 "Cookie": self.client.cookie(), "Content-Type": "application/json",
                 "Content-Length": len(body), **headers}
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        with contextlib.suppress(OSError):
            link = socket.create_connection(("127.0.0.1", self.service.port), timeout=10)
            link.sendall(f"POST /api/jobs HTTP/1.1\r\n{head}\r\n".encode() + body)
            cut(link)

    def follow(self, until):
        """Reads events until every job has ended and its pictures came, over one connection after the other."""
        while not self.has_all():
            assert time.monotonic() < until, f"{self.name}: {len(self.ends)} of {len(self.wanted)} ended"
            with contextlib.suppress(OSError, WebSocketException, TimeoutError):
                uri = f"ws://127.0.0.1:{self.service.port}/api/events?since={self.seq}"
                link = connect(uri, origin=self.service.base, open_timeout=10, close_timeout=1,
                               additional_headers={"Cookie": self.client.cookie()})
                try:
                    self.listen(link, time.monotonic() + self.chance.expovariate(1 / 4))
                finally:
                    cut(link.socket)
            time.sleep(self.chance.random() / 4)

    def has_all(self):
        """Every job has ended; a replayed event may tell so before its pictures' events come."""
        return self.wanted.keys() == self.ends.keys() and all(
            job["state"] != "finished" or len(self.images.get(name, {})) == len(job["images"])
            for name, job in self.ends.items())

    def listen(self, link, end):
        while not self.has_all():
            left = end - time.monotonic()
            if left <= 0:
                return
            self.note(json.loads(link.recv(timeout=left)))

    def note(self, event):
        if "seq" not in event or event["type"] == "snapshot":
            assert not event.get("gap"), "events were lost"
            return
        assert event["seq"] == self.seq + 1, f"event {event['seq']} after {self.seq}"
        self.seq = event["seq"]
        if event["type"] == "image":
            self.images.setdefault(event["job_id"], {})[event["image"]["index"]] = event["image"]
        elif event["type"] == "job" and event["job"]["state"] in ENDS:
            job = event["job"]
            assert self.ends.setdefault(job["id"], job)["state"] == job["state"]

    def run(self, until):
        self.submit_all(until)
        self.follow(until)

    def check(self, other):
        """Each job has its pictures, byte by byte, and `other` can reach none of them."""
        until = time.monotonic() + 120
        assert self.ends.keys() == self.wanted.keys()
        for identifier, request in self.wanted.items():
            job = self.ends[identifier]
            if job["state"] == "failed":
                # Two kills of a worker in the middle of it.
                assert job["error"]["code"] == "poison" and job["attempt"] >= 2, job
            else:
                assert job["state"] == "finished", job
                images = self.images[identifier]
                assert job["images"] == [images[index] for index in sorted(images)]
                assert sorted(images) == list(range(request["batch_count"]))
                for index, image in images.items():
                    answer = self.ask("GET", image["url"], until)
                    assert answer.content == picture(request, index), image
            paths = [f"/api/jobs/{identifier}"] + [i["url"] for i in self.images.get(identifier, {}).values()]
            for path in paths:
                assert other.ask("GET", path, until).status_code == 404, path


def start_worker(service, name):
    """Workers but the first take the next job while they save the last one's pictures."""
    service.start_mock(name, saving=name != "a")


class Reaper:
    """Kills server and workers by kill -9 at random moments until told to stop."""

    def __init__(self, service, seed, pause, workers):
        self.service, self.pause, self.workers = service, pause, workers
        self.chance = random.Random(f"{seed} reaper")
        self.stopped = threading.Event()
        self.kills = {"server": 0, "worker": 0}
        self.error = None
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self):
        try:
            while not self.stopped.wait(self.chance.uniform(0.5, 1.5) * self.pause):
                # Each has its turn also where there is time for two kills only.
                spared = [name for name, times in self.kills.items() if times == 0]
                if (self.chance.choice(spared) if spared else self.chance.choice(["server", "worker"])) == "server":
                    self.kills["server"] += 1
                    self.service.kill_server(signal.SIGKILL)
                    self.service.start_server()
                else:
                    self.kills["worker"] += 1
                    name = self.chance.choice(self.workers)
                    self.service.signal_worker(name)
                    start_worker(self.service, name)
        except Exception as error:  # told by stop(), for a thread has nobody to raise it to
            self.error = error

    def stop(self):
        self.stopped.set()
        self.thread.join(90)
        if self.error:
            raise self.error


def run_crowd(service, users, jobs, seed, kill_every=None, workers=("a", "b"), seconds=600, wave=0):
    """`users` submit `jobs` each; returns how many jobs there were and how often something was killed."""
    for name in workers:
        if name not in service.workers:
            start_worker(service, name)
    wait_until(lambda: service.healthy("/readyz"), 30, "the workers are ready")
    people = [Person(service, f"wave {wave} user {number}", jobs, seed) for number in range(users)]
    reaper = Reaper(service, f"{seed} {wave}", kill_every, workers) if kill_every else None
    until = time.monotonic() + seconds
    with ThreadPoolExecutor(users) as pool:
        try:
            list(pool.map(lambda person: person.run(until), people))
        finally:
            if reaper:
                reaper.stop()
        wait_until(service.healthy, 60, "the server answers")
        list(pool.map(lambda number: people[number].check(people[number - 1]), range(users)))
    return users * jobs, reaper.kills if reaper else {}


def check_end(service, ledger: Ledger, jobs):
    """Stops the server and looks a last time: every job is there and has ended."""
    assert service.kill_server(signal.SIGTERM) == 0
    ledger.look()
    assert len(ledger.known) == len(ledger.ended) == jobs
