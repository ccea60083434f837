"""Date blocks: a network is never validated on drawings close in time to its training drawings."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest

from sunspot_dash.domain.drawing.corrections import Correction, observation_times
from sunspot_dash.domain.drawing.names import time_in_name
from sunspot_dash.domain.labels.split import EMBARGO, date_blocks, split, too_close


def name(hours: float) -> str:
    return (datetime(1948, 8, 1, tzinfo=UTC) + timedelta(hours=hours)).strftime("usd%Y%m%d%H%M.jpg")


def dates(names) -> dict[str, datetime | None]:
    return {item: time_in_name(item) for item in names}


def archive(seed: int) -> dict[str, int]:
    """Drawings of a year at random hours, in bursts, and two without a date, each with its number of spots."""
    random = np.random.default_rng(seed)
    hours = np.cumsum(random.exponential(24, 90) + 400 * (random.random(90) < 0.15))
    names = [name(hour) for hour in hours] + ["drawing.png", "another.png"]
    return dict(zip(names, random.integers(0, 60, len(names)).tolist(), strict=True))


@pytest.mark.parametrize("seed", range(5))
def test_blocks_are_more_than_the_embargo_apart_and_have_no_gap_within(seed):
    blocks = date_blocks(dates(archive(seed)))
    undated = ["drawing.png", "another.png"]
    assert Counter([*(item for block in blocks for item in block), *undated]) == Counter([*archive(seed)])
    dated = [[time_in_name(item) for item in block] for block in blocks]
    assert len(dated) > 5
    for times in dated:
        assert all(later - earlier <= EMBARGO for earlier, later in pairwise(times))
    for before, after in pairwise(dated):
        assert after[0] - before[-1] > EMBARGO


def test_the_embargo_itself_still_joins():
    names = [name(0), name(72), name(144 + 1 / 60)]
    assert date_blocks(dates(reversed(names))) == [names[:2], names[2:]]
    assert too_close(names[0], [names[1]]) and too_close(names[1], [names[0]])
    assert not too_close(names[2], names[:2])
    assert not too_close(names[0], [])


def test_undated_drawings_are_in_no_block_and_never_in_validation():
    assert date_blocks(dates(["b.png", name(1), "a.png"])) == [[name(1)]]
    assert not too_close("a.png", ["a.png", name(1)])
    assert date_blocks({}) == []
    spots = {name(500 * number): 10 for number in range(4)} | {f"{number}.png": 10 for number in range(4)}
    for seed in range(6):
        training, validation = split(spots, 0.4, seed, dates(spots))
        assert validation and not any(item.endswith(".png") for item in validation)
        assert {f"{number}.png" for number in range(4)} <= set(training)


def test_dates_set_by_hand_keep_neighbouring_days_together():
    names = [f"drawing_{day}.png" for day in range(10)]
    by_hand = {item: Correction(f"1957-01-{day + 1:02}") for day, item in enumerate(names)}
    far = {f"late_{day}.png": Correction(f"1958-0{day + 1}-01", "09:30") for day in range(5)}
    times = observation_times([*names, *far], by_hand | far)
    assert date_blocks(times) == [names, *([item] for item in far)]
    for seed in range(6):
        _, validation = split(dict.fromkeys(times, 5), 0.2, seed, times)
        assert len(set(names) & set(validation)) in (0, 10) and validation


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("share", [0.1, 0.25, 0.4])
def test_a_split_never_divides_a_block(seed, share):
    spots = archive(seed)
    training, validation = split(spots, share, seed, dates(spots))
    assert sorted(training + validation) == sorted(spots) and not set(training) & set(validation)
    assert not any(too_close(item, training) for item in validation)
    kept = sum(spots[item] for item in validation) / sum(spots.values())
    assert validation and kept <= 0.5
    assert split(spots, share, seed, dates(spots)) == (training, validation)


def test_the_seed_chooses_the_blocks():
    assert len({tuple(split(archive(0), 0.2, seed, dates(archive(0)))[1]) for seed in range(8)}) > 3


@pytest.mark.parametrize(
    "spots",
    [
        {},
        {name(0): 40},
        {name(0): 20, name(24): 20},
        {name(0): 0, name(500): 0},
        {name(0): 99, name(500): 0},
    ],
)
def test_too_few_data_leave_validation_empty(spots):
    assert split(spots, 0.2, 0, dates(spots)) == (sorted(spots), [])


def test_a_share_of_zero_leaves_validation_empty():
    spots = archive(1)
    assert split(spots, 0, 1, dates(spots)) == (sorted(spots), [])


def test_validation_never_holds_more_than_half():
    spots = {name(500 * number): 10 for number in range(4)}
    for share in (0.5, 0.6, 0.9):
        for seed in range(6):
            assert sum(spots[item] for item in split(spots, share, seed, dates(spots))[1]) <= 20
