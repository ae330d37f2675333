"""Submitting, cancelling and following jobs."""

import asyncio
import json
import uuid

import pytest
import websockets

PROMPT = "a blue ring, white background"


def test_one_key_makes_one_job(shared_service):
    client = shared_service.client()
    key = str(uuid.uuid4())
    first = client.submit(key=key, prompt=PROMPT, steps=1)
    again = client.request("POST", "/api/jobs", json={"prompt": PROMPT, "steps": 1},
                           headers={"Idempotency-Key": key})
    assert again.status_code == 200 and again.json()["id"] == first["id"]
    other = client.request("POST", "/api/jobs", json={"prompt": "another", "steps": 1},
                           headers={"Idempotency-Key": key})
    assert other.status_code == 409 and other.json()["error"]["code"]
    client.wait(first["id"])


def test_a_running_and_a_queued_job_are_cancelled(shared_service):
    client = shared_service.client()
    running = client.submit(prompt=PROMPT, steps=150)
    client.wait(running["id"], ("running",))
    queued = client.submit(prompt=PROMPT, steps=1)
    assert client.job(queued["id"])["position"] >= 1
    for job in (queued, running):
        answer = client.request("DELETE", f"/api/jobs/{job['id']}")
        assert answer.status_code == 200, answer.text
        ended = client.wait(job["id"], ("cancelled",), seconds=20)
        assert ended["images"] == []
    after = client.submit(prompt=PROMPT, steps=1)
    client.wait(after["id"], seconds=30)


@pytest.mark.parametrize("fields, field", [
    ({}, "prompt"),
    ({"prompt": PROMPT, "steps": 0}, "steps"),
    ({"prompt": PROMPT, "steps": "20"}, "steps"),
    ({"prompt": PROMPT, "steps": 151}, "steps"),
    ({"prompt": PROMPT, "width": 100}, "width"),
    ({"prompt": PROMPT, "height": -8}, "height"),
    ({"prompt": PROMPT, "guidance_scale": 31}, "guidance_scale"),
    ({"prompt": PROMPT, "sampler": "eular"}, "sampler"),
    ({"prompt": PROMPT, "schedule": "kerras"}, "schedule"),
    ({"prompt": PROMPT, "model": "nothing"}, "model"),
    ({"prompt": PROMPT, "batch_count": 9}, "batch_count"),
    ({"prompt": PROMPT, "seed": -2}, "seed"),
    ({"prompt": "é" * 2001}, "prompt"),
    ({"prompt": PROMPT, "mode": "img2vid"}, "mode"),
])
def test_a_bad_field_is_named(shared_service, fields, field):
    answer = shared_service.client().request("POST", "/api/jobs", json=fields)
    assert answer.status_code == 422, answer.text
    error = answer.json()["error"]
    assert error["field"] == field and error["code"] and error["message"]


@pytest.mark.parametrize("body", [
    b"", b"{", b"[]", b"null", b'{"prompt": "\xff"}', b'{"prompt": "\\ud800"}',
    b'{"prompt": "a", "steps": 1e999}', b'{"prompt": "a", "steps": NaN}', b"[" * 20000])
def test_rubbish_is_refused(shared_service, body):
    answer = shared_service.client().request(
        "POST", "/api/jobs", data=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422), (answer.status_code, answer.text)
    assert answer.json()["error"]["message"]


async def events(service, query, last):
    """Events from the socket up to the first that satisfies `last`."""
    seen = []
    async with websockets.connect(f"ws://127.0.0.1:{service.port}/api/events{query}",
                                  origin=service.base) as socket:
        while not seen or not last(seen[-1]):
            seen.append(json.loads(await asyncio.wait_for(socket.recv(), 60)))
    return seen


def test_events_tell_the_whole_story_and_are_replayed(shared_service):
    client = shared_service.client()

    async def watch():
        submitted = asyncio.create_task(asyncio.to_thread(client.submit, prompt=PROMPT, steps=4))
        live = await events(shared_service, "", lambda event: (
            event["type"] == "job" and event["job"]["state"] == "finished" and submitted.done()
            and event["job"]["id"] == submitted.result()["id"]))
        return submitted.result()["id"], live

    identifier, live = asyncio.run(watch())
    assert {"progress", "image", "queue"} <= {event["type"] for event in live}
    numbers = [event["seq"] for event in live if "seq" in event]
    assert numbers == sorted(numbers)
    mine = [event["seq"] for event in live
            if event["type"] == "image" and event["job_id"] == identifier
            or event["type"] == "job" and event["job"]["id"] == identifier]
    replayed = asyncio.run(events(shared_service, f"?since={mine[0] - 1}",
                                  lambda event: event["type"] != "snapshot" and event.get("seq", 0) >= mine[-1]))
    assert set(mine) <= {event.get("seq") for event in replayed}


def test_a_foreign_page_cannot_open_the_events(shared_service):
    url = f"ws://127.0.0.1:{shared_service.port}/api/events"

    async def attempt(origin):
        async with websockets.connect(url, origin=origin):
            return True

    for origin in ["http://evil.example", "null", f"https://127.0.0.1:{shared_service.port}"]:
        with pytest.raises(websockets.InvalidStatus) as refused:
            asyncio.run(attempt(origin))
        assert refused.value.response.status_code == 403
