"""Fifty users at once: each picture reaches its owner and nobody else."""

import io
import os
from concurrent.futures import ThreadPoolExecutor

from PIL import Image

USERS = 50


def test_each_picture_reaches_its_owner_alone(make_service):
    rounds = 4 if os.environ.get("ATELIER_SLOW") == "yes" else 1
    service = make_service(access="open").start_server().start_worker("a").start_worker("b")
    clients = [service.client() for _ in range(USERS)]

    def run(number):
        client = clients[number]
        client.request("GET", "/api/capabilities")
        made = []
        for turn in range(rounds):
            job = client.submit(prompt=f"user {number} turn {turn}", seed=number * 100 + turn,
                                steps=1, width=64, height=64, guidance_scale=1)
            made.append(client.wait(job["id"], seconds=300))
        return made

    with ThreadPoolExecutor(USERS) as pool:
        results = list(pool.map(run, range(USERS)))

    seen = set()
    for number, jobs in enumerate(results):
        for turn, job in enumerate(jobs):
            (image,) = job["images"]
            assert image["id"] not in seen
            seen.add(image["id"])
            png = clients[number].picture(image)
            text = Image.open(io.BytesIO(png)).text["parameters"]
            assert text.startswith(f"user {number} turn {turn}\n"), text
            assert f"Seed: {number * 100 + turn}," in text

    # Somebody else's identifiers are as good as none.
    for number in range(USERS):
        other = results[(number + 1) % USERS][0]
        for path in [f"/api/jobs/{other['id']}", other["images"][0]["url"],
                     other["images"][0]["url"] + "/thumbnail"]:
            assert clients[number].request("GET", path).status_code == 404
        for path in [f"/api/jobs/{other['id']}", f"/api/images/{other['images'][0]['id']}"]:
            assert clients[number].request("DELETE", path).status_code == 404
    stranger = service.client()
    for jobs in results:
        assert stranger.request("GET", jobs[0]["images"][0]["url"]).status_code in (401, 403, 404)
