"""Random kills on the Redis queue: no accepted job is lost, none is done twice, and each resumes where it stopped."""

from __future__ import annotations

import pytest

from .random_kills import check_random_kills


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("settings", ["redis"], indirect=True)
def test_sixty_random_kills_lose_no_job(ledger, settings, capsys):
    check_random_kills(ledger, settings, capsys)
