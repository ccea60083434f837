"""Agreement of two readings of the same drawings: spots matched by the protocol of all evaluations, and counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sunspot_dash.domain.spots.detections import Spot

if TYPE_CHECKING:
    from sunspot_dash.domain.scoring.matching import Tally

QUANTITIES = ("spots", "groups", "number")


class Counts(NamedTuple):
    """Counts of a reading; groups and sunspot number are None for an undated drawing."""

    spots: int
    groups: int | None
    number: float | None


@dataclass(frozen=True, eq=False)
class Reading:
    """What a person or a model found on a drawing; `reader` names them, such as "Ada (review)"."""

    reader: str
    spots: Sequence[Spot]
    counts: Counts


@dataclass(frozen=True)
class Pair:
    """Two readings of a drawing.

    Attributes:
        one, other: the readers; counts: of each.
        tally: matches; `misses` are spots of `one` alone, `false_alarms` of `other` alone.
    """

    one: str
    other: str
    tally: Tally
    counts: tuple[Counts, Counts]

    @property
    def f1(self) -> float:
        """F1 of the spots, which is the same in both directions; 1 if neither found one."""
        return 1.0 if self.tally.f1 is None else self.tally.f1

    def difference(self, quantity: str) -> float | None:
        """Return `other` minus `one` of a quantity, None if it is unknown."""
        before, after = (getattr(counts, quantity) for counts in self.counts)
        return None if before is None or after is None else float(after - before)

    def as_dict(self) -> dict[str, Any]:
        """Return everything by name, ready for JSON."""
        counts = {name: [getattr(one, name) for one in self.counts] for name in QUANTITIES}
        return {"readers": [self.one, self.other], "f1": self.f1, "matched": self.tally.tp} | counts


class Spread(NamedTuple):
    """Mean, and standard deviation (None for fewer than two values)."""

    mean: float
    deviation: float | None


@dataclass(frozen=True)
class PooledPair:
    """Two readers on all drawings that both have read.

    Attributes:
        drawings: their number; tally: summed over them.
        by_drawing: of the F1 of single drawings.
        differences: `other` minus `one` of each quantity in QUANTITIES, None if no drawing has it.
    """

    one: str
    other: str
    drawings: int
    tally: Tally
    by_drawing: Spread
    differences: dict[str, Spread | None]

    @property
    def f1(self) -> float:
        """F1 of the spots of all drawings; 1 if neither found one."""
        return 1.0 if self.tally.f1 is None else self.tally.f1

    def as_dict(self) -> dict[str, Any]:
        """Return everything by name, ready for JSON."""
        spreads: dict[str, Spread | None] = {"f1_by_drawing": self.by_drawing}
        spreads |= {f"{name}_difference": self.differences[name] for name in QUANTITIES}
        found = {"readers": [self.one, self.other], "drawings": self.drawings, "f1": self.f1}
        return found | {name: spread and spread._asdict() for name, spread in spreads.items()}


def pairs_of(readings: Sequence[Reading], radius_px: float) -> list[Pair]:
    """Compare each reading of a drawing with each later one; `radius_px` is that of its disk."""
    from sunspot_dash.domain.scoring.matching import score_drawing  # imports scipy

    return [
        Pair(
            one.reader,
            other.reader,
            score_drawing("", one.spots, other.spots, radius_px).spots,
            (one.counts, other.counts),
        )
        for one, other in combinations(readings, 2)
    ]


def pool_pairs(pairs: Iterable[Pair]) -> list[PooledPair]:
    """Pool the pairs of many drawings by their readers; those with the most drawings come first."""
    found: dict[tuple[str, str], list[Pair]] = {}
    for pair in pairs:
        found.setdefault((pair.one, pair.other), []).append(pair)
    pooled = [_pooled(*readers, members) for readers, members in found.items()]
    return sorted(pooled, key=lambda pair: (-pair.drawings, pair.one, pair.other))


def _pooled(one: str, other: str, pairs: list[Pair]) -> PooledPair:
    from sunspot_dash.domain.scoring.matching import Tally  # imports scipy

    differences = {name: [pair.difference(name) for pair in pairs] for name in QUANTITIES}
    return PooledPair(
        one,
        other,
        len(pairs),
        sum((pair.tally for pair in pairs), Tally()),
        _spread([pair.f1 for pair in pairs]),
        {
            name: _spread(known) if (known := [value for value in values if value is not None]) else None
            for name, values in differences.items()
        },
    )


def _spread(values: list[float]) -> Spread:
    deviation = float(np.std(values, ddof=1)) if len(values) > 1 else None
    return Spread(float(np.mean(values)), deviation)
