"""Heliographic positions compared with the Greenwich catalogue, with the labels as input.

    python benchmarks/coordinates.py

Drawings, labels and the catalogue (gYYYY.txt) are read from the folder `shared` beside the checkout. Nothing is fitted:
limb and centre come from `fit_limb`, north from the orientation of the archive. Controls show the same statistics for a
mirrored archive and without P.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sunspot_dash.domain.activity.areas import outline_areas
from sunspot_dash.domain.activity.groups import group_spots
from sunspot_dash.domain.drawing.disk import Disk, fit_limb
from sunspot_dash.domain.drawing.names import time_in_name
from sunspot_dash.domain.drawing.orientation import PRESETS, Orientation
from sunspot_dash.domain.labels.coco import load_coco, spot_polygons
from sunspot_dash.domain.labels.polygons import area_and_centroid
from sunspot_dash.domain.orientation.motion import OrientationCheck, SeenSpots, check_spot_motion
from sunspot_dash.domain.orientation.tilt_marks import MeasuredTilt, tilt_from_marks
from sunspot_dash.domain.scoring.agreement import correlation
from sunspot_dash.domain.sun.coordinates import from_page, heliographic, on_sun, separation_deg
from sunspot_dash.domain.sun.differential_rotation import carrington_drift_deg_per_day
from sunspot_dash.domain.sun.ephemeris import sun
from sunspot_dash.io.images import read_rgb, to_grey

SHARED = Path(__file__).resolve().parents[2] / "shared"
ALONE_DEG, ALONE_WITHIN_R, ALONE_MATCH_DEG, NEAR_DEG = 12.0, 0.93, 10.0, 8.0
DETECTIONS, DRAWINGS = 750_000, 25_000


@dataclass(frozen=True, eq=False)
class Drawing:
    """A labelled drawing: time (UT), limb, spot centres (n, 2) and outlines, and tilt from its marks."""

    name: str
    time: np.datetime64
    disk: Disk
    xy: np.ndarray
    outlines: list[np.ndarray]
    tilt: MeasuredTilt | None


@dataclass(frozen=True)
class Figures:
    """Distances of labelled spots to the nearest catalogue group, degrees.

    Attributes:
        spots, median_deg, near: all spots, their median distance, and the share within NEAR_DEG.
        alone, matched, alone_median_deg: isolated spots, those with a group within ALONE_MATCH_DEG, and the median
            distance of the latter.
    """

    spots: int
    median_deg: float
    near: float
    alone: int
    matched: int
    alone_median_deg: float

    def __str__(self) -> str:
        return (
            f"all {self.spots} spots: median {self.median_deg:.2f}°, {self.near:.1%} within {NEAR_DEG:g}°; "
            f"isolated {self.alone}: {self.matched} with a group within {ALONE_MATCH_DEG:g}°, their median "
            f"{self.alone_median_deg:.2f}°, {self.alone - self.matched} unmatched"
        )


@dataclass(frozen=True)
class Catalogue:
    """Groups by day: rows of (day of year with fraction, latitude, Carrington longitude, umbral area in MSH)."""

    rows: dict[np.datetime64, np.ndarray]
    years: frozenset[int]

    @classmethod
    def read(cls, folder: Path) -> Catalogue:
        """Read all years of the catalogue in a folder."""
        rows: dict[np.datetime64, list[tuple[float, float, float, float]]] = {}
        years = set()
        for path in sorted(folder.glob("g*.txt")):
            years.add(int(path.stem[1:5]))
            for line in path.read_text("latin-1").splitlines():
                if not line.strip():
                    continue
                month, day = int(line[4:6]), int(line[6:8])
                date = np.datetime64(f"{line[:4]}-{month:02}-{day:02}", "D")
                row = (float(line[8:12]), float(line[62:68]), float(line[56:62]), float(line[34:39]))
                rows.setdefault(date, []).append(row)
        return cls({date: np.array(values) for date, values in rows.items()}, frozenset(years))

    def groups(self, when: np.datetime64) -> np.ndarray:
        """Return latitude and Carrington longitude, (g, 2), of the day's groups, propagated to the time."""
        day = when.astype("M8[D]")
        rows = self.rows.get(day, np.empty((0, 4)))
        days = (when - day) / np.timedelta64(86400, "s") - rows[:, 0]
        return np.column_stack([rows[:, 1], rows[:, 2] + days * carrington_drift_deg_per_day(rows[:, 1])])


