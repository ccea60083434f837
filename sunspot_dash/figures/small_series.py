"""A thumbnail of spot counts over time, as SVG without Plotly, so that the overview loads at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sunspot_dash.figures.spot_counts import count_series, shown_bin

WIDTH, HEIGHT = 1000, 250  # in SVG units; the page stretches the picture to its container
LABELS = 5  # dates below the picture
GAP = np.timedelta64(62, "D")  # the longest gap between observations that a line still crosses
# The colour contrasts with light and dark pages. A point is a line of zero length, which stays round when stretched.
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="-8 -5 {w} {h}" preserveAspectRatio="none" fill="none" '
    'stroke="#2f86d6" stroke-linecap="round" stroke-linejoin="round">'
    '<path d="{path}" stroke-width="{stroke}" vector-effect="non-scaling-stroke"/></svg>'
)


def small_series(times: Sequence[str], counts: Sequence[float]) -> tuple[str, str, list[str]]:
    """Draw spot counts over time: one point per drawing, or a line of monthly means if there are too many drawings.

    Args:
        times: ISO times, ascending, at least one; counts: spots.

    Returns:
        (SVG text, caption with the largest value, dates evenly spaced over the width).
    """
    shown_as = shown_bin("drawing", len(times))
    series = count_series("", times, counts, times, shown_as)
    days = np.array([time.strip()[:10] for time in series.times], "datetime64[D]")
    most = max(series.values) or 1
    span = max(int((days[-1] - days[0]).astype(int)), 1)
    x = WIDTH * (days - days[0]).astype(int) / span
    y = HEIGHT * (1 - np.asarray(series.values, float) / most)
    after_gap = np.diff(days, prepend=days[0] - 2 * GAP) > GAP
    single = shown_as == "drawing"
    steps = [
        f"M{a:.1f} {b:.1f}h0" if single else f"{'M' if new else 'L'}{a:.1f} {b:.1f}"
        for a, b, new in zip(x, y, after_gap, strict=True)
    ]
    picture = SVG.format(w=WIDTH + 16, h=HEIGHT + 10, path="".join(steps), stroke=5 if single else 1.5)
    caption = f"up to {most:.4g} spots{' per drawing' if single else ', monthly mean'}"
    part = np.linspace(0, span, LABELS).astype("timedelta64[D]")
    dates = [str(day)[: 10 if span < 1000 else 4] for day in (days[0] + part)]
    return picture, caption, dates if len(days) > 1 else dates[:1]
