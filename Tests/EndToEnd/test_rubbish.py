"""Strangers' bytes on every port leave the service as it was."""

import random

import pytest
from rubbish import SAMPLES, poke


@pytest.mark.parametrize("data", SAMPLES, ids=range(len(SAMPLES)))
def test_http_refuses_rubbish(shared_service, data):
    answer = poke(shared_service.port, data)
    assert not answer or answer.startswith(b"HTTP/1.1 4") or answer.startswith(b"HTTP/1.1 5"), answer[:80]
    assert shared_service.healthy()


def test_random_bytes_on_both_ports(shared_service):
    source = random.Random(1)
    for _ in range(60):
        data = source.randbytes(source.randrange(1, 3000))
        poke(shared_service.port, data)
        poke(shared_service.worker_port, data)
    assert shared_service.healthy() and shared_service.healthy("/readyz")
    client = shared_service.client()
    client.wait(client.submit(prompt="a red square, white background", steps=1)["id"])


def test_a_host_name_of_a_stranger_is_refused(shared_service):
    answer = poke(shared_service.port, b"GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 421")
