"""Time left: from the units after the first."""

from __future__ import annotations

import pytest

from sunspot_dash import pace


def test_the_first_unit_does_not_count(monkeypatch):
    now = iter([100.0, 102.0, 104.0])
    monkeypatch.setattr(pace.time, "monotonic", lambda: next(now))
    clock = pace.Pace()
    assert clock.left(1, 10) is None
    assert clock.left(2, 10) == pytest.approx(16)
    assert clock.left(3, 10) == pytest.approx(14)
