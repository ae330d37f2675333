"""Fixtures of the end-to-end tests."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from fixtures import make_service  # noqa: E402, F401
from service import Service  # noqa: E402


@pytest.fixture(scope="module")
def shared_service():
    """One running service with one worker, for tests that leave it as it was."""
    service = Service()
    try:
        yield service.start_server().start_worker()
    finally:
        service.stop()
