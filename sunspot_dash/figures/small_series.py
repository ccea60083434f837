"""Counts over time in small: a picture that needs no library, so that the first page has it at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sunspot_dash.figures.series import line, shown_bin

WIDTH, HEIGHT = 1000, 250  # of the picture's own units; it is stretched to the room that it has
LABELS = 5  # dates below it
GAP = np.timedelta64(62, "D")  # a line is broken where nothing was observed for longer
# Apart from light and from dark paper; a point is a line of no length, which is round however the picture is stretched.
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="-8 -5 {w} {h}" preserveAspectRatio="none" fill="none" '
    'stroke="#2f86d6" stroke-linecap="round" stroke-linejoin="round">'
    '<path d="{path}" stroke-width="{stroke}" vector-effect="non-scaling-stroke"/></svg>'
)


def small_series(times: Sequence[str], counts: Sequence[float]) -> tuple[str, str, list[str]]:
    """Counts of spots, each drawing a point, or monthly means of too many as a line.

    Args:
        times: ISO times, ascending, at least one; counts: spots.

    Returns:
        (the picture as SVG text, what its height stands for, dates evenly spaced over its width).
    """
    shown_as = shown_bin("drawing", len(times))
    found = line("", times, counts, times, shown_as)
    days = np.array([time.strip()[:10] for time in found.times], "datetime64[D]")
    most = max(found.counts) or 1
    span = max(int((days[-1] - days[0]).astype(int)), 1)
    x = WIDTH * (days - days[0]).astype(int) / span
    y = HEIGHT * (1 - np.asarray(found.counts, float) / most)
    begun = np.diff(days, prepend=days[0] - 2 * GAP) > GAP
    single = shown_as == "drawing"
    steps = [
        f"M{a:.1f} {b:.1f}h0" if single else f"{'M' if new else 'L'}{a:.1f} {b:.1f}"
        for a, b, new in zip(x, y, begun, strict=True)
    ]
    picture = SVG.format(w=WIDTH + 16, h=HEIGHT + 10, path="".join(steps), stroke=5 if single else 1.5)
    told = f"up to {most:.4g} spots{' a drawing' if single else ', monthly mean'}"
    part = np.linspace(0, span, LABELS).astype("timedelta64[D]")
    dates = [str(day)[: 10 if span < 1000 else 4] for day in (days[0] + part)]
    return picture, told, dates if len(days) > 1 else dates[:1]
