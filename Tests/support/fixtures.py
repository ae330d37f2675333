"""Fixtures that the suites share."""

import pytest
from service import Service


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
