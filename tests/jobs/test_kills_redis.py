"""Random kills on the Redis queue: no accepted job is lost, none is done twice, and each resumes where it stopped."""

from __future__ import annotations

import pytest

from jobs.link import Patience
from jobs.recovery import open_ledger
from sunspot_dash.settings import QueueSettings
from tests.waiting import PATIENCE_SECONDS

from .random_kills import check_random_kills


@pytest.mark.timeout(1800)
def test_sixty_random_kills_lose_no_job(space, redis, capsys):
    settings = QueueSettings(queue=redis.url, queue_lease=2, queue_grace=3)
    ledger = open_ledger(space, settings, patience=Patience(PATIENCE_SECONDS))
    check_random_kills(ledger, settings, capsys, redis)
