"""Every event reaches every open socket at once, in order, without anybody connecting again."""

import json
import time
from concurrent.futures import ThreadPoolExecutor

from crowd import Person
from service import wait_until
from websockets.sync.client import connect

USERS, JOBS = 40, 5


def open_socket(service, person):
    """A socket that has had its snapshot: what comes from now on is pushed, not read again."""
    link = connect(f"ws://127.0.0.1:{service.port}/api/events?since=0", origin=service.base, open_timeout=30,
                   additional_headers={"Cookie": person.client.cookie()}, max_queue=None)
    assert json.loads(link.recv(timeout=30))["type"] == "snapshot"
    return link


def test_an_open_socket_hears_of_every_job_to_its_end(make_service):
    service = make_service(access="open").start_server().start_mock("a").start_mock("b")
    wait_until(lambda: service.healthy("/readyz"), 30, "the workers are ready")
    people = [Person(service, f"user {number}", JOBS, "live") for number in range(USERS)]
    with ThreadPoolExecutor(2 * USERS) as pool:
        list(pool.map(lambda person: person.client.request("GET", "/api/capabilities"), people))
        links = list(pool.map(lambda person: open_socket(service, person), people))
        second_tab = open_socket(service, people[0])
        until = time.monotonic() + 240
        submitting = [pool.submit(person.submit_all, until) for person in people]

        def listen(person, link):
            # A socket that was told of fewer jobs than were taken would wait here until the time is up.
            while len(person.ends) < JOBS or not person.has_all():
                person.note(json.loads(link.recv(timeout=max(0.1, until - time.monotonic()))))
            link.close()

        list(pool.map(listen, people, links))
        for done in submitting:
            done.result()
        told = []
        while people[0].seq not in told:
            told += [event["seq"] for event in [json.loads(second_tab.recv(timeout=10))] if "seq" in event]
        assert told == list(range(1, len(told) + 1)), "the other tab hears the same"
        second_tab.close()
        list(pool.map(lambda number: people[number].check(people[number - 1]), range(USERS)))
