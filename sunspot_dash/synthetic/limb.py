"""Foreshortened features at the limb: elongated umbrae, and outlined faculae with ink marks that are not umbrae."""

from __future__ import annotations

import numpy as np

from sunspot_dash.synthetic.clutter import Scribe
from sunspot_dash.synthetic.ink import noise_1d, smooth_path
from sunspot_dash.synthetic.spots import Artist, blob, label
from sunspot_dash.synthetic.view import View


def limb_frame(view: View, angle: float, reach: float) -> tuple[np.ndarray, np.ndarray]:
    """Return a point (2,) px at `reach` radii, and the (2, 2) map with columns outward and along the limb."""
    out = np.array([np.cos(angle), np.sin(angle)])
    return view.centre + reach * view.radius * out, np.column_stack([out, [-out[1], out[0]]])


def limb_umbrae(artist: Artist, angle: float) -> np.ndarray | None:
    """Draw one to three elongated umbrae along the limb; return their box (x0, y0, x1, y1), px, or None if none fits.

    Large spots at the edge are drawn as strokes of 15 to 55 R/740, four times as long as wide, often within a paler
    stroke for the penumbra.
    """
    rng, view, u = artist.rng, artist.view, artist.view.unit
    first = len(artist.spots.circles)
    for _ in range(int(rng.choice([1, 2, 3], p=[0.65, 0.25, 0.1]))):
        long = rng.uniform(9, 30) * u
        wide = long / rng.uniform(1.8, 4.5)
        at, frame = limb_frame(view, angle + rng.normal(0, 0.025), 1 - rng.uniform(8, 55) / 740)
        # Hand-drawn strokes are not exactly parallel to the limb.
        lean = rng.normal(0, 0.15)
        turn = np.array([[np.cos(lean), -np.sin(lean)], [np.sin(lean), np.cos(lean)]])
        # A superellipse: unlike an ellipse, a stroke is as wide at its ends as in the middle.
        t = np.linspace(0, 2 * np.pi, 36, endpoint=False)
        rounded = np.sign([np.cos(t), np.sin(t)]) * np.abs([np.cos(t), np.sin(t)]) ** 0.75
        outline = rounded.T * [wide / 2, long / 2] * (1 + 0.08 * noise_1d(rng, 36, 8))[:, None]
        outline = at + outline @ (frame @ turn).T
        far = np.hypot(*(outline - view.centre).T).max() > view.radius - 2 * u
        if far or not artist.spots.free(at, long / 2, 1.05):
            continue
        if rng.random() < 0.6:
            around = at + (outline - at) * rng.uniform(1.2, 1.9, 2)
            artist.canvas.fill(around, rng.uniform(0.06, 0.2), soft=1.2, mottle=0.3)
        low, high = artist.style.spot_dark
        artist.shade(outline, wide / 2, rng.uniform(low + 0.3 * (high - low), high))
        artist.spots.polygons.append(label(rng, outline, 0.5))
        artist.spots.circles.append((float(at[0]), float(at[1]), long / 2))
    circles = np.array(artist.spots.circles[first:])
    return np.array([*circles[:, :2].min(0), *circles[:, :2].max(0)]) if len(circles) else None


def limb_faculae(scribe: Scribe, angle: float) -> None:
    """Draw a cluster of small closed outlines, foreshortened at the limb, some with pale hatching or a smear inside."""
    rng, view, u = scribe.rng, scribe.view, scribe.view.unit
    for _ in range(int(rng.integers(2, 8))):
        reach = 1 - rng.uniform(12, 110) / 740
        at, frame = limb_frame(view, angle + rng.normal(0, 0.05), reach)
        size = rng.uniform(4, 22) * u
        narrow = np.diag([max(0.3, np.sqrt(1 - reach**2)), 1.0])
        edge = at + blob(rng, size, 1 + rng.exponential(0.5), 0.3) @ (frame @ narrow @ frame.T).T
        corner, side = edge.min(0), np.ptp(edge, axis=0)
        if not scribe.clear(corner[0], corner[1], side[0], side[1]):
            continue
        line, dark = scribe.pen((0.1, 0.4))
        closed = smooth_path(np.vstack([edge, edge[: int(rng.integers(0, 4))]]), 2)
        scribe.canvas.stroke(closed, line * rng.uniform(0.45, 0.8), dark, 0.4)
        if rng.random() < 0.45:
            for _ in range(int(rng.integers(1, 6))):
                start = at + 0.5 * (edge[rng.integers(len(edge))] - at)
                way = np.array([np.cos(a := rng.normal(-0.7, 0.5)), np.sin(a)]) * rng.uniform(2, 7) * u
                scribe.canvas.stroke(np.array([start - way, start + way]), line * 0.6, dark * 0.8, 0.5)
        elif rng.random() < 0.35:
            scribe.canvas.fill(at + 0.5 * (edge - at), dark * rng.uniform(0.2, 0.6), soft=1.5, mottle=0.5)
