"""Hand-drawn sunspots: pores, nuclei, penumbrae, in bipolar groups along a parallel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from sunspot_dash.synthetic.ink import Canvas, noise_1d, smooth_path
from sunspot_dash.synthetic.styles import Style
from sunspot_dash.synthetic.view import View

MIN_AREA_PX = 4.5
FREE_GAP, TOUCHING_GAP = 1.15, 0.9
PACKED_LEAST = 8  # nuclei of a group with packed clusters
Draw = Callable[[np.ndarray, np.ndarray], object]  # called with the point and the map of View.place


@dataclass
class Spots:
    """The nuclei drawn so far: label polygons (n, 2), and centre and radius of each, px."""

    polygons: list[np.ndarray] = field(default_factory=list)
    circles: list[tuple[float, float, float]] = field(default_factory=list)

    def free(self, centre: np.ndarray, radius: float, gap: float = FREE_GAP) -> bool:
        """Return whether a nucleus fits here: `gap` times the sum of both radii away from every other centre."""
        if not self.circles:
            return True
        c = np.array(self.circles)
        distance = np.hypot(c[:, 0] - centre[0], c[:, 1] - centre[1])
        return bool((distance > gap * (c[:, 2] + radius)).all())


def blob(rng: np.random.Generator, radius: float, elongation: float = 1.0, rough: float = 0.12) -> np.ndarray:
    """Return a roundish closed outline (36, 2) about the origin, with the area of a circle of `radius`."""
    t = np.linspace(0, 2 * np.pi, 36, endpoint=False)
    r = np.ones_like(t)
    for k in (2, 3, 4, 6):
        r += rough * rng.normal(0, 1.4 / k) * np.cos(k * t + rng.uniform(0, 6.3))
    xy = np.column_stack([np.cos(t) * np.sqrt(elongation), np.sin(t) / np.sqrt(elongation)])
    a = rng.uniform(0, np.pi)
    turn = np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]])
    return radius * np.clip(r, 0.5, 1.6)[:, None] * xy @ turn.T


def zigzag(rng: np.random.Generator, outline: np.ndarray, step: float) -> np.ndarray:
    """Return a pencil's zigzag (n, 2) that fills `outline` (m, 2), one line every `step` px."""
    centre = outline.mean(0)
    a = rng.uniform(0, np.pi)
    axis, side = np.array([np.cos(a), np.sin(a)]), np.array([-np.sin(a), np.cos(a)])
    along, across = (outline - centre) @ axis, (outline - centre) @ side
    points = []
    for i, s in enumerate(np.arange(across.min() + step / 2, across.max(), step)):
        near = along[np.abs(across - s) < 1.5 * step + 0.5]
        if len(near):
            end = near.max() if i % 2 else near.min()
            points.append(centre + axis * end * rng.uniform(0.6, 0.95) + side * s)
    return np.array(points) if len(points) > 1 else np.array([centre, centre + axis * step * 0.5])


def label(rng: np.random.Generator, outline: np.ndarray, margin: float) -> np.ndarray:
    """Return the polygon (n, 2) that a labeller clicks around `outline`, `margin` px outside it."""
    centre = outline.mean(0)
    reach = np.hypot(*(outline - centre).T)
    size = reach.mean()
    count = int(np.clip(4 + rng.poisson(0.7 * np.sqrt(np.pi) * size), 5, 24))
    at = (np.arange(count) + rng.uniform(-0.25, 0.25, count)) / count * len(outline)
    picked = outline[at.astype(int) % len(outline)]
    out = picked - centre
    # An inscribed polygon loses area, so its corners are moved outwards: the fewer, the further.
    turn = 2 * np.pi / count
    factor = np.sqrt(turn / np.sin(turn)) + (margin + rng.normal(0, 0.2, count)) / np.maximum(
        np.hypot(*out.T), 1
    )
    return centre + out * np.clip(factor, 0.7, 3)[:, None]


