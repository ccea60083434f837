"""The drawings that are marked as reviewed, from the journals alone."""

from __future__ import annotations

import pytest

from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.review.gestures import Act
from sunspot_dash.domain.spots.detections import DrawingResult
from sunspot_dash.io.journals import finished_drawings
from sunspot_dash.io.results import write_result
from sunspot_dash.services.review.record import Intent, record
from sunspot_dash.workspace import Workspace

SHORT, LONG = "usd195604170830.jpg", f"{'a' * 200}.jpg"


@pytest.fixture
def space(tmp_path) -> Workspace:
    made = Workspace(tmp_path / "data").create()
    for name in (SHORT, LONG):
        disk = Disk(200, 200, 180, 0.9)
        write_result(made.results_of("m"), DrawingResult(name, 400, 400, disk, (), "m", "h", "i", 0.4, 1.0))
        record(made, "m", name, Intent("Ada", Act.FINISH))
    return made


def names(space: Workspace, *known: str) -> list[str]:
    return [name for name, _ in finished_drawings(space.reviews, known)]


def test_a_name_that_is_too_long_for_a_folder_must_be_known(space):
    assert names(space) == [SHORT] and names(space, SHORT, LONG, "other.jpg") == [LONG, SHORT]


def test_neither_drawings_that_are_open_again_nor_blind_readings_count(space):
    record(space, "m", SHORT, Intent("Bea", Act.REOPEN))
    record(space, "m", SHORT, Intent("Cleo", Act.FINISH, blind=True))
    assert names(space) == []
    assert not list(finished_drawings(space.root / "none", []))
