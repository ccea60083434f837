"""A thumbnail of sunspot numbers, as SVG without Plotly, so that the Overview loads at once."""

from __future__ import annotations

import numpy as np

from sunspot_dash.figures.tokens import TOKENS

WIDTH, HEIGHT = 1000, 250  # in SVG units; the page stretches the picture to its container
MODEL, REFERENCE = (TOKENS["light"][name] for name in ("sketch", "sketch-reference"))
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="-8 -8 {w} {h}" preserveAspectRatio="none" fill="none" '
    'stroke-linecap="round" stroke-linejoin="round">{paths}</svg>'
)
PATH = '<path d="{steps}" stroke="{colour}" stroke-width="{width}"{more} vector-effect="non-scaling-stroke"/>'
DASHES = ' stroke-dasharray="6 5"'


def small_number(values: np.ndarray, reference: np.ndarray) -> tuple[str, float]:
    """Draw the numbers of months or days in a row, and those of a reference series dashed behind them.

    Args:
        values, reference: (n,) float64, NaN where a date has none.

    Returns:
        SVG text, and the number at its upper edge.
    """
    known = np.concatenate([values, reference])
    top = float(np.nanmax(known, initial=1.0))
    parts = [
        PATH.format(steps=steps, colour=colour, width=width, more=more)
        for numbers, colour, width, more in (
            (reference, REFERENCE, 1.5, DASHES),
            (values, MODEL, 2.5, ""),
            (np.where(_is_alone(values), values, np.nan), MODEL, 6, ""),
        )
        if (steps := _steps(numbers, top))
    ]
    return SVG.format(w=WIDTH + 16, h=HEIGHT + 16, paths="".join(parts)), top


def _is_alone(values: np.ndarray) -> np.ndarray:
    """Whether a date has a number, and neither the one before nor the one after it has."""
    known = np.concatenate([[False], np.isfinite(values), [False]])
    return known[1:-1] & ~known[:-2] & ~known[2:]


def _steps(values: np.ndarray, top: float) -> str:
    """Return the steps of a line that a date without a number breaks; one between two gaps is a point."""
    x = WIDTH * np.arange(len(values)) / max(len(values) - 1, 1)
    y = HEIGHT * (1 - values / top)
    known = np.isfinite(values)
    begins = known & ~np.concatenate([[False], known[:-1]])
    # A line of zero length is drawn as a point, which stays round when the picture is stretched.
    return "".join(
        f"M{a:.1f} {b:.1f}h0" if new else f"L{a:.1f} {b:.1f}"
        for a, b, new in zip(x[known], y[known], begins[known], strict=True)
    )
