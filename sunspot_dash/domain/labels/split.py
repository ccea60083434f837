"""Split by date blocks.

Drawings of neighbouring days show the same groups and must stay on one side of a split.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

import numpy as np

from sunspot_dash.domain.drawing.names import time_in_name

# A group changes beyond recognition in about three days; before that, the same umbrae are drawn again.
EMBARGO = timedelta(days=3)
Times = Mapping[str, datetime | None]  # time (UT) by name, None for an undated drawing


def date_blocks(times: Times) -> list[list[str]]:
    """Group the names of dated drawings into runs without a gap of more than three days."""
    dated = sorted((when, name) for name, when in times.items() if when)
    blocks: list[list[str]] = []
    last = None
    for when, name in dated:
        if last is None or when - last > EMBARGO:
            blocks.append([])
        blocks[-1].append(name)
        last = when
    return blocks


def too_close(name: str, others: Iterable[str]) -> bool:
    """Return whether a drawing is within the embargo of any of the others, by the dates in their names."""
    when = time_in_name(name)
    times = [time_in_name(other) for other in others]
    return when is not None and any(time is not None and abs(when - time) <= EMBARGO for time in times)


def split(spots: Mapping[str, int], share: float, seed: int, times: Times) -> tuple[list[str], list[str]]:
    """Split drawings (name -> number of spots) by date block into training and validation.

    Blocks are chosen at random until validation holds `share` of the spots, but never more than half of them.
    Validation is empty where a single block holds nearly all spots. Undated drawings are only trained on: they may be
    of the same days as any other.
    """
    blocks = date_blocks({name: times[name] for name in spots})
    wanted = share * sum(spots.values())
    limit = min(max(1.6 * wanted, 1), sum(spots.values()) / 2)
    validation: list[str] = []
    kept = 0
    for number in np.random.default_rng(seed).permutation(len(blocks)):
        if kept >= wanted or share == 0:
            break
        size = sum(spots[name] for name in blocks[number])
        if size == 0 or kept + size > limit:
            continue
        validation += blocks[number]
        kept += size
    return sorted(set(spots) - set(validation)), sorted(validation)
