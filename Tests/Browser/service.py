"""The real server and worker, as a person would start them, on free ports with a data folder of their own."""

import http.client
import json
import os
import pathlib
import signal
import socket
import subprocess
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("ATELIER_BIN", ROOT / ".build" / "release")).resolve()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(condition, seconds: float, what: str):
    """Asks `condition` until it answers with something true, and returns that."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if answer := condition():
            return answer
        time.sleep(0.05)
    raise AssertionError(f"{what}: not within {seconds} s")


class Service:
    """One server and one worker; each can be killed and started again."""

    def __init__(self, folder: pathlib.Path):
        self.folder = folder
        self.data = folder / "data"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.worker_port = free_port()
        self.log = open(folder / "service.log", "ab")
        self.server = self.worker = None

    def start(self):
        self.start_server()
        self.start_worker()
        return self

    def start_server(self):
        port_file = self.folder / "worker-port"
        port_file.unlink(missing_ok=True)
        # The worker's port stays the same over restarts, so that a living worker finds the new server.
        self.server = self._run(
            "atelier-server", "--data", self.data, "--listen", "127.0.0.1", "--port", self.port, "--access", "open",
            "--public", ROOT / "Public", "--worker-port", self.worker_port, "--worker-port-file", port_file)
        wait_until(lambda: port_file.exists() and self.answers("/healthz"), 60, "the server listens")

    def start_worker(self):
        self.worker = self._run(
            "atelier-worker", "--server", f"127.0.0.1:{self.worker_port}", "--secret-file",
            self.data / "secrets" / "worker.key", "--data", self.folder / "worker")
        wait_until(lambda: self.answers("/readyz"), 120, "the worker is ready")

    def kill_server(self):
        self._end(self.server, signal.SIGKILL)

    def kill_worker(self):
        self._end(self.worker, signal.SIGKILL)

    def stop(self):
        for process in (self.worker, self.server):
            self._end(process, signal.SIGTERM)
        self.log.close()

    def answers(self, path: str) -> bool:
        assert self.server.poll() is None, f"the server ended; see {self.folder / 'service.log'}"
        try:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
            connection.request("GET", path)
            return connection.getresponse().status == 200
        except OSError:
            return False

    def stranger_asks(self, **request) -> "Stranger":
        """Another person's job, in front of whatever comes next."""
        return Stranger(self.url, request)

    def _run(self, name: str, *arguments) -> subprocess.Popen:
        command = [str(BIN / name), *map(str, arguments)]
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)

    @staticmethod
    def _end(process, how):
        if process is None or process.poll() is not None:
            return
        process.send_signal(how)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class Stranger:
    """A user without a browser."""

    def __init__(self, url: str, request: dict):
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        self.url = url
        self.job = self._call("POST", "/api/jobs", {"prompt": "a green hexagon", **request})

    def cancel(self):
        return self._call("DELETE", f"/api/jobs/{self.job['id']}")

    def _call(self, method: str, path: str, body=None):
        request = urllib.request.Request(
            self.url + path, method=method, data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json", "Origin": self.url})
        with self.opener.open(request, timeout=20) as answer:
            return json.load(answer)
