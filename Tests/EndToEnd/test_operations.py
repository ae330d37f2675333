"""What whoever keeps the server relies on: check, backup, metrics, logs, full disks."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import urllib.parse

import pytest
from mock_worker import MockWorker, picture
from service import binaries, wait_until
from websockets.sync.client import connect

REQUEST = {"model": "mock", "steps": 2, "width": 64, "height": 64, "batch_count": 2}


def tool(*arguments):
    return subprocess.run([binaries() / "atelier-server", *arguments], capture_output=True, text=True, timeout=60)


@pytest.fixture
def service(make_service):
    return make_service(server_args=["--log-level", "debug"])


@pytest.fixture
def mock(service):
    service.start_server()
    worker = MockWorker(service)
    wait_until(lambda: service.healthy("/readyz"), 30, "the mock is ready")
    yield worker
    worker.stop()


def test_check_says_what_is_wrong_before_a_start(service):
    good = tool("check", "--data", str(service.data), "--port", str(service.port), "--worker-port", "0")
    assert good.returncode == 0, good.stdout
    assert not service.data.exists()
    bad = tool("check", "--data", str(service.data), "--listen", "0.0.0.0", "--worker-port", "0",
               "--port", "0", "--public", str(service.folder.name))
    assert bad.returncode == 1
    wrong = [line for line in bad.stdout.splitlines() if line.startswith("error: ")]
    assert [line.split(": ")[1] for line in wrong] == ["access", "page"]
    assert tool("check", "--listen").returncode == 64


def test_a_backup_of_a_running_server_is_a_server_again(service, mock, make_service, tmp_path):
    client = service.client()
    jobs = [client.submit(prompt=f"kept {seed}", seed=seed, **REQUEST) for seed in range(3)]
    done = [client.wait(job["id"], seconds=30) for job in jobs]
    made = tool("backup", "--data", str(service.data), str(tmp_path / "saved.sqlite"))
    assert made.returncode == 0, made.stderr
    assert "3 jobs, 6 pictures" in made.stdout
    assert (tmp_path / "saved.sqlite").stat().st_mode & 0o777 == 0o600
    later = client.submit(prompt="later", seed=9, **REQUEST)
    client.wait(later["id"], seconds=30)

    restored = make_service()
    restored.data.mkdir(mode=0o700)
    shutil.copy(tmp_path / "saved.sqlite", restored.data / "atelier.sqlite")
    shutil.copytree(service.data / "images", restored.data / "images")
    restored.start_server()
    again = restored.client()
    for job in done:
        assert again.job(job["id"])["state"] == "finished"
        for image in job["images"]:
            assert again.picture(image) == picture(job["request"], image["index"])
    assert again.request("GET", f"/api/jobs/{later['id']}").status_code == 404
    failed = tool("backup", "--data", str(tmp_path / "nowhere"), str(tmp_path / "none.sqlite"))
    assert failed.returncode == 1 and not (tmp_path / "none.sqlite").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root acts for another user")
def test_what_root_does_in_the_services_folder_stays_the_services(make_service, tmp_path):
    service = make_service(access="accounts")
    nobody = 65534
    service.data.mkdir()
    os.chmod(service.folder.name, 0o711)
    os.chown(service.data, nobody, nobody)
    service.create_admin("boss", "correct horse battery")
    for command in (["backup", tmp_path / "copy.sqlite"],
                    ["check", "--access", "accounts", "--port", str(service.port), "--worker-port", "0"]):
        done = tool(*command, "--data", service.data)
        assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "copy.sqlite").stat().st_uid == 0
    files = list(service.data.rglob("*"))
    assert {"atelier.sqlite", "server.lock", "last-backup.json"} <= {path.name for path in files}
    assert {path.stat().st_uid for path in files} == {nobody}, files


def test_metrics_tell_of_jobs_workers_and_memory(service, mock):
    client = service.client()
    client.wait(client.submit(prompt="measured", seed=1, **REQUEST)["id"], seconds=30)
    text = wait_until(
        lambda: (text := client.request("GET", "/metrics").text)
        and 'atelier_worker_heartbeat_age_seconds{worker="mock"}' in text
        and "atelier_job_wait_seconds_count 1\n" in text and text, 20, "the worker said how it is")
    for line in ['atelier_jobs_ended_total{state="finished"} 1', "atelier_images_total 2",
                 'atelier_job_phase_seconds_count{phase="denoise"} 1', "atelier_jobs_waiting 0",
                 'atelier_worker_state{worker="mock",state="ready"} 1']:
        assert line + "\n" in text
    with socket.create_connection(("127.0.0.1", service.port), timeout=10) as stranger:
        stranger.sendall(b"GET / HTTP/1.1\r\nbad header\r\n\r\n")
        assert stranger.recv(4096).startswith(b"HTTP/1.1 400")
    assert 'atelier_http_refused_total{code="400"} 1\n' in client.request("GET", "/metrics").text
    for line in text.splitlines():
        if not line.startswith("#"):
            float(line.rsplit(" ", 1)[1])
    resident = float(text.split("\nprocess_resident_memory_bytes ", 1)[1].split()[0])
    assert 1 << 20 < resident < 1 << 32


def test_logs_are_json_lines_and_never_hold_a_prompt(service, mock):
    client = service.client()
    secret = "a very secret wish \u001b[31m"
    client.wait(client.submit(prompt=secret, negative_prompt="secret too", seed=1, **REQUEST)["id"], seconds=30)
    client.request("POST", "/api/jobs", json={"prompt": "secret", "steps": -1})
    client.request("GET", "/api/jobs/secret?x=secret")
    service.kill_server(signal.SIGTERM)
    lines = service.log_path.read_text().splitlines()
    assert any(json.loads(line)["message"] == "job done" for line in lines)
    assert not any("secret" in line for line in lines)
    assert all(line.isprintable() for line in lines)


def test_the_echo_is_there_only_when_asked_for(service, make_service, monkeypatch):
    service.start_server()
    assert service.client().request("GET", "/debug/echo").status_code == 404
    monkeypatch.setenv("ATELIER_DEBUG_ROUTES", "1")
    other = make_service().start_server()
    host = urllib.parse.urlsplit(other.base).netloc
    with connect(f"ws://{host}/debug/echo") as echo:
        for message in ["text", b"\0\1\2", "é" * 30_000, ""]:
            echo.send(message)
            assert echo.recv(timeout=10) == message


def mounted(path, size):
    """A small disk at `path`, or None where this may not mount."""
    path.mkdir(parents=True)
    made = os.geteuid() == 0 and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", path], capture_output=True).returncode == 0
    return path if made else None


def fill(path):
    """Takes all the room there is, to the last bytes."""
    with open(path, "wb", buffering=0) as filler:
        for size in (1 << 16, 4096, 512):
            with contextlib.suppress(OSError):
                while True:
                    filler.write(b"x" * size)


def test_a_full_disk_loses_nothing_and_reads_go_on(make_service):
    service = make_service(server_args=["--free-mib", "4"])
    if not mounted(service.data, "16m"):
        pytest.skip("needs the right to mount a small file system")
    try:
        service.start_server()
        mock = MockWorker(service, pause=1.0)
        wait_until(lambda: service.healthy("/readyz"), 30, "the mock is ready")
        client = service.client()
        before = client.wait(client.submit(prompt="before", seed=1, **REQUEST)["id"], seconds=30)
        job = client.submit(prompt="during", seed=2, **REQUEST)
        wait_until(lambda: client.job(job["id"])["state"] == "running", 10, "the job runs")
        fill(service.data / "filler")
        wait_until(lambda: "the disk is full" in service.log_path.read_text(), 30, "the server says so")
        refused = client.request("POST", "/api/jobs", json={"prompt": "no", **REQUEST})
        assert refused.status_code == 507 and refused.json()["error"]["code"] == "disk_full"
        for image in before["images"]:
            assert client.picture(image) == picture(before["request"], image["index"])
        (service.data / "filler").unlink()
        done = client.wait(job["id"], seconds=60)
        assert done["attempt"] == 1
        for image in done["images"]:
            assert client.picture(image) == picture(done["request"], image["index"])
        mock.stop()
    finally:
        service.kill_server(signal.SIGTERM)
        service.log.flush()
        subprocess.run(["umount", service.data], check=True)