class Artist:
    """Draws spots on a drawing and records the labels."""

    def __init__(self, canvas: Canvas, style: Style, view: View) -> None:
        self.canvas, self.style, self.view, self.rng = canvas, style, view, canvas.rng
        self.spots = Spots()
        self.hand = float(self.rng.uniform(0.85, 1.15))  # pressure of this observer on this day
        self.stippled = bool(style.stippled and self.rng.random() < style.stippled)

    def area(self, factor: float = 1.0) -> float:
        """Return the area of a random nucleus, px^2."""
        u = self.view.unit
        drawn = self.style.spot_area_u * u * u * factor * np.exp(self.rng.normal(0, self.style.spot_spread))
        return float(max(drawn, MIN_AREA_PX))

    def nucleus(
        self, at: np.ndarray, area: float, shape: np.ndarray | None = None, gap: float = FREE_GAP
    ) -> bool:
        """Draw and label one nucleus; return False where it would cover another or leave the disk.

        `gap` is as in `Spots.free`; below 1, the nuclei touch.
        """
        rng, style, u = self.rng, self.style, self.view.unit
        radius = float(np.sqrt(area / np.pi))
        inside = np.hypot(*(at - self.view.centre)) < self.view.radius - radius - 2 * u
        if not inside or not self.spots.free(at, radius, gap):
            return False
        elongation = 1 + abs(rng.normal(0, 0.8 if style.rings else 0.65 if style.crisp else 0.55))
        outline = blob(rng, radius, min(elongation, 3.5), 0.1 if style.crisp else 0.2)
        if shape is not None and radius > 5 * u:
            outline = outline @ shape.T
        low, high = style.spot_dark
        weight = rng.beta(1.6, 1.9) + 0.14 * np.log(area / (style.spot_area_u * u * u))
        dark = float(np.clip((low + (high - low) * weight) * self.hand, 0.7 * low, 0.85))
        self.shade(at + outline, radius, dark)
        self.spots.polygons.append(label(rng, at + outline, 0.5))
        self.spots.circles.append((float(at[0]), float(at[1]), radius))
        return True

    def shade(self, outline: np.ndarray, radius: float, dark: float) -> None:
        """Darken the inside of `outline` (n, 2) px with the pencil of the era; `radius` px is the size of the spot."""
        rng, style, u = self.rng, self.style, self.view.unit
        line = style.pencil_u * u * 0.8
        if style.crisp and rng.random() < 0.8:
            self.canvas.fill(outline, dark, soft=0.2)
        elif radius < 1.1 * line:
            # A dab: one touch of the pencil, darker in the middle, sometimes smeared.
            self.canvas.fill(outline, 0.7 * dark, soft=0.35)
            centre = outline.mean(0) + rng.normal(0, 0.15 * radius, 2)
            self.canvas.fill(centre + 0.65 * (outline - outline.mean(0)), 0.5 * dark, soft=0.3)
        else:
            self.canvas.fill(outline, dark * rng.uniform(0.35, 0.75), soft=0.5, mottle=0.15)
            self.canvas.stroke(smooth_path(zigzag(rng, outline, line * 0.9), 2), line, dark * 0.75, 0.4)
            if rng.random() < 0.5:
                self.canvas.stroke(np.vstack([outline, outline[:3]]), line * 0.8, dark * 0.55, 0.4)

    def penumbra(self, outline: np.ndarray) -> None:
        """Shade (or, in the modern style, outline) the inside of `outline` (n, 2)."""
        rng, style, u = self.rng, self.style, self.view.unit
        line = style.pencil_u * u
        n = len(outline)
        wave = 1 + rng.uniform(0.01, 0.06) * noise_1d(rng, n + 4, 16)[:, None]
        closed = outline.mean(0) + (outline[np.arange(n + 4) % n] - outline.mean(0)) * wave
        if style.rings:
            width = style.ring_u * u * rng.uniform(0.8, 1.3)
            part = closed[: n + int(rng.integers(-2, 4))]
            self.canvas.stroke(part, width, rng.uniform(*style.ring_dark), 0.12)
            return
        wash = rng.uniform(0.1, 0.26) if style.crisp else rng.uniform(0.05, 0.2)
        if self.stippled:
            wash = rng.uniform(0.1, 0.28)
            self.canvas.fill(outline, wash, soft=1.2, mottle=0.15, stipple=1.0)
        else:
            self.canvas.fill(outline, wash, soft=0.8, mottle=0.35)
        if rng.random() < (0.15 if self.stippled else 0.75):
            self.canvas.stroke(closed, line * 0.6, wash * rng.uniform(0.5, 1.6), 0.5)
        radius = np.hypot(*(outline - outline.mean(0)).T).mean()
        for _ in range(
            0 if style.crisp or self.stippled else int(rng.integers(1, 8))
        ):  # loops of quick shading
            loop = (
                closed.mean(0)
                + (closed - closed.mean(0)) * rng.uniform(0.45, 0.95)
                + rng.normal(0, 0.06 * radius, 2)
            )
            start = int(rng.integers(n // 2))
            self.canvas.stroke(
                loop[start : start + int(rng.integers(n // 3, n))], line * 0.55, rng.uniform(0.08, 0.24), 0.5
            )
        for _ in range(rng.poisson(0.02 * (radius / u) ** 1.5)):  # clumps that are not nuclei
            where = outline.mean(0) + (outline[rng.integers(n)] - outline.mean(0)) * rng.uniform(0.2, 1.02)
            self.canvas.fill(
                where + blob(rng, rng.uniform(0.8, 2.2) * u, 1.5, 0.2), rng.uniform(0.06, 0.2), 0.7
            )

    def ringed(self, at: np.ndarray, shape: np.ndarray, factor: float) -> None:
        """Draw a penumbra around one or several nuclei."""
        rng, u = self.rng, self.view.unit
        count = 1 + (rng.poisson(1.6) if rng.random() < 0.45 else 0)
        areas = [self.area(factor / (1 + 0.25 * i)) for i in range(count)]
        radii = np.sqrt(np.array(areas) / np.pi)
        spread = radii.max() * np.sqrt(count) * rng.uniform(0.6, 1.1)
        offsets = rng.normal(0, spread, (count, 2)) if count > 1 else np.zeros((1, 2))
        # Outlines are drawn tightly around the nuclei, shading reaches further.
        least, most = (1.2, 2.4) if self.style.rings else (1.5, 3.0)
        reach = max(
            1.35 * (np.hypot(*offsets.T) + radii).max(), radii.max() * rng.uniform(least, most), 3.5 * u
        )
        outline = at + blob(rng, reach, 1 + abs(rng.normal(0, 0.35)), 0.2) @ shape.T
        self.penumbra(outline)
        for offset, area in zip(offsets, areas, strict=True):
            self.nucleus(at + shape @ offset, area, shape, rng.uniform(TOUCHING_GAP, FREE_GAP))

    def group(self, lat: float, cmd: float, count: int) -> np.ndarray | None:
        """Draw a bipolar group of about `count` nuclei; return its box (x0, y0, x1, y1), px, or None if not visible."""
        rng = self.rng
        first = len(self.spots.circles)
        # Larger spots are further apart.
        wide = max(1.0, np.sqrt(self.style.spot_area_u / 14))
        length = rng.uniform(12, 40) + rng.uniform(8, 22) * np.sqrt(count) if count > 1 else 0.0
        length *= wide
        tilt = rng.normal(0.1, 0.15) * np.sign(lat)
        ends = [np.array([0.5, -0.5 * tilt]) * length, np.array([-0.5, 0.5 * tilt]) * length]
        budget = count
        if self.style.packed and count > PACKED_LEAST and rng.random() < self.style.packed:
            for end in ends[: int(rng.integers(1, 3))]:
                self._cluster(lat, cmd, end, int(count * rng.uniform(0.3, 0.6)))
        for end in ends[: 2 if count > 2 else 1]:
            if rng.random() < 0.3 + 0.03 * count:
                self._at(lat, cmd, end, lambda at, shape: self.ringed(at, shape, rng.uniform(1.2, 3.5)))
                budget -= 1
        tries = 0
        while len(self.spots.circles) - first < count and tries < 4 * count and budget > 0:
            tries += 1
            pick = rng.random()
            if pick < 0.45:  # around a leader or a follower
                where = ends[int(rng.integers(2))] + rng.normal(0, 7 * wide + 0.2 * length, 2) * [1, 0.8]
            elif pick < 0.75:  # scattered along the axis
                where = ends[0] * rng.uniform(-1.15, 1.15) + rng.normal(0, 6 * wide + 0.1 * length, 2)
            elif pick < 0.8 and count > 8:
                spot = ends[0] * rng.uniform(-1, 1) + rng.normal(0, 0.2 * length, 2)
                self._at(lat, cmd, spot, lambda at, shape: self.ringed(at, shape, rng.uniform(0.8, 2.0)))
                continue
            else:
                self._chain(lat, cmd, ends[0] * rng.uniform(-1.1, 1.1) + rng.normal(0, 8, 2))
                continue
            self._at(lat, cmd, where, lambda at, shape: self.nucleus(at, self.area(), shape))
        circles = np.array(self.spots.circles[first:])
        if not len(circles):
            return None
        return np.array([*circles[:, :2].min(0), *circles[:, :2].max(0)])

    def _chain(self, lat: float, cmd: float, start: np.ndarray) -> None:
        heading, where = self.rng.uniform(0, 6.3), start
        for _ in range(int(self.rng.integers(2, 6))):
            self._at(lat, cmd, where, lambda at, shape: self.nucleus(at, self.area(0.8), shape))
            heading += self.rng.normal(0, 0.5)
            where = where + self.rng.uniform(5, 13) * np.array([np.cos(heading), np.sin(heading)])

    def _cluster(self, lat: float, cmd: float, centre: np.ndarray, count: int) -> None:
        """Draw up to `count` small nuclei that fill a compact area, many of them touching."""
        area = self.style.spot_area_u * 0.8
        spread = 0.75 * np.sqrt(count * area / np.pi) * self.rng.uniform(1, 1.8)
        for _ in range(2 * count):
            where = centre + self.rng.normal(0, spread, 2) * [1.3, 0.8]
            gap = self.rng.uniform(TOUCHING_GAP, FREE_GAP)
            self._at(lat, cmd, where, lambda at, shape, gap=gap: self.nucleus(at, self.area(0.8), shape, gap))  # type: ignore[misc]

    def _at(self, lat: float, cmd: float, offset: np.ndarray, draw: Draw) -> None:
        """Call `draw(point, map)` at `offset` (west, north; units of R/740) from (lat, cmd)."""
        b = lat + offset[1] / 740
        at, shape, mu = self.view.place(b, cmd + offset[0] / 740 / np.cos(b))
        if mu > 0.06:
            draw(at, shape)
