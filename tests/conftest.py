"""Fixtures that all tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

# Test files run side by side, one a core: a network that took every core for itself would only wait for the others.
# Bit-equal histories need the same number of threads everywhere, too.
os.environ.setdefault("OMP_NUM_THREADS", "1")

REPOSITORY = Path(__file__).resolve().parents[1]
# What takes minutes begins first, or one core would wait for the other in the end.
LONGEST = ("jobs/test_kills.py", "web", "jobs", "ml", "services")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest first; else as collected."""
    tests = REPOSITORY / "tests"

    def rank(item: pytest.Item) -> int:
        path = item.path.relative_to(tests)
        return next((n for n, name in enumerate(LONGEST) if path.is_relative_to(name)), len(LONGEST))

    items.sort(key=rank)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real drawings beside the repository; tests that need it skip where it is absent."""
    folder = REPOSITORY.parent / "shared" / "uset"
    if not folder.is_dir():
        pytest.skip("the real drawings (../shared/uset) are not on this machine")
    return folder
