"""Mixed load for as long as there is time: memory and descriptors stay where they are."""

import contextlib
import os
import random
import statistics
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import requests
from crowd import Person, cut
from rubbish import SAMPLES, poke
from service import wait_until
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

# What an hour may add, and what the allocator may hold on to in a run too short to tell the two apart.
MIB_PER_HOUR, NOISE_MIB = 1.0, 2.0
# The second half of a run this long, in hours, shows the slope itself.
LONG = 0.45
# Samples are taken this often, and their median over so many is one point of the slope.
SECONDS, TOGETHER = 0.5, 60


def resident_mib(pid):
    """Memory of its own: the program's file comes in by pages as they are first used, which is no leak."""
    with open(f"/proc/{pid}/statm", encoding="ascii") as file:
        resident, shared = map(int, file.read().split()[1:3])
        return (resident - shared) * os.sysconf("SC_PAGE_SIZE") / (1 << 20)


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


class Load:
    """One thread's mixture of everything a person and a stranger do, with a rest of `pace` seconds after each."""

    def __init__(self, service, seed, number, pace):
        self.service, self.pace = service, pace
        self.chance = random.Random(f"{seed} {number}")
        self.person = Person(service, f"soak {number}", 0, seed)
        self.client = self.person.client
        self.client.request("GET", "/api/capabilities")
        self.jobs = []
        self.deeds = 0

    def run(self, stopped):
        steps = [self.make, self.look, self.follow, self.page, self.miss, self.rubbish, self.vanish, self.come_once]
        while not stopped.is_set():
            self.chance.choice(steps)()
            self.deeds += 1
            stopped.wait(self.pace)
        return self.deeds

    def make(self):
        answer = self.client.request("POST", "/api/jobs", json={
            "model": "mock", "prompt": f"soak {self.deeds}", "steps": 2, "width": 64, "height": 64})
        assert answer.status_code in (201, 429, 503), answer.text
        if answer.status_code == 201:
            self.jobs.append(answer.json()["id"])

    def look(self):
        """Looks at the newest job, and forgets an old one with its pictures."""
        self.client.request("GET", "/api/jobs?limit=20")
        for identifier in self.jobs[-1:]:
            for image in self.client.job(identifier)["images"]:
                assert self.client.picture(image)
        if len(self.jobs) > 10:
            for image in self.client.job(self.jobs.pop(0))["images"]:
                self.client.request("DELETE", f"/api/images/{image['id']}")

    def follow(self):
        with contextlib.suppress(OSError, WebSocketException, TimeoutError):
            link = connect(f"ws://127.0.0.1:{self.service.port}/api/events?since=0", origin=self.service.base,
                           additional_headers={"Cookie": self.client.cookie()}, close_timeout=1)
            with contextlib.suppress(TimeoutError):
                link.recv(timeout=1)
            cut(link.socket)

    def page(self):
        for path in ["/", "/js/main.js", "/css/base.css", "/metrics", "/healthz"]:
            self.client.request("GET", path)

    def miss(self):
        assert self.client.request("GET", "/api/jobs/AAAAAAAAAAAAAAAAAAAAAA").status_code == 404
        self.client.request("POST", "/api/jobs", json={"prompt": "", "steps": -1})

    def rubbish(self):
        poke(self.service.port, self.chance.choice(SAMPLES))
        poke(self.service.port, self.chance.randbytes(500))

    def come_once(self):
        """Somebody new makes one picture and is never seen again."""
        client = self.service.client()
        with client.session:
            client.request("GET", "/api/capabilities")
            answer = client.request("POST", "/api/jobs", json={
                "model": "mock", "prompt": "once", "steps": 2, "width": 64, "height": 64})
            assert answer.status_code in (201, 429, 503), answer.text

    def vanish(self):
        with contextlib.suppress(requests.RequestException):
            answer = self.client.request("GET", "/images/screenshot.png", stream=True)
            answer.raw.read(1000)
            answer.close()


def test_memory_and_descriptors_stay_where_they_are(make_service, seed, budget, pace, say):
    left = budget(0.2)
    service = make_service(access="open").start_server().start_mock("a").start_mock("b")
    wait_until(lambda: service.log_path.read_text().count("worker ready") == 2, 30, "both workers are ready")
    pid, stopped, samples = service.server.pid, threading.Event(), []
    before = descriptors(pid)
    with ThreadPoolExecutor(8) as pool:
        loads = [Load(service, seed, number, pace) for number in range(8)]
        began = time.monotonic()
        runs = [pool.submit(load.run, stopped) for load in loads]
        try:
            while left() > 0 and not any(run.done() for run in runs):
                samples.append((time.monotonic() - began, resident_mib(pid)))
                time.sleep(SECONDS)  # the distance of the samples
        finally:
            stopped.set()
        deeds = sum(run.result() for run in runs)
        for load in loads:
            load.client.session.close()
    wait_until(lambda: descriptors(pid) <= before, 40, "descriptors are given back")
    # The first half fills caches and the allocator's arenas.
    hours, slope = slope_of(samples[len(samples) // 2:])
    growth = slope * hours
    say(f"{deeds} deeds; {samples[-1][1]:.1f} MiB resident, {growth:+.2f} MiB ({slope:+.2f} MiB an hour) over the "
        f"second half of {samples[-1][0]:.0f} s; {descriptors(pid)} descriptors after it")
    if hours > LONG:
        assert slope <= MIB_PER_HOUR
    assert growth <= NOISE_MIB + MIB_PER_HOUR * hours


def slope_of(samples):
    """Hours seen and MiB an hour: the median of the slopes between any two points (Theil and Sen), so that one busy
    minute bends nothing."""
    together = min(TOGETHER, max(1, len(samples) // 10))
    points = [[statistics.median(column) for column in zip(*samples[at:at + together])]
              for at in range(0, len(samples), together)]
    slopes = [(after[1] - before[1]) / (after[0] - before[0])
              for number, before in enumerate(points) for after in points[number + 1:]]
    return (samples[-1][0] - samples[0][0]) / 3600, statistics.median(slopes) * 3600
