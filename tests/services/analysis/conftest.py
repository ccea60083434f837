"""A catalogue with known numbers of groups and spots."""

from __future__ import annotations

import pytest

from sunspot_dash.services.catalogue.catalogue import Catalogue, key_of
from sunspot_dash.workspace import Workspace
from tests.services.known import DAYS, RESULT


@pytest.fixture
def catalogue(tmp_path) -> Catalogue:
    """One drawing per day at 9 h: 1 + i % 5 groups in the north, twice as many spots; one of each in the south."""
    made = Catalogue(Workspace(tmp_path / "data").create())
    with made.open() as database:
        for i, day in enumerate(DAYS.astype(str)):
            name, groups = f"usd{day.replace('-', '')}0900.jpg", 1 + i % 5
            row = (key_of(name), name, day, "09:00", 2 * groups + 1, groups + 1, groups, 2 * groups)
            database.execute(RESULT, row)
    return made