def labelled(
    shared: Path, wanted: Callable[[str], bool] = lambda name: True, tilts: bool = True
) -> list[Drawing]:
    """Return the labelled drawings that have spots."""
    coco = load_coco(shared / "uset" / "labelled" / "annotations" / "instances_default.json")
    drawings = []
    for name in sorted(coco.images):
        outlines = spot_polygons(coco.annotations.get(name, []))
        when = time_in_name(name)
        if outlines and when is not None and wanted(name):
            utc = np.datetime64(when.replace(tzinfo=None), "s")
            grey = to_grey(read_rgb(shared / "uset" / "labelled" / "images" / name))
            disk = fit_limb(grey)
            xy = np.array([area_and_centroid(outline)[1] for outline in outlines])
            tilt = tilt_from_marks(grey, disk, p_deg=float(sun(utc).p_deg)) if tilts else None
            drawings.append(Drawing(name, utc, disk, xy, outlines, tilt))
    return drawings


def distances(
    drawing: Drawing, catalogue: Catalogue, orientation: Orientation, p_known: bool = True
) -> tuple[np.ndarray, np.ndarray]:
    """Return each spot's distance to the nearest group, (n,) degrees (infinite if none), and which are isolated."""
    ephemeris = sun(drawing.time) if p_known else replace(sun(drawing.time), p_deg=np.zeros(()))
    found = on_sun(drawing.xy, drawing.disk, ephemeris, orientation)
    b, longitude = found.latitude_deg, found.carrington_longitude_deg
    groups = catalogue.groups(drawing.time)
    apart = separation_deg(b[:, None], longitude[:, None], groups[:, 0], groups[:, 1])
    neighbours = separation_deg(b[:, None], longitude[:, None], b, longitude)
    np.fill_diagonal(neighbours, np.inf)
    r = from_page(drawing.xy, drawing.disk)[0]
    alone = (neighbours.min(axis=1) > ALONE_DEG) & (r < ALONE_WITHIN_R)
    return apart.min(axis=1, initial=np.inf), alone


def compare(
    drawings: Sequence[Drawing],
    catalogue: Catalogue,
    orientation: Orientation = PRESETS["uset"],
    p_known: bool = True,
    own_tilt: bool = False,
) -> Figures:
    """Compare all drawings from the years of the catalogue."""
    each = []
    for drawing in drawings:
        if drawing.time.astype("M8[Y]").astype(int) + 1970 in catalogue.years:
            tilt = drawing.tilt.tilt_deg if own_tilt and drawing.tilt else orientation.tilt_deg
            each.append(distances(drawing, catalogue, replace(orientation, tilt_deg=tilt), p_known))
    apart, alone = (np.concatenate(parts) for parts in zip(*each, strict=True))
    matched = apart[alone & (apart <= ALONE_MATCH_DEG)]
    return Figures(
        spots=len(apart),
        median_deg=float(np.median(apart)),
        near=float((apart <= NEAR_DEG).mean()),
        alone=int(alone.sum()),
        matched=len(matched),
        alone_median_deg=float(np.median(matched)) if len(matched) else float("nan"),
    )


def check(drawings: Sequence[Drawing], said: Orientation) -> OrientationCheck:
    """Run the orientation check on an archive with an assumed orientation."""
    seen = [SeenSpots(d.time, *from_page(d.xy, d.disk, said), said.tilt_deg) for d in drawings]
    return check_spot_motion(seen, said.up)


