"""People with passwords: the first admin, invitations, tokens, shutting out, and a proxy with TLS in front."""

import contextlib
import re
import shutil
import subprocess
import time

import pytest
import requests
from mock_worker import MockWorker
from service import ROOT, binaries, free_port, wait_until
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

PASSWORD = "correct horse battery"
REQUEST = {"model": "mock", "steps": 2, "width": 64, "height": 64}


def create_admin(service, name="boss", password=PASSWORD):
    return subprocess.run(
        [binaries() / "atelier-server", "create-admin", name, "--data", service.data],
        input=password + "\n", capture_output=True, text=True, timeout=60)


def log_in(client, name="boss", password=PASSWORD):
    return client.request("POST", "/api/session", json={"name": name, "password": password})


@pytest.fixture
def service(make_service):
    service = make_service(access="accounts").start_server()
    assert create_admin(service).returncode == 0
    return service


@pytest.fixture
def admin(service):
    client = service.client()
    assert log_in(client).status_code == 200
    return client


def join(service, admin, name):
    code = admin.request("POST", "/api/admin/invitations", json={"role": "user"}).json()["code"]
    client = service.client()
    answer = client.request(
        "POST", "/api/accounts", json={"invitation": code, "name": name, "password": PASSWORD})
    assert answer.status_code == 201, answer.text
    return client


def test_the_first_admin_comes_from_the_command_line_alone(make_service):
    closed = make_service(access="accounts", server_args=["--listen", "0.0.0.0"])
    refused = subprocess.run(
        [binaries() / "atelier-server", "--data", closed.data, "--access", "accounts",
         "--listen", "0.0.0.0", "--port", str(closed.port), "--worker-port", "0"],
        capture_output=True, text=True, timeout=60)
    assert refused.returncode == 1 and "create-admin" in refused.stderr
    short = create_admin(closed, password="short")
    assert short.returncode == 1 and "8 to 128" in short.stderr
    made = create_admin(closed)
    assert made.stdout == "made the admin 'boss'\n"
    assert PASSWORD.encode() not in (closed.data / "atelier.sqlite").read_bytes()
    closed.start_server()
    client = closed.client()
    assert log_in(client).json()["user"]["role"] == "admin"
    # The same while it runs: a lost password is replaced, and old sessions end.
    changed = create_admin(closed, name="BOSS", password="another long one")
    assert changed.stdout == "'BOSS' is an admin with the new password\n"
    assert client.request("GET", "/api/jobs").status_code == 401
    assert log_in(client).status_code == 401
    assert log_in(client, password="another long one").status_code == 200


def test_nobody_sees_anything_without_an_account(service):
    stranger = service.client()
    for path in ["/api/capabilities", "/api/jobs", "/api/admin/users", "/metrics", "/api/account/tokens"]:
        assert stranger.request("GET", path).status_code == 401, path
    assert stranger.request("POST", "/api/jobs", json={"prompt": "p"}).status_code == 401
    assert stranger.request("GET", "/").status_code == 200
    assert stranger.request("GET", "/api/session").json() == {"access": "accounts", "user": None}
    with pytest.raises(Exception, match="401"):
        connect(f"ws://127.0.0.1:{service.port}/api/events")


def test_a_person_makes_pictures_and_a_program_fetches_them(service, admin):
    worker = MockWorker(service)
    try:
        wait_until(lambda: service.healthy("/readyz"), 30, "the mock is ready")
        anna, bert = join(service, admin, "Anna"), join(service, admin, "Bert")
        job = anna.submit(prompt="of Anna", seed=5, **REQUEST)
        done = anna.wait(job["id"], seconds=30)
        image = done["images"][0]
        token = anna.request(
            "POST", "/api/account/tokens", json={"name": "script", "scopes": ["read"]}).json()["token"]
        bearer = {"Authorization": f"Bearer {token}"}
        fetched = requests.get(service.base + image["url"], headers=bearer, timeout=30)
        assert fetched.content == anna.picture(image)
        assert requests.post(service.base + "/api/jobs", headers=bearer, json={"prompt": "p"},
                             timeout=30).status_code == 403
        for other in (bert, admin):
            assert other.request("GET", image["url"]).status_code == 404
            assert other.request("GET", f"/api/jobs/{job['id']}").status_code == 404
    finally:
        worker.stop()


def closed_within_a_second(socket, change):
    """The close code of an event socket, once `change` was made; it must come within a second."""
    socket.recv(timeout=10)
    start = time.monotonic()
    change()
    with pytest.raises(ConnectionClosed) as closed:
        while True:
            socket.recv(timeout=5)
    assert time.monotonic() - start < 1
    return closed.value.rcvd.code


