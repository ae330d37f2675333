"""Options and fixtures of the long suites: a bounded time, and a seed that repeats a failure."""

import random
import sys
import time
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from fixtures import make_service  # noqa: E402, F401


def pytest_addoption(parser):
    parser.addoption("--seed", type=int, default=None, help="repeats the choices of an earlier run")
    parser.addoption("--minutes", type=float, default=10, help="how long all long suites may take together")
    parser.addoption("--pace", type=float, default=0, help="seconds each user of the soak rests after a deed")


def pytest_configure(config):
    if config.option.seed is None:
        config.option.seed = random.SystemRandom().randrange(1 << 32)


def repeat(config):
    return f"repeat with: Scripts/test.sh --long --seed {config.option.seed} --minutes {config.option.minutes:g}"


def pytest_report_header(config):
    return f"seed {config.option.seed}; {repeat(config)}"


def pytest_terminal_summary(terminalreporter, exitstatus, config):
    if exitstatus:
        terminalreporter.write_line(repeat(config), red=True)


@pytest.fixture
def seed(request):
    """The run's seed with the test's name: tests choose independently of each other."""
    return f"{request.config.option.seed} {request.node.name}"


@pytest.fixture
def budget(request):
    """A clock for a share of the time: `budget(0.3)` tells how many seconds of it are left."""
    seconds = 60 * request.config.option.minutes

    def start(share):
        end = time.monotonic() + share * seconds
        return lambda: end - time.monotonic()

    return start


@pytest.fixture
def pace(request):
    return request.config.option.pace


@pytest.fixture
def say(request):
    """Writes a measurement into the report, whatever pytest captures."""
    plugins = request.config.pluginmanager

    def write(text):
        with plugins.getplugin("capturemanager").global_and_fixture_disabled():
            plugins.getplugin("terminalreporter").ensure_newline()
            plugins.getplugin("terminalreporter").write_line(f"  {text}")

    return write
