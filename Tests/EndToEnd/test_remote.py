"""start_remote.sh against a real SSH server on loopback."""

import getpass
import os
import signal
import subprocess
from pathlib import Path

import pytest
from service import ROOT, Service, free_port, wait_until


class SSHServer:
    """A throwaway sshd with its own keys and home folder on an unprivileged port."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.port = free_port()
        self.home = folder / "home"
        self.home.mkdir()
        for name in ("host_key", "user_key"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name], check=True)
        (folder / "authorized_keys").write_text((folder / "user_key.pub").read_text())
        # Each session's home is a folder of the test, so that nothing of the account is touched.
        (folder / "session").write_text(
            f'#!/bin/sh\nexport HOME={self.home}; cd "$HOME"\nexec /bin/sh -c "$SSH_ORIGINAL_COMMAND"\n')
        (folder / "session").chmod(0o755)
        (folder / "config").write_text(
            f"Port {self.port}\nListenAddress 127.0.0.1\nHostKey {folder}/host_key\n"
            f"AuthorizedKeysFile {folder}/authorized_keys\nPidFile none\nStrictModes no\nUsePAM no\n"
            f"PasswordAuthentication no\nForceCommand {folder}/session\nPermitRootLogin yes\n")
        self.process = None

    def start(self):
        Path("/run/sshd").mkdir(exist_ok=True)
        self.process = subprocess.Popen(["/usr/sbin/sshd", "-D", "-e", "-f", self.folder / "config"],
                                        stderr=subprocess.DEVNULL, start_new_session=True)
        return self

    def options(self):
        return ["--ssh-port", str(self.port), "--ssh-option", f"IdentityFile={self.folder}/user_key",
                "--ssh-option", "StrictHostKeyChecking=no", "--ssh-option", "IdentitiesOnly=yes",
                "--ssh-option", "UserKnownHostsFile=/dev/null", "--ssh-option", "LogLevel=ERROR"]

    def drop_links(self):
        """Ends the connections but not the server, as a lost network does."""
        subprocess.run(["pkill", "-KILL", "-P", str(self.process.pid)], check=True)

    def stop(self):
        if self.process:
            subprocess.run(["pkill", "-KILL", "-P", str(self.process.pid)], check=False)
            self.process.kill()
            self.process.wait()


@pytest.fixture
def ssh_server(tmp_path):
    server = SSHServer(tmp_path).start()
    yield server
    server.stop()


def remote_workers(home: Path):
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                line = (folder / "cmdline").read_bytes()
                if b"atelier-worker" in line and os.readlink(folder / "cwd") == str(home):
                    found.append((int(folder.name), line))
            except OSError:
                continue
    return found


def test_a_worker_over_ssh(tmp_path, ssh_server):
    service = Service()
    log = open(tmp_path / "log", "wb")
    script = subprocess.Popen(
        [ROOT / "Scripts/start_remote.sh", f"{getpass.getuser()}@127.0.0.1", *ssh_server.options(),
         "--port", str(service.port), "--data", service.data],
        stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        wait_until(lambda: script.poll() is not None or service.healthy("/readyz"), 600, "remote worker")
        assert script.poll() is None, (tmp_path / "log").read_text()
        client = service.client()
        client.wait(client.submit(prompt="a red circle on a blue background", seed=7, steps=3)["id"])

        secret = (service.data / "secrets" / "worker.key").read_text().strip()
        ((first, words),) = remote_workers(ssh_server.home)
        assert secret.encode() not in words
        assert b"127.0.0.1:" in words

        ssh_server.drop_links()
        wait_until(lambda: any(pid != first for pid, _ in remote_workers(ssh_server.home))
                   and service.healthy("/readyz"), 60, "the link is made again")
        client.wait(client.submit(prompt="a red circle on a blue background", seed=7, steps=3)["id"])

        script.send_signal(signal.SIGINT)
        script.wait(60)
        wait_until(lambda: not remote_workers(ssh_server.home), 30, "nothing is left on the host")
        assert not service.healthy()
        text = (tmp_path / "log").read_text()
        assert "@127.0.0.1]" in text and secret not in text
    finally:
        if script.poll() is None:
            os.killpg(script.pid, signal.SIGKILL)
        log.close()
        service.stop()


def test_a_host_that_looks_like_an_option_is_refused():
    result = subprocess.run([ROOT / "Scripts/start_remote.sh", "-oProxyCommand=true"], capture_output=True,
                            text=True, timeout=30)
    assert result.returncode == 64