def test_whoever_is_shut_out_is_out_within_a_second(service, admin):
    anna = join(service, admin, "Anna")
    identifier = anna.request("GET", "/api/session").json()["user"]["id"]

    def events():
        return connect(f"ws://127.0.0.1:{service.port}/api/events",
                       additional_headers={"Cookie": anna.cookie()}, origin=service.base)

    with events() as socket:
        code = closed_within_a_second(socket, lambda: anna.request("DELETE", "/api/session"))
        assert code == 4001
    assert log_in(anna, "Anna").status_code == 200
    with events() as socket:
        change = {"disabled": True}
        code = closed_within_a_second(
            socket, lambda: admin.request("PATCH", f"/api/admin/users/{identifier}", json=change))
        assert code == 4001
    assert anna.request("GET", "/api/jobs").status_code == 401
    assert log_in(anna, "Anna").json()["error"]["code"] == "account_disabled"


def test_sessions_outlive_a_restart(service, admin):
    service.kill_server()
    service.start_server()
    assert admin.request("GET", "/api/admin/overview").status_code == 200
    assert "boss" in admin.request("GET", "/api/admin/users").text


@contextlib.contextmanager
def nginx(tmp_path, backend):
    """nginx with the README's own configuration in front of a server, with a certificate made here."""
    readme = (ROOT / "README.md").read_text()
    block = re.search(r"```nginx\n(.*?)```", readme, re.S).group(1)
    port = free_port()
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
         "/CN=atelier.example", "-keyout", key, "-out", certificate], check=True, capture_output=True)
    block = block.replace("listen 443 ssl;", f"listen 127.0.0.1:{port} ssl; ssl_certificate {certificate};"
                                             f" ssl_certificate_key {key};")
    block = block.replace("127.0.0.1:3000", f"127.0.0.1:{backend}")
    paths = "".join(f"{kind}_temp_path {tmp_path}/{kind};\n"
                    for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    configuration = tmp_path / "nginx.conf"
    configuration.write_text(f"daemon off; pid {tmp_path}/pid; error_log stderr;\nevents {{}}\n"
                             f"http {{ access_log off;\n{paths}{block}\n}}\n")
    process = subprocess.Popen(["nginx", "-c", configuration, "-p", tmp_path])
    try:
        def answers():
            assert process.poll() is None, "nginx ended"
            with contextlib.suppress(requests.RequestException):
                return requests.get(f"https://127.0.0.1:{port}/healthz", verify=False, timeout=5,
                                    headers={"Host": "atelier.example"}).status_code == 200
        wait_until(answers, 30, "nginx answers")
        yield port
    finally:
        process.terminate()
        process.wait(10)


@pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not installed")
@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
def test_behind_the_proxy_of_the_readme(make_service, tmp_path):
    service = make_service(
        access="accounts", server_args=["--trust-proxy", "127.0.0.1", "--host-name", "atelier.example"])
    assert create_admin(service).returncode == 0
    service.start_server()
    with nginx(tmp_path, service.port) as port:
        headers = {"Host": "atelier.example", "Origin": "https://atelier.example"}
        answer = requests.post(f"https://127.0.0.1:{port}/api/session", headers=headers, verify=False,
                               json={"name": "boss", "password": PASSWORD}, timeout=30)
        assert answer.status_code == 200, answer.text
        cookie = answer.headers["Set-Cookie"]
        assert cookie.startswith("__Host-sid=") and "; Secure" in cookie
        headers["Cookie"] = cookie.split(";")[0]
        users = requests.get(f"https://127.0.0.1:{port}/api/admin/users", headers=headers, verify=False,
                             timeout=30)
        assert users.status_code == 200
        foreign = requests.post(f"https://127.0.0.1:{port}/api/session", verify=False, timeout=30,
                                headers={**headers, "Origin": "http://atelier.example"},
                                json={"name": "boss", "password": PASSWORD})
        assert foreign.status_code == 403
        # Wrong passwords count against the address the proxy names, not against the proxy.
        statuses = []
        for number in range(21):
            statuses.append(requests.post(
                f"http://127.0.0.1:{service.port}/api/session", timeout=30,
                headers={"X-Forwarded-For": "203.0.113.7"},
                json={"name": f"n{number}", "password": "wrong horse"}).status_code)
        assert 429 in statuses[-3:] or statuses.count(401) == 21
        other = requests.post(f"http://127.0.0.1:{service.port}/api/session", timeout=30,
                              headers={"X-Forwarded-For": "203.0.113.8"},
                              json={"name": "boss", "password": PASSWORD})
        assert other.status_code == 200
