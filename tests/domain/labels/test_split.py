"""Date blocks: a network is never validated on drawings close in time to its training drawings."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest

from sunspot_dash.domain.drawing.corrections import Correction, observation_times
from sunspot_dash.domain.drawing.names import time_in_name
from sunspot_dash.domain.labels.split import EMBARGO, date_blocks, split, split_retraining, too_close


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


def days(*numbers: float) -> list[str]:
    return [name(24 * day) for day in numbers]


def retraining(reviewed, labelled=(), trained=(), apart=(), seed=0):
    every = [*reviewed, *labelled, *trained, *apart]
    return split_retraining((reviewed, labelled), (trained, apart), seed, dates(every))


def test_a_fifth_of_the_reviewed_drawings_is_kept_apart_in_whole_blocks():
    bursts = [day + part for day in range(0, 300, 10) for part in (0, 1)]
    found = retraining(days(*bursts))
    assert len(found.kept_apart) == 12 and len(found.corrected) == 48
    assert not any(too_close(one, found.corrected) for one in found.kept_apart)


def test_the_kept_drawings_stay_apart_over_generations_and_none_was_ever_trained_on():
    random = np.random.default_rng(3)
    order = random.permutation(400)
    trained, apart, seen = set(), set(), []
    for generation in range(1, 8):
        reviewed = [*days(*(5 * int(day) for day in order[: 12 * generation])), "undated.png"]
        found = retraining(reviewed, [], trained, apart, seed=generation)
        assert apart <= set(found.kept_apart)
        assert not set(found.kept_apart) & trained and not set(found.corrected) & set(found.kept_apart)
        assert "undated.png" in found.corrected
        assert sorted(found.corrected + found.kept_apart) == sorted(reviewed)
        trained |= set(found.corrected)
        apart |= set(found.kept_apart)
        seen.append(len(found.kept_apart) / len(reviewed))
    assert all(0.15 < share < 0.25 for share in seen)


def test_a_new_drawing_near_a_kept_one_is_kept_apart_as_well():
    found = retraining(days(0, 1, 50, 100, 150, 200), apart=days(0))
    assert {*days(0, 1)} <= set(found.kept_apart)


def test_a_kept_drawing_that_is_open_again_is_not_trained_on_as_a_label():
    near, far = days(1, 90)
    found = retraining(days(30, 40, 50, 60, 70), [near, far, *days(0)], apart=days(0))
    assert found.replayed == [far]


def test_days_that_were_trained_on_or_labelled_are_never_kept_apart():
    reviewed = days(*range(0, 100, 10))
    assert retraining(reviewed, labelled=days(*range(1, 101, 10))).kept_apart == []
    assert retraining(reviewed, trained=reviewed).kept_apart == []


def test_of_few_reviewed_drawings_or_a_single_block_none_is_kept_apart():
    assert retraining(days(0, 10, 20, 30)).kept_apart == []
    assert len(retraining(days(0, 10, 20, 30, 40)).kept_apart) == 1
    assert retraining(days(*range(30))).kept_apart == []


def test_of_a_drawing_that_is_labelled_and_reviewed_the_review_counts():
    both, label = days(0, 50)
    found = retraining([both], [both, label])
    assert (found.corrected, found.replayed) == ([both], [label])
