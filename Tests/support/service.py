"""Starts the real server and workers for black-box tests, and speaks to them as a client does."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path

import requests

ROOT = Path(__file__).resolve().parents[2]


def binaries() -> Path:
    """The folder of the built tools: $ATELIER_BIN, or the release build of this checkout."""
    return Path(os.environ.get("ATELIER_BIN", ROOT / ".build" / "release")).resolve()


def free_port() -> int:
    """A TCP port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(condition, seconds: float, what: str):
    """Polls `condition` until it gives something true, and gives it back; fails after `seconds`."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < end, f"{what}: not within {seconds} s"
        time.sleep(0.05)


class Service:
    """One server with a data folder of its own and any number of workers on this host."""

    def __init__(self, access="single", server_args=(), worker_args=(), port=None):
        self.folder = tempfile.TemporaryDirectory(prefix="atelier-test-")
        self.data = Path(self.folder.name) / "data"
        self.port = port or free_port()
        self.access = access
        self.server_args = list(server_args)
        self.worker_args = list(worker_args)
        self.server = None
        self.workers = {}
        self.log_path = Path(self.folder.name) / "service.log"
        self.log = open(self.log_path, "ab")

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def secret(self) -> Path:
        """The file with what server and workers share."""
        return self.data / "secrets" / "worker.key"

    def start_server(self):
        port_file = Path(self.folder.name) / "worker-port"
        # A fixed worker port from the first start on, so that workers find a restarted server.
        self.worker_port = getattr(self, "worker_port", 0)
        port_file.unlink(missing_ok=True)
        self.server = subprocess.Popen(
            [binaries() / "atelier-server", "--data", self.data, "--port", str(self.port),
             "--access", self.access, "--public", ROOT / "Public",
             "--worker-port", str(self.worker_port), "--worker-port-file", port_file,
             *self.server_args],
            stdout=self.log, stderr=self.log)
        wait_until(lambda: self.server.poll() is not None or self.healthy(), 60, "server answers")
        assert self.server.poll() is None, "the server ended:\n" + self.tail()
        self.worker_port = int(port_file.read_text())
        return self

    def create_admin(self, name: str, password: str):
        """Makes an admin as the owner of the host does, whether the server runs or not."""
        made = subprocess.run(
            [binaries() / "atelier-server", "create-admin", "--data", self.data, name],
            input=password + "\n", text=True, capture_output=True, timeout=60)
        assert made.returncode == 0, made.stderr
        return self

    def healthy(self, path="/healthz") -> bool:
        try:
            return requests.get(self.base + path, timeout=5).status_code == 200
        except requests.RequestException:
            return False

    def start_worker(self, name="a", wait=True):
        self.workers[name] = subprocess.Popen(
            [binaries() / "atelier-worker", "--server", f"127.0.0.1:{self.worker_port}",
             "--secret-file", self.secret,
             "--data", Path(self.folder.name) / f"worker-{name}", *self.worker_args],
            stdout=self.log, stderr=self.log)
        if wait:
            wait_until(lambda: self.healthy("/readyz"), 120, "worker is ready")
        return self

    def start_mock(self, name="mock", pause=0.0, saving=False):
        """Starts a mock worker as a process of its own, for tests that kill it."""
        self.workers[name] = subprocess.Popen(
            [sys.executable, ROOT / "Tests" / "support" / "mock_worker.py", str(self.worker_port),
             self.secret, name, str(pause), *(["saving"] if saving else [])], stdout=self.log, stderr=self.log)
        return self

    def signal_worker(self, name="a", number=signal.SIGKILL):
        self.workers[name].send_signal(number)
        if number == signal.SIGKILL:
            self.workers.pop(name).wait(30)

    def kill_server(self, number=signal.SIGKILL, within=30):
        self.server.send_signal(number)
        return self.server.wait(within)

    def tail(self) -> str:
        return "\n".join(self.log_path.read_text(errors="replace").splitlines()[-30:])

    def client(self) -> "Client":
        return Client(self)

    def stop(self):
        for process in [*self.workers.values(), self.server]:
            if process and process.poll() is None:
                with contextlib.suppress(ProcessLookupError):
                    process.send_signal(signal.SIGCONT)
                    process.terminate()
        for process in [*self.workers.values(), self.server]:
            if process:
                try:
                    process.wait(30)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
        self.log.close()
        self.folder.cleanup()


class Client:
    """One browser's worth of identity: a cookie jar and the routes a page uses."""

    def __init__(self, service: Service):
        self.service = service
        self.session = requests.Session()
        self.session.headers["Origin"] = service.base

    def request(self, method, path, **options):
        return self.session.request(method, self.service.base + path, timeout=30, **options)

    def log_in(self, name, password):
        answer = self.request("POST", "/api/session", json={"name": name, "password": password})
        assert answer.status_code == 200, (answer.status_code, answer.text)
        return self

    def submit(self, key=None, **fields):
        headers = {"Idempotency-Key": key or str(uuid.uuid4())}
        answer = self.request("POST", "/api/jobs", json=fields, headers=headers)
        assert answer.status_code in (200, 201), (answer.status_code, answer.text)
        return answer.json()

    def job(self, identifier):
        answer = self.request("GET", f"/api/jobs/{identifier}")
        assert answer.status_code == 200, (answer.status_code, answer.text)
        return answer.json()

    def wait(self, identifier, states=("finished",), seconds=120):
        def reached():
            job = self.job(identifier)
            ended = job["state"] in ("finished", "failed", "cancelled")
            assert job["state"] in states or not ended, job
            return job if job["state"] in states else None

        return wait_until(reached, seconds, f"job reaches {'/'.join(states)}")

    def picture(self, image) -> bytes:
        answer = self.request("GET", image["url"])
        assert answer.status_code == 200, (answer.status_code, answer.text)
        assert answer.headers["Content-Type"] == "image/png"
        return answer.content

    def cookie(self) -> str:
        return "; ".join(f"{c.name}={c.value}" for c in self.session.cookies)
