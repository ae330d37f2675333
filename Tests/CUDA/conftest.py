"""Fixtures of the CUDA tests."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import emulated_gpu  # noqa: E402


@pytest.fixture(scope="session")
def gpu(tmp_path_factory):
    """NVIDIA's libraries as the emulator plays them."""
    return emulated_gpu.build(tmp_path_factory.mktemp("libraries"), tmp_path_factory.mktemp("cache"))
