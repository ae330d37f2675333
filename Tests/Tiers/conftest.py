"""Fixtures of the tiers' tests."""

import platform
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import emulated_tiers  # noqa: E402


@pytest.fixture(scope="session")
def tiers(tmp_path_factory):
    """The tools as they run on a processor that has every instruction."""
    if platform.machine() != "x86_64":
        pytest.skip("these tiers are x86-64's")
    return emulated_tiers.EmulatedTiers(tmp_path_factory.mktemp("tiers"))
