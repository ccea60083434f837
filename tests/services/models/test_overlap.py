"""Stages beside each other: in order, with few items at once, and no error lost."""

from __future__ import annotations

import threading
import time

import pytest

from sunspot_dash.services.models.overlap import overlapped


@pytest.mark.parametrize("ahead", [0, 1, 3])
def test_results_come_in_order_whatever_each_takes(ahead):
    def slow(item):
        time.sleep(0.002 * (7 - item % 10))
        return item

    found = overlapped(range(7), slow, lambda item: item + 10, slow, ahead)
    assert list(found) == [10, 11, 12, 13, 14, 15, 16]


def test_the_middle_stage_runs_in_the_thread_of_the_caller():
    here = threading.current_thread().name
    name = threading.current_thread
    ((first, middle, last),) = overlapped(
        [0], lambda _: name().name, lambda read: (read, name().name), lambda both: (*both, name().name), 1
    )
    assert middle == here and here not in (first, last)


@pytest.mark.parametrize("ahead", [0, 1, 2])
def test_no_more_items_are_begun_than_asked(ahead):
    begun, yielded, most = 0, 0, 0

    def read(item):
        nonlocal begun, most
        begun += 1
        most = max(most, begun - yielded)
        return item

    for _ in overlapped(range(20), read, lambda item: item, lambda item: item, ahead):
        yielded += 1
    assert yielded == 20 and most <= 2 * ahead + 2


@pytest.mark.parametrize("stage", ["read", "work", "write"])
@pytest.mark.parametrize("ahead", [0, 2])
def test_an_error_is_raised_after_what_was_begun_is_written(stage, ahead):
    written = []

    def fails(name, item):
        if name == stage and item == 4:
            raise OSError("disk full")
        if name == "write":
            written.append(item)
        return item

    stages = [lambda item, name=name: fails(name, item) for name in ("read", "work", "write")]
    with pytest.raises(OSError, match="disk full"):
        list(overlapped(range(9), *stages, ahead))
    assert written[:4] == [0, 1, 2, 3]


def test_nothing_is_read_after_the_items_end():
    assert list(overlapped(iter(()), str, str, str, 2)) == []
