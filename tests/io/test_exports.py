"""SILSO's columns, compared with those written by a plain loop."""

from __future__ import annotations

import datetime
import math

import numpy as np
import pytest

from sunspot_dash.io.exports import ROWS, silso_daily, silso_hemispheric


def lines(days, numbers, sigmas, n, whole: str, count: str, lead: str) -> str:
    """Every day from the first to the last; a day without a drawing has -1 everywhere and 0 drawings."""
    known = {day: i for i, day in enumerate(days.tolist())}
    text = ""
    day = min(known, default=datetime.date.max)
    while known and day <= max(known):
        i = known.get(day)
        length = 366 if day.year % 4 == 0 and (day.year % 100 or day.year % 400 == 0) else 365
        decimal = day.year + (day.timetuple().tm_yday - 0.5) / length
        fields = [f"{day:%Y;%m;%d}", f"{decimal:.3f}"]
        fields += [lead * (at == 0) + format(-1 if i is None else round(float(values[i])), whole)
                   for at, values in enumerate(numbers)]  # fmt: skip
        known_sigmas = [-1.0 if i is None or math.isnan(values[i]) else values[i] for values in sigmas]
        fields += [f"{value:5.1f}" for value in known_sigmas]
        fields += [format(0 if i is None else int(n[i]), count)] * len(numbers)
        text += ";".join(fields) + ";0\n"
        day += datetime.timedelta(days=1)
    return text


@pytest.mark.parametrize("seed", range(6))
def test_every_day_has_its_line(seed):
    random = np.random.default_rng(seed)
    size = [0, 1, 2, 50, 400, 3 * ROWS][seed]
    days = np.unique(np.datetime64("1899-12-28", "D") + random.integers(0, 2 * size + 1, size))
    numbers = [random.integers(0, 1000, len(days)) / 2 for _ in range(3)]
    n = random.integers(1, 12, len(days))
    sigmas = [np.where(n > 1, random.uniform(0, 99, len(days)), np.nan) for _ in range(3)]
    found = b"".join(silso_daily(days, numbers[0], sigmas[0], n)).decode()
    assert found == lines(days, numbers[:1], sigmas[:1], n, "4d", "4d", "")
    pieces = list(silso_hemispheric(days, numbers, sigmas, n))
    assert b"".join(pieces).decode() == lines(days, numbers, sigmas, n, "3d", "3d", " ")
    assert all(piece.count(b"\n") <= ROWS for piece in pieces)
