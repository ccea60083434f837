"""The pictures and curves of a tracked group, without a browser."""

from __future__ import annotations

import re

import numpy as np
import pytest

from sunspot_dash.domain.sun.differential_rotation import synodic_deg_per_day
from sunspot_dash.services.analysis.tracks import tracks
from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.web.app import create_app
from sunspot_dash.web.pages.explore.track import shown
from sunspot_dash.workspace import Workspace
from tests.services.known import catalogue_with, drawing

DAYS = [f"2001-03-{day:02}T09:00" for day in range(10, 14)]
DRAWING = "insert into drawing values (?, ?, '', '', '', null, 1, 7, 400, 300, '', 0, '', '')"


@pytest.fixture
def catalogue(tmp_path) -> Catalogue:
    """Four days of a group; the image of the last day is missing."""
    moved = [float(synodic_deg_per_day(np.float64(15))) * day for day in range(len(DAYS))]
    made = catalogue_with(
        Workspace(tmp_path / "data").create(),
        *(drawing(when, [(15.0, cmd)]) for when, cmd in zip(DAYS, moved, strict=True)),
    )
    with made.open() as database:
        database.execute("delete from drawing")
        keys = [row["key"] for row in database.execute("select key from result order by date").fetchall()]
        database.executemany(DRAWING, [(key, key) for key in keys[:-1]])
        database.execute("update spot set x = 390, y = 5")  # in a corner of the drawing
    return made


def test_a_chosen_group_has_a_picture_of_each_drawing_and_two_curves(catalogue):
    (row,) = tracks(catalogue, "m", ("", "")).rows
    with create_app(catalogue.workspace, refresh=False).server.app_context():
        pictures, figure, note, hidden = shown([row], "light", ["m"], "model")
        assert shown([], "light", ["m"], "model")[3]
    assert note.startswith("Group at B 15.0°, on 4 drawings") and not hidden and len(figure.data) == 2
    assert all("/inference?model=m&drawing=" in picture.href for picture in pictures)
    images = [part.src for picture in pictures for part in picture.children if hasattr(part, "src")]
    sides = [list(map(int, re.findall(r"(?:left|top|right|bottom)=(\d+)", image))) for image in images]
    assert len(sides) == 3 and len({tuple(one) for one in sides}) == 1
    left, top, right, bottom = sides[0]
    assert 0 <= left < right == 400 and 0 == top < bottom <= 300 and right - left == bottom - top
