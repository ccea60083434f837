"""Tilt of a drawing in its scan, measured from its tick marks or drawn axes.

A printed form has a scale of degree ticks outside the limb, up to 30 degrees on either side of north (sometimes also of
south), with longer ticks every five degrees, and single ticks at east, south and west. It is found by correlating
the ring outside the limb with such a comb. A drawing without a printed form has straight lines through the centre of
the disk: the solar axis and the equator, sometimes celestial north; P distinguishes them.

Page angles count clockwise from the top of the image. `turned` is the page angle of celestial north.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from sunspot_dash.domain.drawing.crop import page_to_model, warp
from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.drawing.orientation import PRESETS, Orientation
from sunspot_dash.domain.sun.coordinates import axis_deg

# Search range on either side of the archive's tilt.
SEARCH_DEG = 20.0
STEP_DEG = 0.05
CIRCLE = round(360 / STEP_DEG)
TICKS_DEG = np.arange(-30, 31)
BEYOND_DEG = np.array([-35, -34, -33, -32, -31, 31, 32, 33, 34, 35])
# Short ticks extend to 1.011 R, long ones to 1.02 R and more.
SHORT_RING, LONG_RING = (1.004, 1.010), (1.013, 1.021)
DARKEST = 60.0
# Real scales correlate with 0.5 to 0.9, drawings without a scale with at most 0.15.
LEAST_MATCH = 0.35
# A limb line on even paper leaves ripples of the pixel grid, up to 1 grey level, that resemble a comb.
LEAST_TICK = 5.0
SCALE_WEIGHT, TICK_WEIGHT = 4.0, 1.0
# Accuracy of printing and scanning.
PRINT_DEG = 0.05
# Error of hand-drawn axes, from a comparison with the Greenwich catalogue.
HAND_DEG = 1.0

LINE_RADIUS_PX = 400
LINE_REACH = (0.15, 0.99)
# Share of the radius covered by a line, minus that of neighbouring strokes: 0.5 to 0.9 for lines, up to 0.2 for none.
LEAST_LINE = 0.35
LEAST_LINES = 2
EXPLAINED_DEG = 1.2
# Penalty per degree of tilt, relative to the share of a line: drawings are scanned nearly straight.
TURN_COST = 0.02
DOUBT = 0.1
# Observers draw the solar axis and equator; the celestial cross is already given by the edges of the drawing.
CELESTIAL_SHARE = 0.95


@dataclass(frozen=True)
class MeasuredTilt:
    """Measured `Orientation.tilt_deg` of one drawing.

    Attributes:
        tilt_deg: tilt of the drawing, replacing that of the archive.
        uncertainty_deg: one standard deviation, from the scatter of the marks and the accuracy of hand or print.
        marks: the marks used, for example ("scale", "east tick") or ("4 lines",).
    """

    tilt_deg: float
    uncertainty_deg: float
    marks: tuple[str, ...]


def tilt_from_marks(
    grey: np.ndarray, disk: Disk, orientation: Orientation = PRESETS["uset"], p_deg: float | None = None
) -> MeasuredTilt | None:
    """Measure the tilt of a drawing; None where it has no suitable marks.

    Args:
        grey: the drawing, (H, W) uint8; disk: its limb.
        orientation: that of the archive; the tilt is searched within SEARCH_DEG of it.
        p_deg: P at the time of the drawing, needed to interpret hand-drawn lines.
    """
    sign = -1 if orientation.mirrored else 1  # sign of the tilt relative to the rotation
    usual = sign * orientation.tilt_deg
    tilt = _by_scale(grey, disk, usual, orientation.mirrored)
    if tilt is None and (p_deg is not None or orientation.up == "solar"):
        axis = float(axis_deg(p_deg or 0.0, orientation)) * (1 if orientation.mirrored else -1)
        tilt = _by_lines(grey, disk, usual, axis)
    if tilt is None:
        return None
    turned, uncertainty, marks = tilt
    return MeasuredTilt(float((sign * turned + 180) % 360 - 180), float(uncertainty), marks)


def _by_scale(
    grey: np.ndarray, disk: Disk, usual_deg: float, mirrored: bool
) -> tuple[float, float, tuple[str, ...]] | None:
    short, long = (_ring(grey, disk, usual_deg, reach) for reach in (SHORT_RING, LONG_RING))
    upper = _comb(short, long, 0.0)
    if upper is None:
        return None
    marks = [("scale", upper, SCALE_WEIGHT)]
    lower = _comb(short, long, 180.0)
    if lower is not None and abs(lower - upper) < 1:
        marks.append(("lower scale", lower, SCALE_WEIGHT))
    level = float(np.median(_heights(short, TICKS_DEG + upper)))
    right, left = ("east tick", "west tick") if mirrored else ("west tick", "east tick")
    for name, at in ((right, 90.0), ("south tick", 180.0), (left, 270.0)):
        # A lower scale has its own tick at south.
        off = None if lower is not None and at == 180 else _tick(short, at + upper, 1.0, level)
        if off is not None:
            marks.append((name, upper + off, TICK_WEIGHT))
    angles, weights = np.array([m[1] for m in marks]), np.array([m[2] for m in marks])
    turned = float((angles * weights).sum() / weights.sum())
    spread = float(np.sqrt((weights * (angles - turned) ** 2).sum() / weights.sum()))
    return usual_deg + turned, max(spread, PRINT_DEG), tuple(m[0] for m in marks)


def _ring(grey: np.ndarray, disk: Disk, start_deg: float, reach: tuple[float, float]) -> np.ndarray:
    """Return the darkness above the surroundings along a ring, (CIRCLE,), 0 to DARKEST, from `start_deg` on."""
    angle = np.radians(np.arange(CIRCLE) * STEP_DEG + start_deg)[:, None]
    r = np.linspace(*reach, 9) * disk.radius
    round_xy = np.stack([np.sin(angle) * r, -np.cos(angle) * r], axis=-1)
    # cv2 puts a pixel's centre at its index, this project at index + 0.5.
    xy = (round_xy @ disk.strain.T + [disk.x - 0.5, disk.y - 0.5]).astype(np.float32)
    values = cv2.remap(grey, xy[..., 0], xy[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    level = values.astype(np.float64).mean(axis=1)
    darkness: np.ndarray = np.clip(_smooth(level, 61) - level, 0, DARKEST)
    return darkness


def _smooth(around: np.ndarray, width: int) -> np.ndarray:
    """Return the running median of values along a circle, (n,)."""
    from scipy.ndimage import median_filter  # only where used: the web process starts without it

    smooth: np.ndarray = median_filter(around, width, mode="wrap")
    return smooth


def _comb(short: np.ndarray, long: np.ndarray, middle_deg: float) -> float | None:
    """Return the rotation of the scale around `middle_deg`, degrees; None where no scale is found."""
    x = np.arange(-800, 801) * STEP_DEG
    shifts = np.arange(-round(SEARCH_DEG / STEP_DEG), round(SEARCH_DEG / STEP_DEG) + 1)
    window = (np.arange(-800, 801) + shifts[:, None] + round(middle_deg / STEP_DEG)) % CIRCLE
    matches = []
    for ring, ticks in ((short, TICKS_DEG), (long, TICKS_DEG[::5])):
        comb = np.exp(-(((x - ticks[:, None]) / 0.15) ** 2) / 2).sum(axis=0)
        comb -= comb.mean()
        seen = ring[window] - ring[window].mean(axis=1, keepdims=True)
        matches.append(seen @ comb / (np.linalg.norm(seen, axis=1) * np.linalg.norm(comb) + 1e-9))
    best = int((matches[0] + matches[1]).argmax())
    if matches[0][best] < LEAST_MATCH:
        return None
    level = float(np.median(_heights(short, TICKS_DEG + shifts[best] * STEP_DEG + middle_deg)))
    if level < LEAST_TICK:
        return None
    # Ticks repeat every degree and long ones every five; the ends of the scale resolve the ambiguity.
    candidates = shifts[best] * STEP_DEG + np.arange(-8, 9) * 5
    candidates = candidates[np.abs(candidates) <= SEARCH_DEG]
    complete = [
        np.minimum(_heights(short, TICKS_DEG + c + middle_deg) / level, 1).sum()
        - np.minimum(_heights(short, BEYOND_DEG + c + middle_deg) / level, 1).sum()
        for c in candidates
    ]
    turned = float(candidates[int(np.argmax(complete))])
    offs = [_tick(short, k + turned + middle_deg, 0.35, level) for k in TICKS_DEG]
    known = np.array([off for off in offs if off is not None])
    return turned + float(np.median(known)) if len(known) else turned


def _heights(ring: np.ndarray, angles_deg: np.ndarray) -> np.ndarray:
    """Return the maximum darkness within 0.2 degrees of each angle, (n,)."""
    near = np.arange(-round(0.2 / STEP_DEG), round(0.2 / STEP_DEG) + 1)
    heights: np.ndarray = ring[(np.round(angles_deg / STEP_DEG).astype(int)[:, None] + near) % CIRCLE].max(
        axis=1
    )
    return heights


def _tick(ring: np.ndarray, angle_deg: float, within_deg: float, level: float) -> float | None:
    """Return the offset of the nearest tick (its centroid) from an angle, degrees; None where no tick is found."""
    first = round(angle_deg / STEP_DEG)
    reach = round(within_deg / STEP_DEG)
    near = np.arange(first - reach, first + reach + 1)
    peak = near[int(ring[near % CIRCLE].argmax())]
    if ring[peak % CIRCLE] < 0.4 * level:
        return None
    around = np.arange(peak - 6, peak + 7)
    weight = ring[around % CIRCLE]
    return float((weight * around).sum() / weight.sum() * STEP_DEG - angle_deg)


def _by_lines(
    grey: np.ndarray, disk: Disk, usual_deg: float, axis_on_page_deg: float
) -> tuple[float, float, tuple[str, ...]] | None:
    angles, shares = _rays(grey, disk)
    if len(angles) < LEAST_LINES:
        return None
    quarters = np.array([0.0, 90.0, 180.0, 270.0])
    meanings = np.concatenate([quarters + axis_on_page_deg, quarters])
    worth = np.repeat([1.0, CELESTIAL_SHARE], 4)
    tried = _signed(angles[:, None] - meanings - usual_deg).ravel()
    tried = tried[np.abs(tried) <= SEARCH_DEG]
    if not len(tried):
        return None
    # Offset of each line from each possible meaning, for each rotation tried.
    off = _signed(angles[:, None, None] - usual_deg - tried[:, None] - meanings)
    meaning = np.abs(off).argmin(axis=2)
    nearest = np.take_along_axis(off, meaning[..., None], axis=2)[..., 0]
    explained = np.abs(nearest) <= EXPLAINED_DEG
    score = (shares[:, None] * worth[meaning] * explained).sum(axis=0) - TURN_COST * np.abs(tried)
    best = int(score.argmax())
    if explained[:, best].sum() < LEAST_LINES:
        return None
    mine = explained[:, best]
    turned = tried[best] + float(np.average(nearest[mine, best], weights=shares[mine]))
    spread = float(nearest[mine, best].std() / np.sqrt(mine.sum()))
    # A cross may be the solar or the celestial one; where both are likely, the uncertainty covers either.
    rivals = tried[(score > score[best] - DOUBT) & (np.abs(tried - tried[best]) > 2 * EXPLAINED_DEG)]
    doubt = float(np.abs(rivals - turned).min() / 2) if len(rivals) else 0.0
    return usual_deg + turned, float(np.hypot(np.hypot(HAND_DEG, spread), doubt)), (f"{mine.sum()} lines",)


def _rays(grey: np.ndarray, disk: Disk) -> tuple[np.ndarray, np.ndarray]:
    """Find straight lines from the centre to the limb: page angles (degrees) and the share of the radius drawn."""
    affine = page_to_model(disk, LINE_RADIUS_PX)
    side = round(2 * affine[:, :2].dot([disk.x, disk.y])[0] + 2 * affine[0, 2])
    shrink = LINE_RADIUS_PX / disk.radius
    smoothed = cv2.GaussianBlur(grey, (0, 0), 0.4 / shrink) if shrink < 0.8 else grey
    small = warp(smoothed, affine, (side, side))
    ink = cv2.morphologyEx(small, cv2.MORPH_BLACKHAT, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (9, 9)))
    angle = np.radians(np.arange(0, 360, 0.1))[:, None]
    r = np.linspace(*LINE_REACH, 300) * LINE_RADIUS_PX
    x, y = side / 2 - 0.5 + np.sin(angle) * r, side / 2 - 0.5 - np.cos(angle) * r
    rays = cv2.remap(ink, x.astype(np.float32), y.astype(np.float32), cv2.INTER_LINEAR)
    # A hand-drawn line misses the centre slightly, so it may wander by a quarter of a degree.
    inked = cv2.dilate((rays > 12).astype(np.uint8), np.ones((5, 1), np.uint8))
    share = inked.mean(axis=1)
    share = share - _smooth(share, 101)
    lines: list[int] = []
    for i in np.argsort(-share):
        if share[i] < LEAST_LINE:
            break
        if all(abs((i - j + 1800) % 3600 - 1800) > 20 for j in lines):
            lines.append(int(i))
    around = np.array(lines, int)[:, None] + np.arange(-6, 7)
    weight = np.clip(share[around % 3600], 0, None)
    return (weight * around).sum(axis=1) / np.maximum(weight.sum(axis=1), 1e-9) / 10, share[lines]


def _signed(angle_deg: np.ndarray) -> np.ndarray:
    """Wrap angles to [-180, 180)."""
    return (angle_deg + 180) % 360 - 180
