"""Too many callers, and a database that somebody else holds: refused in words, never a stall or a spin."""

import contextlib
import os
import resource
import socket
import sqlite3
import time

from service import wait_until

REQUEST = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"


def processor_seconds(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_a_server_without_descriptors_says_so_at_the_door_and_does_not_spin(make_service):
    service = make_service().start_server()
    pid = service.server.pid
    # What is open now and 40 more: accepting runs into EMFILE before the limit of connections.
    used = len(os.listdir(f"/proc/{pid}/fd"))
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (used + 40, used + 40))
    with contextlib.ExitStack() as stack:
        links = [stack.enter_context(socket.create_connection(("127.0.0.1", service.port), timeout=20))
                 for _ in range(80)]
        answers = []
        for link in links:
            with contextlib.suppress(OSError):
                link.sendall(REQUEST)
            with contextlib.suppress(OSError):
                answers.append(link.recv(4096))
        served = [answer for answer in answers if answer.startswith(b"HTTP/1.1 200")]
        refused = [answer for answer in answers if answer.startswith(b"HTTP/1.1 503")]
        assert len(served) >= 20 and len(refused) >= 20
        assert all(b"\r\nRetry-After: " in answer for answer in refused)
        # Callers that nobody can accept wait in the kernel's queue; that costs no processor time.
        before, began = processor_seconds(pid), time.monotonic()
        wait_until(lambda: time.monotonic() - began > 2, 5, "two seconds pass")
        assert processor_seconds(pid) - before < 1
    wait_until(service.healthy, 20, "the server serves again")


def test_a_database_that_another_program_holds_is_said_to_be_busy(make_service):
    service = make_service().start_server().start_worker()
    client = service.client()
    with contextlib.closing(sqlite3.connect(service.data / "atelier.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        refused = client.request("POST", "/api/jobs", json={"prompt": "a red circle", "steps": 1})
        assert refused.status_code == 503 and refused.json()["error"]["code"] == "busy"
        assert "Retry-After" in refused.headers
        assert "another program holds the database" in service.log_path.read_text()
        # Reading goes on.
        assert client.request("GET", "/api/jobs").status_code == 200
        other.execute("ROLLBACK")
    job = client.submit(prompt="a red circle", steps=1)
    client.wait(job["id"])
