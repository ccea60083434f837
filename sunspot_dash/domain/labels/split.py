"""Split by date blocks.

Drawings of neighbouring days show the same groups and must stay on one side of a split.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from sunspot_dash.domain.drawing.names import time_in_name

# A group changes beyond recognition in about three days; before that, the same umbrae are drawn again.
EMBARGO = timedelta(days=3)
Times = Mapping[str, datetime | None]  # time (UT) by name, None for an undated drawing
APART_SHARE = 0.2  # of the reviewed drawings: kept for the comparison of a retrained model with its parent
LEAST_TO_SHARE = 5  # reviewed drawings: of fewer, none is kept apart


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


@dataclass(frozen=True)
class Retraining:
    """The drawings of a retraining.

    Attributes:
        corrected: reviewed drawings to train on; replayed: labelled ones to train on as well.
        kept_apart: reviewed drawings that no model of the lineage is trained on.
    """

    corrected: list[str]
    replayed: list[str]
    kept_apart: list[str]


def split_retraining(
    drawings: tuple[Collection[str], Collection[str]],
    lineage: tuple[Collection[str], Collection[str]],
    seed: int,
    times: Times,
) -> Retraining:
    """Decide which reviewed drawings are kept apart, by date block, and which drawings are trained on.

    A fifth of the reviewed drawings is kept apart: those that were kept apart before, new ones of the same date blocks,
    and then whole blocks without a labelled drawing and without one that a model of the lineage was trained on. All
    others are trained on. A labelled drawing near one that was kept apart before is not replayed, unless the lineage
    was trained on it.

    Args:
        drawings: names of the reviewed and of the labelled drawings; of a drawing that is both, the review counts.
        lineage: names of the drawings that the parent and its ancestors were trained on, and that they kept apart.
        seed: chooses the blocks.
        times: of all these drawings.
    """
    reviewed, labelled = set(drawings[0]), set(drawings[1]) - set(drawings[0])
    trained, before = set(lineage[0]), set(lineage[1])
    kept = (before & reviewed) - trained
    free: list[str] = []
    near = before - trained
    for block in map(
        set, date_blocks({name: times[name] for name in reviewed | labelled | trained | before})
    ):
        if block & before:
            kept |= (block & reviewed) - trained
            near |= block - trained
        elif not block & (trained | labelled):
            free += block
    wanted = round(APART_SHARE * len(reviewed)) - len(kept)
    if free and wanted > 0 and len(reviewed) >= LEAST_TO_SHARE:
        kept.update(split(dict.fromkeys(sorted(free), 1), min(1.0, wanted / len(free)), seed, times)[1])
    return Retraining(sorted(reviewed - kept - before), sorted(labelled - kept - near), sorted(kept))
