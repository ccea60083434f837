"""Limb fit: the solar disk on a drawing, as a slightly stretched circle.

The limb is one thin dark circle among strokes, text and tables. It is found in two steps. The *coarse* step works
on the drawing reduced to about 250 px: every dark pixel votes along its gradient for possible centres (a gradient
Hough transform, Kimme et al. 1975, doi:10.1145/360666.360677). The *fine* step samples the full drawing along
radial profiles around that circle, finds their dark valleys, selects the curve that most profiles agree on (RANSAC,
Fischler & Bolles 1981, doi:10.1145/358669.358692) and refines it by reweighted least squares at sub-pixel accuracy.

The curve is an ellipse, not a circle: scanner and paper stretch a drawing by up to 0.75 % (1941-56, 5 px of R = 740);
a circle would then be wrong by about a degree near the limb.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from sunspot_dash.errors import NoDiskError

COARSE_SIZE_PX = 250
EVERY = 2  # one in two dark pixels votes
# Radius over the shorter side: 0.34 in 1940, 0.445 later; the rest allows for other archives.
RADIUS_RANGE = (0.20, 0.52)
CANDIDATES = 6
PROFILES = 720
TRIALS = 600
MAX_STRETCH = 0.02
MIN_CONFIDENCE = 0.30
# Above this confidence no other candidate is tried; the tick scale hides about 15 % of the modern limb.
GOOD_CONFIDENCE = 0.75


@dataclass(frozen=True)
class Disk:
    """The fitted limb, in px of the drawing (pixel (0, 0) covers [0, 1] x [0, 1]).

    The limb's distance from (x, y) towards angle t (y down) is radius * (1 + stretch_cos cos 2t + stretch_sin sin 2t).

    Attributes:
        x, y, radius: centre and mean radius, px.
        confidence: share of the circumference with a limb line, minus the share expected by chance; 0 to 1.
        stretch_cos, stretch_sin: relative stretch.
        by_hand: whether an observer set the limb manually.
    """

    x: float
    y: float
    radius: float
    confidence: float
    stretch_cos: float = 0.0
    stretch_sin: float = 0.0
    by_hand: bool = False

    @property
    def strain(self) -> np.ndarray:
        """(2, 2) matrix from offsets on the round disk to offsets on the drawing."""
        c, s = self.stretch_cos, self.stretch_sin
        return np.array([[1 + c, s], [s, 1 - c]])

    def offsets(self, xy: np.ndarray) -> np.ndarray:
        """Return offsets (n, 2) in px from the centre on the round disk (stretch removed), y down."""
        return (np.asarray(xy, float).reshape(-1, 2) - [self.x, self.y]) @ np.linalg.inv(self.strain).T


def fit_limb(grey: np.ndarray) -> Disk:
    """Fit the limb of a drawing.

    Args:
        grey: the drawing, (H, W) uint8, dark ink on light paper.

    Raises:
        NoDiskError: no circle stands out.
    """
    if grey.ndim != 2 or grey.dtype != np.uint8:
        raise ValueError(f"expected a grey drawing (H, W) uint8, got {grey.shape} {grey.dtype}")
    if min(grey.shape) < 64:
        raise NoDiskError(f"the drawing is {grey.shape[1]}x{grey.shape[0]} px, too small for a solar disk")
    best: Disk | None = None
    for x, y, radius in _coarse_candidates(grey):
        disk = _refine(grey, x, y, radius)
        if disk is not None and (best is None or disk.confidence > best.confidence):
            best = disk
        if best is not None and best.confidence > GOOD_CONFIDENCE:
            break
    if best is None or best.confidence < MIN_CONFIDENCE:
        confidence = 0.0 if best is None else best.confidence
        raise NoDiskError(
            f"no solar limb found (best circle has confidence {confidence:.2f}, {MIN_CONFIDENCE:.2f} is needed): "
            "the image must show the whole disk; if it does, set the limb manually"
        )
    return best


def _coarse_candidates(grey: np.ndarray) -> list[tuple[float, float, float]]:
    """Return candidate circles (x, y, radius), in px of the drawing, from the coarse step, best first."""
    shrink = max(1, min(grey.shape) // COARSE_SIZE_PX)
    size = (grey.shape[1] // shrink, grey.shape[0] // shrink)
    # The minimum of each block keeps hairlines that averaging would wash out.
    small = cv2.erode(grey, np.ones((shrink, shrink), np.uint8))[: size[1] * shrink, : size[0] * shrink]
    small = cv2.resize(small, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    # Ink is darker than its surroundings; clipped, so that a blot weighs no more than a line.
    ink = np.clip(cv2.blur(small, (15, 15)) - small, 0, 40)
    ink = cv2.GaussianBlur(ink, (0, 0), 1.0)
    gx, gy = cv2.Scharr(ink, cv2.CV_32F, 1, 0), cv2.Scharr(ink, cv2.CV_32F, 0, 1)
    norm = np.hypot(gx, gy)
    strong = norm > np.maximum(np.percentile(norm, 80), 1e-3)
    ys, xs = (along[::EVERY].astype(np.float32) for along in np.nonzero(strong))
    nx, ny = (g[strong][::EVERY] / norm[strong][::EVERY] for g in (gx, gy))
    low, high = (limit * min(size) for limit in RADIUS_RANGE)
    radii = np.arange(low, high, 1.0, dtype=np.float32)
    height, width = small.shape
    # The frame around collects the votes for centres off the drawing.
    votes = np.zeros((height + 2) * (width + 2), np.int64)
    for sign in (1, -1):
        cx = np.clip(xs[:, None] + sign * nx[:, None] * radii + 1, 0, width + 1).astype(np.int32)
        cy = np.clip(ys[:, None] + sign * ny[:, None] * radii + 1, 0, height + 1).astype(np.int32)
        votes += np.bincount((cy * (width + 2) + cx).ravel(), minlength=len(votes))
    votes = votes.reshape(height + 2, width + 2)[1:-1, 1:-1].astype(np.float32)
    votes = cv2.GaussianBlur(votes, (0, 0), 1.5)
    circles = []
    for _ in range(CANDIDATES):
        cy0, cx0 = np.unravel_index(int(votes.argmax()), votes.shape)
        votes[max(0, cy0 - 4) : cy0 + 5, max(0, cx0 - 4) : cx0 + 5] = 0
        distance = np.hypot(xs - cx0, ys - cy0)
        aligned = np.abs((xs - cx0) * nx + (ys - cy0) * ny) > 0.95 * distance
        histogram = np.bincount(distance[aligned].astype(int), minlength=int(high) + 3).astype(np.float32)
        # Normalise by circumference: a large circle in noise collects more pixels than a small one in ink.
        density = np.convolve(histogram, np.ones(3), "same") / np.maximum(np.arange(len(histogram)), 1)
        density[: int(low)] = 0
        density[int(high) + 2 :] = 0
        for _ in range(2):
            radius = int(density.argmax())
            density[max(0, radius - 3) : radius + 4] = 0
            circles.append(((cx0 + 0.5) * shrink, (cy0 + 0.5) * shrink, (radius + 0.5) * shrink))
    return circles


def _refine(grey: np.ndarray, x: float, y: float, radius: float) -> Disk | None:
    """Fit the limb near the circle (x, y, radius) to valleys of radial profiles."""
    # First a circle, then the ellipse twice, each in a narrower ring.
    for reach_fraction, terms in ((0.06, 3), (0.025, 5), (0.015, 5)):
        reach = max(6.0, reach_fraction * radius)
        step = max(0.5, reach / 30)
        angles, offsets = _valleys(grey, (x, y, radius), reach, step)
        # Even a broken or faint limb has valleys on most profiles.
        if len(angles) < 0.15 * PROFILES:
            return None
        tolerance = max(1.0, 0.0015 * radius, 0.5 * step) * (3 if terms == 3 else 1)
        harmonics = [
            np.ones_like(angles),
            np.cos(angles),
            np.sin(angles),
            np.cos(2 * angles),
            np.sin(2 * angles),
        ]
        design = np.column_stack(harmonics[:terms])
        limit = MAX_STRETCH * radius
        shift = _elect(design, offsets, tolerance, limit)
        shift = _reweight(design, offsets, shift, tolerance)
        radius, x, y = radius + shift[0], x + shift[1], y + shift[2]
    if not RADIUS_RANGE[0] * min(grey.shape) <= radius <= 1.1 * RADIUS_RANGE[1] * min(grey.shape):
        return None
    residual = np.abs(offsets - design @ shift)
    confidence = _confidence(angles, residual, reach, tolerance)
    cos2, sin2 = shift[3:] / radius
    if np.hypot(cos2, sin2) > MAX_STRETCH or not (0 <= x <= grey.shape[1] and 0 <= y <= grey.shape[0]):
        return None
    return Disk(float(x), float(y), float(radius), confidence, float(cos2), float(sin2))


def _valleys(
    grey: np.ndarray, circle: tuple[float, float, float], reach: float, step: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the dark valleys of the radial profiles: angles (rad) and offsets from the circle (px)."""
    x, y, radius = circle
    angle = np.arange(PROFILES) * (2 * np.pi / PROFILES)
    offset = np.arange(-reach, reach + step / 2, step)
    # Samples at most a pixel apart, so that none skips a hairline; of the smoothed ones every `every`-th is used.
    every = int(np.ceil(step))
    r = radius - reach + np.arange((len(offset) - 1) * every + 1) * (step / every)
    # cv2 puts a pixel's centre at its index, this project at index + 0.5.
    map_x = (x - 0.5 + r * np.cos(angle)[:, None]).astype(np.float32)
    map_y = (y - 0.5 + r * np.sin(angle)[:, None]).astype(np.float32)
    profile = cv2.remap(grey, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    smooth = 0.8 if every == 1 else 1.06 * every
    profile = cv2.GaussianBlur(profile.astype(np.float32), (0, 0), sigmaX=smooth, sigmaY=0.6)[:, ::every]
    dark = np.median(profile, axis=1, keepdims=True) - profile
    noise = 1.4826 * np.median(np.abs(dark)) + 0.5
    middle = dark[:, 1:-1]
    valley = (middle > dark[:, :-2]) & (middle >= dark[:, 2:]) & (middle > max(4.0, 3 * noise))
    row, column = np.nonzero(valley)
    before, centre, after = dark[row, column], dark[row, column + 1], dark[row, column + 2]
    # The vertex of the parabola through three samples locates the valley at sub-sample accuracy.
    bend = np.minimum(before - 2 * centre + after, -1e-6)
    vertex = np.clip(0.5 * (before - after) / bend, -0.5, 0.5)
    return angle[row], offset[column + 1] + vertex * step


def _elect(design: np.ndarray, offsets: np.ndarray, tolerance: float, limit: float) -> np.ndarray:
    """Return the curve through a random sample of valleys that most valleys agree with; stretch <= limit px."""
    random = np.random.default_rng(0)
    terms = design.shape[1]
    sample = random.integers(0, len(offsets), (TRIALS, terms))
    matrix = design[sample]
    solvable = np.abs(np.linalg.det(matrix)) > 0.05
    curves = np.linalg.solve(matrix[solvable], offsets[sample[solvable]][..., None])[..., 0]
    curves = curves[np.hypot(*curves[:, 3:].T) <= limit] if terms == 5 else curves
    if not len(curves):
        return np.zeros(terms)
    agree = (np.abs(offsets[None, :] - curves @ design.T) < 1.5 * tolerance).sum(axis=1)
    return curves[int(agree.argmax())]


def _reweight(design: np.ndarray, offsets: np.ndarray, shift: np.ndarray, tolerance: float) -> np.ndarray:
    """Refine the fit by least squares with Tukey's biweight, which ignores strokes that cross the limb."""
    for _ in range(8):
        u = (offsets - design @ shift) / (2.5 * tolerance)
        weight = np.clip(1 - u**2, 0, None) ** 2
        if (weight > 0).sum() < 10:
            break
        root = np.sqrt(weight)
        shift = np.linalg.lstsq(design * root[:, None], offsets * root, rcond=None)[0]
    return shift


def _confidence(angles: np.ndarray, residual: np.ndarray, reach: float, tolerance: float) -> float:
    """Return the share of profiles with a valley on the limb, minus the share expected by chance."""
    on = np.unique(angles[residual < 2 * tolerance])
    beside = (residual > 2 * tolerance).sum()
    by_chance = min(1.0, beside / PROFILES * (2 * tolerance) / max(reach - 2 * tolerance, tolerance))
    return float(max(0.0, len(on) / PROFILES - by_chance))
