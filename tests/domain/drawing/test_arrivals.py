"""Which scans count as new and complete."""

from __future__ import annotations

import pytest

from sunspot_dash.domain.drawing.arrivals import SETTLED_SECONDS, TOGETHER_SECONDS, Arrivals, is_temporary

A, B = (100, 1), (200, 2)


@pytest.mark.parametrize(
    "name",
    (
        ".usd.jpg",
        ".usd.jpg.Xq81aB",
        "~usd.jpg",
        "usd.jpg~",
        "usd.jpg.part",
        "usd.JPG.FilePart",
        "usd.tmp",
        "usd.swp",
    ),
)
def test_names_that_programs_use_while_they_write(name):
    assert is_temporary(name)


@pytest.mark.parametrize("name", ("usd202611260930.jpg", "usd202611260930", "part.tif", "usd.tmp.png"))
def test_names_of_scans(name):
    assert not is_temporary(name)


def test_a_scan_is_complete_once_it_does_not_change_for_a_while():
    arrivals, found = Arrivals(), {"old.jpg": A, "new.jpg": B}
    assert arrivals.complete(found, {"old.jpg": A}, 0) == {}
    assert arrivals.waiting == ["new.jpg"]
    assert arrivals.complete(found, {"old.jpg": A}, SETTLED_SECONDS - 0.1) == {}
    assert arrivals.complete(found, {"old.jpg": A}, SETTLED_SECONDS) == {"new.jpg": B}
    assert arrivals.complete(found, found, SETTLED_SECONDS) == {} and arrivals.waiting == []


def test_each_change_begins_the_time_again():
    arrivals = Arrivals()
    for second in range(100):
        assert arrivals.complete({"new.jpg": (second, second)}, {}, second) == {}
    assert arrivals.complete({"new.jpg": (99, 99)}, {}, 99 + SETTLED_SECONDS) == {"new.jpg": (99, 99)}
    assert arrivals.complete({"new.jpg": (99, 100)}, {}, 99 + SETTLED_SECONDS) == {}


def test_a_known_scan_that_was_replaced_is_new():
    arrivals = Arrivals()
    arrivals.complete({"usd.jpg": B}, {"usd.jpg": A}, 0)
    assert arrivals.complete({"usd.jpg": B}, {"usd.jpg": A}, SETTLED_SECONDS) == {"usd.jpg": B}


def test_scans_that_arrive_together_are_one_batch_but_not_for_ever():
    arrivals, end = Arrivals(), SETTLED_SECONDS
    arrivals.complete({"a.jpg": A}, {}, 0)
    assert arrivals.complete({"a.jpg": A, "b.jpg": A}, {}, end) == {}
    assert arrivals.complete({"a.jpg": A, "b.jpg": A}, {}, 2 * end) == {"a.jpg": A, "b.jpg": A}
    arrivals.complete({"a.jpg": A, "b.jpg": B}, {}, 2 * end)
    assert arrivals.complete({"a.jpg": A, "b.jpg": A}, {}, TOGETHER_SECONDS) == {"a.jpg": A}


def test_temporary_names_never_count_nor_hold_up_others():
    arrivals, found = Arrivals(), {"usd.jpg.part": A, ".usd.jpg": A, "new.jpg": A}
    arrivals.complete(found, {}, 0)
    assert arrivals.complete(found, {}, SETTLED_SECONDS) == {"new.jpg": A}
    assert arrivals.complete({"usd.jpg.part": B}, {}, 1000) == {} and arrivals.waiting == []
