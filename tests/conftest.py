"""Fixtures that all tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

# Test files run side by side, one a core: a network that took every core for itself would only wait for the others.
os.environ.setdefault("OMP_NUM_THREADS", "1")

REPOSITORY = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real drawings beside the repository; tests that need it skip where it is absent."""
    folder = REPOSITORY.parent / "shared" / "uset"
    if not folder.is_dir():
        pytest.skip("the real drawings (../shared/uset) are not on this machine")
    return folder
