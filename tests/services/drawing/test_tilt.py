"""The tilt measured on a drawing is offered only if it is certain enough."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from sunspot_dash.domain.orientation.tilt_marks import MeasuredTilt
from sunspot_dash.errors import ImageError
from sunspot_dash.services.catalogue.catalogue import Catalogue, key_of
from sunspot_dash.services.catalogue.indexer import Indexer
from sunspot_dash.services.drawing import tilt
from sunspot_dash.workspace import Workspace

NAME = "usd195604170830.png"


@pytest.fixture
def catalogue(tmp_path) -> Catalogue:
    workspace = Workspace(tmp_path / "data").create()
    page = np.full((900, 700), 235, np.uint8)
    cv2.circle(page, (350, 400), 300, 60, 2, cv2.LINE_AA)
    cv2.imwrite(str(workspace.images / NAME), page)
    cv2.imwrite(str(workspace.images / "blank.png"), np.full((900, 700), 235, np.uint8))
    found = Catalogue(workspace)
    Indexer(found).refresh()
    return found


@pytest.mark.parametrize(
    ("marks", "tilt_deg", "words"),
    [
        (
            MeasuredTilt(-0.31, 0.2, ("scale", "east tick")),
            -0.3,
            "−0.3 ± 0.2° from the tick scale, east tick.",
        ),
        (MeasuredTilt(-0.04, 0.2, ("scale",)), 0.0, "+0.0 ± 0.2° from the tick scale."),
        (MeasuredTilt(2.0, 1.6, ("2 lines",)), None, "+2.0 ± 1.6° from 2 lines: too uncertain to be used."),
        (None, None, "The drawing has no marks from which to measure its tilt."),
    ],
)
def test_a_certain_tilt_is_offered(catalogue, monkeypatch, marks, tilt_deg, words):
    monkeypatch.setattr(tilt, "tilt_from_marks", lambda *_: marks)
    assert tilt.measure_tilt(catalogue, key_of(NAME)) == tilt.SuggestedTilt(tilt_deg, words)


def test_a_drawing_without_marks_has_no_tilt(catalogue):
    assert (
        tilt.measure_tilt(catalogue, key_of(NAME)).text
        == "The drawing has no marks from which to measure its tilt."
    )
    assert "without a limb" in tilt.measure_tilt(catalogue, key_of("blank.png")).text
    with pytest.raises(ImageError):
        tilt.measure_tilt(catalogue, "0" * 16)
