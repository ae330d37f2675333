"""Fixtures of the end-to-end tests."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from service import Service  # noqa: E402


@pytest.fixture
def make_service():
    """Makes services that end with the test."""
    made = []

    def make(**options) -> Service:
        service = Service(**options)
        made.append(service)
        return service

    yield make
    for service in made:
        service.stop()


@pytest.fixture(scope="module")
def shared_service():
    """One running service with one worker, for tests that leave it as it was."""
    service = Service()
    try:
        yield service.start_server().start_worker()
    finally:
        service.stop()