def umbrae(drawings: Sequence[Drawing], catalogue: Catalogue) -> np.ndarray:
    """Return the umbral areas of labels and catalogue for each drawing, (d, 2), MSH."""
    return np.array(
        [
            (
                outline_areas(d.outlines, d.disk).corrected_msh.sum(),
                catalogue.rows[d.time.astype("M8[D]")][:, 3].sum(),
            )
            for d in drawings
            if d.time.astype("M8[D]") in catalogue.rows
        ]
    )


def speed() -> None:
    """Time coordinates, areas and groups of the detections of a whole archive."""
    random = np.random.default_rng(0)
    drawing = np.sort(random.integers(0, DRAWINGS, DETECTIONS))
    times = np.datetime64("1940-01-01T09:00", "m") + np.arange(DRAWINGS) * np.timedelta64(1, "D")
    r, angle = np.sqrt(random.uniform(0, 0.98, DETECTIONS)), random.uniform(0, 360, DETECTIONS)
    turn = np.linspace(0, 2 * np.pi, 12, endpoint=False)
    ring = 3 * np.column_stack([np.cos(turn), np.sin(turn)])
    disk = Disk(760.0, 800.0, 740.0, 0.9, 0.003, -0.002)
    outlines = [[ring + xy for xy in random.uniform(400, 1100, (30, 2))] for _ in range(DRAWINGS)]

    clock = Clock()
    ephemeris = sun(times)
    found = heliographic(r, angle, *(v[drawing] for v in list(vars(ephemeris).values())[:4]))
    clock.report("coordinates")
    for of_drawing in outlines:
        outline_areas(of_drawing, disk)
    clock.report("areas")
    group_spots(found.latitude_deg, found.cmd_deg, found.rho_deg, drawing)
    clock.report("groups")
    print(f"total {clock.spent:.1f} s on one core (target for coordinates and groups: 20 s on two)")


class Clock:
    """Wall and processor time between two calls."""

    def __init__(self) -> None:
        self.last = (time.perf_counter(), time.process_time())
        self.spent = 0.0

    def report(self, what: str) -> None:
        """Print the time since the last call."""
        now = (time.perf_counter(), time.process_time())
        wall, core = now[0] - self.last[0], now[1] - self.last[1]
        self.spent += core
        print(f"{what} of {DETECTIONS} detections: {wall:.2f} s, {core:.2f} s of the processor")
        self.last = (time.perf_counter(), time.process_time())


def main() -> None:
    drawings, catalogue = labelled(SHARED), Catalogue.read(SHARED / "rgo")
    uset, mirrored = PRESETS["uset"], Orientation(mirrored=False)
    print("targets: isolated spots' median 2.5° or less; all spots' 4° or less, 90 % within 8°\n")
    print("as set             ", compare(drawings, catalogue))
    print("control: mirrored  ", compare(drawings, catalogue, mirrored))
    print("control: P = 0     ", compare(drawings, catalogue, p_known=False))
    print("measured tilts     ", compare(drawings, catalogue, own_tilt=True))
    print()
    assumed = {"as set": uset, "mirrored": mirrored, "rotated by 180°": replace(uset, tilt_deg=180.0)}
    for said, orientation in assumed.items():
        print(f"orientation check, {said}: {check(drawings, orientation).describe()}")
    areas = umbrae(drawings, catalogue)
    ratio, r = areas[:, 0].sum() / areas[:, 1].sum(), correlation(areas[:, 0], areas[:, 1])
    print(f"\numbral areas: labels over catalogue {ratio:.2f}, r {r:.2f} over {len(areas)} drawings")
    print(f"tilt measured on {sum(d.tilt is not None for d in drawings)} of {len(drawings)} drawings\n")
    speed()


if __name__ == "__main__":
    main()
