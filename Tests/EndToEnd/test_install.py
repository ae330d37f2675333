"""What Scripts/install.sh lays down is whole, closed to writing, and runs from where it lies."""

import os
import shutil
import stat
import subprocess

import pytest
from service import ROOT, free_port

LIB = "usr/local/lib/atelier"


def install(destination, *arguments):
    subprocess.run([ROOT / "Scripts" / "install.sh", "--destdir", destination, *arguments], check=True,
                   capture_output=True, timeout=900)


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("root")
    install(folder, "--server-args", "--access open")
    return folder


def test_everything_is_there_and_only_its_owner_may_change_it(installed):
    for name in ["atelier", "atelier-server", "atelier-worker"]:
        assert os.access(installed / LIB / name, os.X_OK)
        assert os.readlink(installed / "usr/local/bin" / name) == f"/{LIB}/{name}"
    assert (installed / LIB / "Public/index.html").is_file()
    assert (installed / LIB / "atelier_Worker.resources/atelier-demo/model_index.json").is_file()
    for folder, _, files in os.walk(installed / LIB):
        for path in [folder, *(os.path.join(folder, name) for name in files)]:
            mode = os.stat(path).st_mode
            assert not mode & (stat.S_IWGRP | stat.S_IWOTH) and mode & stat.S_IROTH, path


def test_the_installed_programs_find_their_page_and_model(installed):
    check = subprocess.run(
        [installed / LIB / "atelier-server", "check", "--data", installed / "data", "--port", str(free_port()),
         "--worker-port", "0"], capture_output=True, text=True, timeout=60)
    assert check.returncode == 0, check.stdout
    assert f"ok: page: {(installed / LIB / 'Public').resolve()}" in check.stdout


def test_flags_stay_when_it_is_installed_again_and_when_it_goes(installed):
    flags = installed / "etc/atelier/server.env"
    assert 'ATELIER_SERVER_ARGS="--access open"' in flags.read_text()
    install(installed, "--server-args", "--access single")
    assert 'ATELIER_SERVER_ARGS="--access open"' in flags.read_text()
    install(installed, "--uninstall")
    assert flags.exists() and not (installed / LIB).exists()
    assert not list((installed / "etc/systemd/system").iterdir())


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")
@pytest.mark.parametrize(("unit", "most"), [("server", 2.0), ("worker", 4.5)])
def test_the_units_are_valid_and_hardened(tmp_path, unit, most):
    text = (ROOT / f"Scripts/systemd/atelier-{unit}.service").read_text()
    path = tmp_path / f"atelier-{unit}.service"
    path.write_text(text.replace(f"@LIB@/atelier-{unit}", "/bin/true").replace("@LIB@", "/"))
    verified = subprocess.run(["systemd-analyze", "verify", path], capture_output=True, text=True, timeout=60)
    assert verified.returncode == 0 and not verified.stderr, verified.stderr
    subprocess.run(["systemd-analyze", "security", "--offline=yes", f"--threshold={int(most * 10)}", path],
                   check=True, capture_output=True, timeout=60)
