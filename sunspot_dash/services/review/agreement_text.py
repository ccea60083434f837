"""The figures of an agreement as text, for the page and for the command."""

from __future__ import annotations

from sunspot_dash.domain.scoring.readers import QUANTITIES, Pair, PooledPair, Spread

UNKNOWN = "–"


def single_cells(pair: Pair) -> list[str]:
    """Return readers, F1, and spots, groups and R of both ("12 / 14")."""
    both = (
        [UNKNOWN if (value := getattr(one, name)) is None else f"{value:.0f}" for one in pair.counts]
        for name in QUANTITIES
    )
    return [pair.one, pair.other, f"{pair.f1:.2f}", *(" / ".join(values) for values in both)]


def pooled_cells(pair: PooledPair) -> list[str]:
    """Return readers, number of drawings, pooled F1, F1 by drawing, and the differences of spots, groups and R."""
    differences = [_spread(pair.differences[name], "+.1f") for name in QUANTITIES]
    by_drawing = _spread(pair.by_drawing, ".2f")
    return [pair.one, pair.other, str(pair.drawings), f"{pair.f1:.2f}", by_drawing, *differences]


def _spread(spread: Spread | None, form: str) -> str:
    if spread is None:
        return UNKNOWN
    deviation = "" if spread.deviation is None else f" ± {spread.deviation:{form.lstrip('+')}}"
    return f"{spread.mean:{form}}{deviation}".replace("-", "−")
