"""Consecutive days of one Sun: groups emerge, cross the disk from the east limb to the west, and decay."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from sunspot_dash.domain.sun.differential_rotation import carrington_drift_deg_per_day
from sunspot_dash.domain.sun.ephemeris import sun
from sunspot_dash.synthetic.drawing import MAX_SPOTS, Group, SyntheticDrawing, disk_place, draw
from sunspot_dash.synthetic.spots import Artist
from sunspot_dash.synthetic.styles import STYLES
from sunspot_dash.synthetic.view import View

STYLE = "modern"  # clean paper: quick to draw, and quick to search for spots
SCALE = 0.6  # its disk then has the radius at which the shipped model works
START = datetime.datetime(2023, 6, 1)  # within the years of the style, near the maximum of cycle 25
BIRTHS_PER_DAY = 1.0
LONGEST_LIFE_DAYS = 35.0
GROWTH = 0.3  # share of its life in which a group grows
GOLDEN_DEG = 137.508  # spreads the longitudes of successive groups evenly


@dataclass(frozen=True)
class Region:
    """A group over its life. Days count from the first drawing's midnight.

    Attributes:
        number: seeds its spots, so that they keep their places from day to day.
        latitude_deg, longitude_deg: heliographic latitude, and Carrington longitude when it emerged.
        born, lifetime: in days.
        peak: number of spots at its height.
    """

    number: int
    latitude_deg: float
    longitude_deg: float
    born: float
    lifetime: float
    peak: int

    def spots(self, day: float) -> int:
        """Return its number of spots: it grows quickly and decays slowly; 0 before and after its life."""
        age = (day - self.born) / self.lifetime
        if not 0 <= age < 1:
            return 0
        return max(1, round(self.peak * min(age / GROWTH, (1 - age) / (1 - GROWTH))))

    def longitude(self, day: float) -> float:
        """Return its Carrington longitude in degrees, which drifts with the rotation at its latitude."""
        return self.longitude_deg + float(carrington_drift_deg_per_day(self.latitude_deg)) * (day - self.born)


def make_regions(days: int, seed: int) -> list[Region]:
    """Return the regions that live on some of `days` days, on both sides of the Sun."""
    rng = np.random.default_rng([seed, days])
    span = days + LONGEST_LIFE_DAYS
    regions = []
    for number in range(round(BIRTHS_PER_DAY * span)):
        peak = 1 + int(rng.geometric(1 / rng.choice([2, 6, 14], p=[0.35, 0.4, 0.25])))
        regions.append(
            Region(
                number=number,
                latitude_deg=float(np.clip(rng.normal(17, 6), 4, 35) * (-1) ** number),
                longitude_deg=float(number * GOLDEN_DEG + rng.normal(0, 6)),
                born=float(rng.uniform(-LONGEST_LIFE_DAYS, days)),
                lifetime=float(min(4 + 1.6 * peak, LONGEST_LIFE_DAYS)),
                peak=min(peak, 30),
            )
        )
    return regions


def draw_month(days: int, seed: int, first: int = 0) -> Iterator[SyntheticDrawing]:
    """Draw the Sun on consecutive days from day `first` on; each day is the same whichever day is the first."""
    regions = make_regions(days, seed)
    for day in range(first, days):
        yield _draw_day(regions, day, seed)


def _draw_day(regions: Sequence[Region], day: int, seed: int) -> SyntheticDrawing:
    rng = np.random.default_rng([seed, day, 1])
    when = START + datetime.timedelta(days=day, minutes=int(rng.integers(420, 720)))
    ephemeris = sun(np.datetime64(when))
    look = STYLES[STYLE]
    height, width = round(look.height * SCALE), round(look.width * SCALE)
    view = View(
        *disk_place(rng, look, height, width),
        p=float(np.radians(ephemeris.p_deg)),
        b0=float(np.radians(ephemeris.b0_deg)),
    )
    now = (when - START) / datetime.timedelta(days=1)

    def groups(artist: Artist) -> list[Group]:
        return _draw_regions(artist, regions, now, float(ephemeris.l0_deg), seed)

    return draw(rng, STYLE, (height, width), view, when, groups)


def _draw_regions(
    artist: Artist, regions: Sequence[Region], now: float, l0_deg: float, seed: int
) -> list[Group]:
    """Draw the regions on the visible side; `now` in days."""
    own, boxes = artist.rng, []
    for region in regions:
        before = len(artist.spots.circles)
        count = min(region.spots(now), MAX_SPOTS - before)
        cmd = (region.longitude(now) - l0_deg + 180) % 360 - 180
        if not count or abs(cmd) > 90:
            continue
        artist.rng = np.random.default_rng([seed, region.number])  # the same spots every day
        box = artist.group(np.radians(region.latitude_deg), np.radians(cmd), count)
        if box is not None:
            boxes.append((box, len(artist.spots.circles) - before))
    artist.rng = own
    return boxes
