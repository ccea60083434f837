"""Agreement of readers in cases small enough to count by hand."""

from __future__ import annotations

import numpy as np
import pytest

from sunspot_dash.domain.scoring.readers import Counts, Reading, pairs_of, pool_pairs
from sunspot_dash.domain.spots.detections import Spot

SQUARE = np.array([(-2.0, -2), (2, -2), (2, 2), (-2, 2)])
RADIUS = 500.0  # the tolerance is 3 px


def reading(reader: str, *xs: float, groups: int | None = 1) -> Reading:
    spots = [Spot.from_outline(SQUARE + (x, 100)) for x in xs]
    number = None if groups is None else 10.0 * groups + len(spots)
    return Reading(reader, spots, Counts(len(spots), groups, number))


def test_pairs_of_a_drawing():
    readings = [reading("Ada", 10, 50, 90), reading("Bea", 12, 50, groups=2), reading("model m", 10, 300)]
    ada_bea, ada_model, bea_model = pairs_of(readings, RADIUS)
    assert (ada_bea.one, ada_bea.other) == ("Ada", "Bea")
    assert ada_bea.f1 == pytest.approx(2 * 2 / 5) and ada_bea.difference("number") == 22 - 13
    assert ada_model.f1 == pytest.approx(2 * 1 / 5) and bea_model.f1 == pytest.approx(2 * 1 / 4)
    assert ada_bea.as_dict() == {
        "readers": ["Ada", "Bea"],
        "f1": pytest.approx(0.8),
        "matched": 2,
        "spots": [3, 2],
        "groups": [1, 2],
        "number": [13.0, 22.0],
    }


def test_pooled_pairs_sum_the_spots_and_give_the_spread_of_the_drawings():
    first = pairs_of([reading("Ada", 10, 50, 90), reading("Bea", 10, 50)], RADIUS)
    second = pairs_of([reading("Ada", 10), reading("Bea", 300)], RADIUS)
    blank = pairs_of([reading("Ada", groups=None), reading("Bea", groups=None)], RADIUS)
    alone = pairs_of([reading("Ada", 10), reading("Cid", 10)], RADIUS)
    both, single = pool_pairs([*alone, *first, *second, *blank])
    assert (both.one, both.other, both.drawings) == ("Ada", "Bea", 3)
    assert both.f1 == pytest.approx(2 * 2 / 7)  # 2 pairs; 4 and 3 spots
    assert both.by_drawing.mean == pytest.approx((0.8 + 0 + 1) / 3)
    assert both.by_drawing.deviation == pytest.approx(np.std([0.8, 0, 1], ddof=1))
    assert both.differences["spots"].mean == pytest.approx(-1 / 3)
    assert both.differences["groups"] == (0, 0)  # of the two dated drawings
    assert single.drawings == 1 and single.f1 == 1 and single.by_drawing.deviation is None
