"""Remaining time: estimated from the units after the first, robust against a few slow ones."""

from __future__ import annotations

import pytest

from sunspot_dash import eta


@pytest.fixture
def clock(monkeypatch):
    """A clock that the test moves."""

    class Clock:
        now = 100.0

    monkeypatch.setattr(eta.time, "monotonic", lambda: Clock.now)
    return Clock


def test_the_first_unit_does_not_count(clock):
    rate = eta.RemainingTime()
    assert rate.left(1, 10) is None
    clock.now += 2
    assert rate.left(2, 10) == pytest.approx(16)
    clock.now += 2
    assert rate.left(3, 10) == pytest.approx(14)


def work(clock, seconds, rate: eta.RemainingTime, of: int) -> float | None:
    """Return the remaining time after units that took these seconds each."""
    left = rate.left(1, of)
    for done, taken in enumerate(seconds, start=2):
        clock.now += taken
        left = rate.left(done, of)
    return left


def test_a_stall_changes_it_little(clock):
    assert work(clock, [1.0] * 50 + [900.0] + [1.0] * 10, eta.RemainingTime(), 162) == pytest.approx(
        100, rel=0.05
    )


def test_a_recurring_break_counts(clock):
    epoch = [1.0] * 49 + [51.0]  # a validation as long as the epoch itself
    assert work(clock, epoch * 6, eta.RemainingTime(), 601) == pytest.approx(600, rel=0.15)


def test_a_permanent_change_of_rate_is_followed(clock):
    assert work(clock, [0.01] * 500 + [3.0] * 60, eta.RemainingTime(), 661) == pytest.approx(300, rel=0.05)


def test_repeated_units_do_not_confuse_it(clock):
    rate = eta.RemainingTime()
    for done in (1, 2, 3, 4, 2, 3, 4, 5):
        clock.now += 2
        left = rate.left(done, 10)
    assert left is not None and 5 < left < 30


def test_nothing_is_left_at_the_end_and_few_times_are_kept(clock):
    rate = eta.RemainingTime()
    assert work(clock, [0.5] * 5000, rate, 5001) == 0
    assert len(rate._marks) <= eta.MARKS
