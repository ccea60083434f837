"""How far groups are from those of the Greenwich catalogue, compared with the predicted uncertainty.

    python benchmarks/positions.py

The groups are the observers' own (`observer_groups.csv`) on labelled drawings, at the mean of their labels, weighted by
area; each is compared with the nearest group of the catalogue of the day, rotated to the time of the drawing, if that
is within NEAR_DEG and no other group of either side is. The error of the place on the drawing is fitted on all other
date blocks.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.coordinates import Catalogue
from benchmarks.group_rule import setting_of
from benchmarks.judge import interval
from benchmarks.observer_groups import in_observers_groups, read_groups
from benchmarks.recipe import ANNOTATIONS, FOLDS, IMAGES, SHARED
from sunspot_dash.domain.activity.observation import observations
from sunspot_dash.domain.drawing.disk import fit_limb
from sunspot_dash.domain.labels.coco import Coco, load_coco
from sunspot_dash.domain.spots.detections import DrawingResult
from sunspot_dash.domain.sun.coordinates import axis_deg, disk_position, separation_deg
from sunspot_dash.domain.sun.ephemeris import Ephemeris
from sunspot_dash.domain.sun.position_error import PositionErrors, position_uncertainty
from sunspot_dash.io.images import read_rgb, to_grey
from sunspot_dash.services.models.evaluation import truth_of

NEAR_DEG = 10.0
DRAWN = [round(0.001 * i, 3) for i in range(2, 41)]


@dataclass(frozen=True)
class Pair:
    """A group and that of the catalogue: their differences, and the place on the disk."""

    name: str
    latitude_deg: float
    longitude_deg: float
    radius_fraction: float
    position_angle_deg: float
    axis_deg: float
    ephemeris: Ephemeris


def pairs_of(name: str, coco: Coco, catalogue: Catalogue) -> list[Pair]:
    """Return the groups of a drawing that have one of the catalogue beside them."""
    groups, spots = read_groups().get(name, []), tuple(truth_of(name, coco))
    grey = to_grey(read_rgb(IMAGES / name))
    disk = fit_limb(grey)
    height, width = grey.shape
    result = DrawingResult(name, width, height, disk, spots, "labels", "labels", "labels", 0.0, 0.0)
    orientation, when = setting_of(result, SHARED)
    theirs = catalogue.groups(when)
    if not groups or not spots or not len(theirs):
        return []
    (seen,) = observations([(result, orientation, when)])
    ours = in_observers_groups(seen, groups, disk.radius).groups
    axis = float(axis_deg(seen.ephemeris.p_deg, orientation))
    r, angle, _ = disk_position(
        ours.latitude_deg, ours.cmd_deg, axis, seen.ephemeris.b0_deg, seen.ephemeris.semidiameter_deg
    )
    longitude = (seen.ephemeris.l0_deg + ours.cmd_deg) % 360
    apart = separation_deg(ours.latitude_deg[:, None], longitude[:, None], theirs[:, 0], theirs[:, 1])
    near = apart <= NEAR_DEG
    found = []
    for i, j in zip(*np.nonzero(near), strict=True):
        if near[i].sum() == near[:, j].sum() == 1:
            off = (longitude[i] - theirs[j, 1] + 180) % 360 - 180
            found.append(
                Pair(
                    name,
                    float(ours.latitude_deg[i] - theirs[j, 0]),
                    float(off),
                    float(r[i]),
                    float(angle[i]),
                    axis,
                    seen.ephemeris,
                )
            )
    return found


def ratios(pairs: Sequence[Pair], errors: PositionErrors) -> np.ndarray:
    """Return the differences over their predicted uncertainty, (n, 2): latitude, longitude."""
    rows = []
    for one in pairs:
        sigma = position_uncertainty(
            [one.radius_fraction], [one.position_angle_deg], one.axis_deg, one.ephemeris, errors
        )
        rows.append((one.latitude_deg / sigma.latitude_deg[0], one.longitude_deg / sigma.longitude_deg[0]))
    return np.array(rows).reshape(-1, 2)


def fitted(pairs: Sequence[Pair]) -> PositionErrors:
    """Return the errors with which 68 % of the differences are within one standard deviation."""
    shares = [np.mean(np.abs(ratios(pairs, PositionErrors(drawn=drawn))) <= 1) for drawn in DRAWN]
    return PositionErrors(drawn=DRAWN[int(np.argmin(np.abs(np.array(shares) - 0.683)))])


def main() -> None:
    coco, catalogue = load_coco(ANNOTATIONS), Catalogue.read(SHARED.parent / "rgo")
    folds = [[pair for name in fold for pair in pairs_of(name, coco, catalogue)] for fold in FOLDS]
    used, names, sizes = [], [], []
    for number, fold in enumerate(folds):
        if not fold:
            continue
        errors = fitted([one for k, some in enumerate(folds) if k != number for one in some])
        used.append(ratios(fold, errors))
        names += [one.name for one in fold]
        sizes += [(one.latitude_deg, one.longitude_deg) for one in fold]
        print(f"fold {number}: {len(fold)} groups, drawn {errors.drawn}")
    found, off = np.vstack(used), np.abs(np.array(sizes))
    everywhere = fitted([one for fold in folds for one in fold])
    print(f"{len(found)} groups on {len(set(names))} drawings; all: drawn {everywhere.drawn}")
    for axis, what in enumerate(("latitude", "longitude")):
        print(f"{what}: median difference {np.median(off[:, axis]):.2f} degrees")
        for times in (1, 2):
            inside = np.abs(found[:, axis]) <= times
            low, high = interval(inside, names, lambda some: float(np.mean(some)) if some else None)
            print(f"  within {times} sigma: {inside.mean():.0%} ({low:.0%} to {high:.0%})")


if __name__ == "__main__":
    main()
