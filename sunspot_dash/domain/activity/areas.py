"""Spot areas: projected, in millionths of the disk, and corrected for foreshortening.

A_MSD = 1e6 N / (pi R^2) and A_MSH = 1e6 / (2 pi R^2) sum 1 / cos(rho), over the N pixels of a spot on the round
disk (L. Gyori 1998, doi:10.1023/A:1005081621268). For an outline the sum becomes an integral over its polygon,
which needs no raster and avoids the pixel noise of spots of 3 px.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.spots.detections import Spot

# At the mean distance; the yearly variation changes an area by less than 0.1 %, except within 0.5 % R of the limb.
MEAN_SEMIDIAMETER = np.radians(0.2666)
# Beyond r = 0.9955 R an error of one pixel doubles the area, so the correction is capped at 10.
LEAST_COSINE = 0.1


@dataclass(frozen=True, eq=False)
class Areas:
    """Areas of spots, (n,) float64 each.

    Attributes:
        projected_msd: projected area, in millionths of the disk.
        corrected_msh: area on the Sun, in millionths of the hemisphere.
    """

    projected_msd: np.ndarray
    corrected_msh: np.ndarray


def spot_areas(spots: Sequence[Spot], disk: Disk) -> Areas:
    """Return the areas of spots from their outlines; a spot without an extended outline counts as one pixel."""
    areas = outline_areas([spot.outline for spot in spots], disk)
    degenerate = np.flatnonzero(areas.projected_msd <= 0)
    if len(degenerate):
        pixel = 1 / _det(disk)
        centres = np.array([[spots[i].x, spots[i].y] for i in degenerate.tolist()])
        areas.projected_msd[degenerate] = pixel * 1e6 / (np.pi * disk.radius**2)
        areas.corrected_msh[degenerate] = (
            pixel * 1e6 / (2 * np.pi * disk.radius**2) * area_correction(centres, disk)
        )
    return areas


def outline_areas(outlines: Sequence[np.ndarray], disk: Disk) -> Areas:
    """Return the areas of polygons (m, 2) in px of the drawing; 0 for fewer than three points.

    All polygons are split at once into triangles around their mean points, each weighted with the correction at its
    centroid. Signed triangle areas handle concave outlines.
    """
    counts = np.array([len(outline) for outline in outlines], np.int64)
    areas = Areas(np.zeros(len(counts)), np.zeros(len(counts)))
    used = np.flatnonzero(counts >= 3)
    if not len(used):
        return areas
    counts = counts[used]
    ends = np.cumsum(counts)
    starts = ends - counts
    following = np.arange(1, ends[-1] + 1)
    following[ends - 1] = starts
    x, y = disk.offsets(np.concatenate([outlines[i] for i in used.tolist()])).T / disk.radius
    middle_x, middle_y = (np.repeat(np.add.reduceat(v, starts) / counts, counts) for v in (x, y))
    ax, ay = x - middle_x, y - middle_y
    bx, by = ax[following], ay[following]
    signed = (ax * by - bx * ay) / 2
    r_squared = (middle_x + (ax + bx) / 3) ** 2 + (middle_y + (ay + by) / 3) ** 2
    areas.projected_msd[used] = np.abs(np.add.reduceat(signed, starts)) * 1e6 / np.pi
    corrected = np.add.reduceat(signed * _area_correction(r_squared), starts)
    areas.corrected_msh[used] = np.abs(corrected) * 1e6 / (2 * np.pi)
    return areas


def area_correction(xy: np.ndarray, disk: Disk) -> np.ndarray:
    """Return 1 / cos(rho) at points (n, 2) in px of the drawing, (n,) float64, at most 1 / LEAST_COSINE."""
    return _area_correction(((disk.offsets(xy) / disk.radius) ** 2).sum(axis=1))


def _area_correction(r_squared: np.ndarray) -> np.ndarray:
    """Return 1 / cos(rho) at (r / R)^2: rho = arcsin r - S r, where S is small enough for sin(S r) = S r."""
    cosine = np.sqrt(np.clip(1 - r_squared, 0, None)) + MEAN_SEMIDIAMETER * r_squared
    return 1 / np.maximum(cosine, LEAST_COSINE)


def _det(disk: Disk) -> float:
    """Return the area on the drawing of one square pixel of the round disk."""
    return float(np.linalg.det(disk.strain))
