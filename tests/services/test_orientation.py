"""An archive whose sheets lie otherwise than set is found by the motion of its spots."""

from __future__ import annotations

import numpy as np
import pytest

from sunspot_dash.domain.rotation import synodic_deg_per_day
from sunspot_dash.services.orientation import check
from sunspot_dash.workspace import Workspace

from .known import catalogue_with, drawing

PLACES = [(18.0, -40.0), (17.0, -36.0), (-12.0, -20.0), (9.0, 5.0), (-22.0, 15.0)]


def archive(mirrored: bool) -> list:
    """The same spots on five days in a row, in another month each ten days."""
    sheets = []
    for start in ("2001-03-01T09:00", "2001-04-10T09:00", "2001-09-01T09:00"):
        for day in range(3):
            when = str(np.datetime64(start, "m") + np.timedelta64(day, "D"))
            places = [(b, cmd + day * float(synodic_deg_per_day(b))) for b, cmd in PLACES]
            sheets.append(drawing(when, places, mirrored))
    return sheets


@pytest.mark.parametrize(("mirrored", "verdict"), [(True, "as set"), (False, "wrong")])
def test_a_mirrored_archive_is_found_and_the_preset_named(tmp_path, mirrored, verdict):
    advice = check(catalogue_with(Workspace(tmp_path / "data").create(), *archive(mirrored)), "m")
    assert advice.found.verdict == verdict, advice.words()
    if verdict == "wrong":
        assert advice.to_preset == "direct" and "set the orientation 'direct'" in advice.words()[1]
    else:
        assert advice.to_preset == "uset" and len(advice.words()) == 1


def test_too_few_drawings_tell_nothing(tmp_path):
    one = catalogue_with(Workspace(tmp_path / "data").create(), archive(True)[0])
    assert "too few drawings" in check(one, "m").words()[0]
