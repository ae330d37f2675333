"""A link that goes down without a word, as the kernel does it."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[1] / "support" / "half_open.py"


def test_a_half_open_link_is_given_up_and_the_next_user_goes_on():
    if subprocess.run(["unshare", "-n", "true"], stderr=subprocess.DEVNULL).returncode:
        pytest.skip("the kernel gives this user no network namespace")
    done = subprocess.run(["unshare", "-n", sys.executable, SCRIPT], capture_output=True, text=True, timeout=170)
    assert done.returncode == 0, done.stdout + done.stderr
