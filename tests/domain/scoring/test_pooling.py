"""Pools of drawings, eras, and agreement with the observers."""

import csv
import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from sunspot_dash.domain.scoring.matching import PixelScore, Tally, score_drawing
from sunspot_dash.domain.scoring.pooling import era, observer_agreement, pool
from sunspot_dash.domain.spots.detections import Spot

TOTALS = Path(__file__).parents[4] / "shared" / "uset" / "observer_totals.csv"


def spots(*places: float) -> list[Spot]:
    return [Spot(x, 10, 9, 1, np.empty((0, 2))) for x in places]


def test_eras():
    years = {1939: "before 1940", 1940: "1940", 1941: "1941-48", 1948: "1941-48", 1949: "1949-53"}
    years |= {1953: "1949-53", 1954: "1954-56", 1956: "1954-56", 1957: "1957-2016", 2016: "1957-2016"}
    years |= {2017: "2017+", 2024: "2017+"}
    assert {year: era(datetime(year, 6, 1, tzinfo=UTC)) for year in years} == years
    assert era(None) == "without a date"


def test_a_pool_sums_before_it_divides():
    scores = [
        score_drawing("usd194006160900.jpg", spots(10, 50, 90), spots(10, 50), 740, PixelScore(2, 4, 2)),
        score_drawing("usd202409181115.jpg", spots(10), spots(10, 200, 300), 740, PixelScore(1, 1, 3)),
        score_drawing("usd202409190835.jpg", [], spots(7, 70), 740),
        score_drawing("undated.png", [], [], 740),
    ]
    pooled = pool(scores)
    assert pooled.spots == Tally(tp=3, misses=1, false_alarms=4) and pooled.drawings == 4
    assert pooled.count_mae == pytest.approx(5 / 4) and pooled.count_bias == pytest.approx(3 / 4)
    assert (pooled.blank_drawings, pooled.blank_false_alarms) == (2, 2)
    assert pooled.pixels == PixelScore(3, 5, 5) and pooled.ceiling is None
    assert sum((tally for tally in pooled.bins), Tally()) == pooled.spots
    assert {name: score.spots.truth for name, score in pooled.eras.items()} == {
        "1940": 3,
        "2017+": 1,
        "without a date": 0,
    }
    written = json.loads(json.dumps(pooled.as_dict(), allow_nan=False))
    assert written["eras"]["1940"]["recall"] == pytest.approx(2 / 3)
    assert written["eras"]["1940"]["enough_spots"] is False
    assert written["bins"]["8-20"]["false_alarms"] == 4


def test_the_era_follows_the_date_that_was_set():
    score = score_drawing("scan 7.png", spots(10), spots(10), 740)
    assert list(pool([score]).eras) == ["without a date"]
    assert list(pool([score], {"scan 7.png": datetime(1947, 4, 1, tzinfo=UTC)}).eras) == ["1941-48"]


def test_an_empty_pool_has_no_figures():
    assert pool([]).spots.f1 is None and pool([]).count_mae is None


def test_agreement_with_the_observers():
    rows = [
        {"file": "a", "spots": "10"},
        {"file": "b", "spots": "100"},
        {"file": "c", "spots": "0"},
        {"file": "d", "spots": ""},
        {"file": "not counted", "spots": "5"},
    ]
    agreement = observer_agreement({"a": 12, "b": 90, "c": 1, "d": 7}, rows)
    assert agreement.n == 3
    assert agreement.mae == pytest.approx(13 / 110) and agreement.bias == pytest.approx(-7 / 110)
    assert agreement.small_sheet_error == pytest.approx(1.5)
    assert agreement.r == pytest.approx(np.corrcoef([10, 100, 0], [12, 90, 1])[0, 1])
    nothing = observer_agreement({}, rows)
    assert (nothing.n, nothing.mae, nothing.r, nothing.small_sheet_error) == (0, None, None, None)


@pytest.mark.skipif(not TOTALS.exists(), reason="the real drawings (../shared/uset) are not here")
def test_the_observers_agree_with_themselves():
    with TOTALS.open() as file:
        rows = list(csv.DictReader(file))
    agreement = observer_agreement({row["file"]: int(row["spots"] or 0) for row in rows}, rows)
    assert (agreement.n, agreement.mae, agreement.bias, agreement.small_sheet_error) == (22, 0, 0, 0)
    assert agreement.r == pytest.approx(1)
