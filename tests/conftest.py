"""Fixtures that all tests share."""

from __future__ import annotations

from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real drawings beside the repository; tests that need it skip where it is absent."""
    folder = REPOSITORY.parent / "shared" / "uset"
    if not folder.is_dir():
        pytest.skip("the real drawings (../shared/uset) are not on this machine")
    return folder
