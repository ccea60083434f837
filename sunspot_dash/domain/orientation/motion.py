"""Orientation check from spot motion: spots must move from east to west along their parallels, with the Sun's rotation.

Two drawings a few days apart show the same spots, moved by rotation. Each possible orientation (as set, mirrored,
rotated by quarter turns, with the other north up) is tried: spots are propagated from one drawing to the time of the
other, and the orientation under which they end up closest to observed spots is the most likely one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from sunspot_dash.domain.drawing.orientation import Orientation
from sunspot_dash.domain.sun.coordinates import disk_position, heliographic, separation_deg
from sunspot_dash.domain.sun.differential_rotation import synodic_deg_per_day
from sunspot_dash.domain.sun.ephemeris import Ephemeris, sun
from sunspot_dash.text import counted

# In less than half a day nothing moves enough; after four days most small spots have changed.
DAYS = (0.5, 4.0)
# Near the limb a small error of the limb fit is large on the Sun, and many spots are not drawn.
SEEN_WITHIN = 0.9
# Scatter of spots within a group: a spot that lands at this distance scores 0.61.
SCATTER_DEG = 2.5
PAIRS = 400
RESAMPLES = 500
# The best of 16 orientations wins by chance, too: a verdict needs a good and clearly better score.
SURE = 0.95
LEAST_SCORE = 0.25
LEAST_LEAD = 0.05
FEWEST_PAIRS = 3


@dataclass(frozen=True, eq=False)
class SeenSpots:
    """Spots of one drawing, positioned with the archive's orientation.

    Attributes:
        time: time of the drawing, datetime64 in UT.
        radius_fraction, position_angle_deg: (n,) float, as from `coordinates.from_page`.
        tilt_deg: tilt of the drawing already included in the position angles.
    """

    time: np.datetime64
    radius_fraction: np.ndarray
    position_angle_deg: np.ndarray
    tilt_deg: float = 0.0


@dataclass(frozen=True)
class RelativeOrientation:
    """An orientation relative to the one that is set.

    Attributes:
        mirrored: left and right are swapped relative to the setting.
        turned_deg: angle to add to position angles: 0, 90, 180 or 270.
        up: "celestial" or "solar", the north that points up.
    """

    mirrored: bool
    turned_deg: int
    up: str

    def angle_deg(self, spots: SeenSpots) -> np.ndarray:
        """Return the position angles of the spots under this orientation."""
        uncorrected = np.asarray(spots.position_angle_deg, np.float64) - spots.tilt_deg
        return (-uncorrected if self.mirrored else uncorrected) + spots.tilt_deg + self.turned_deg

    def applied(self, orientation: Orientation) -> Orientation:
        """Return the absolute orientation, given the one that is set."""
        mirrored = orientation.mirrored != self.mirrored
        tilt = (orientation.tilt_deg + self.turned_deg + 180.0) % 360 - 180
        return replace(orientation, mirrored=mirrored, tilt_deg=tilt, up=self.up)

    def describe(self, as_set: RelativeOrientation) -> str:
        """Return the differences to the setting, for example "mirrored and rotated by 180°"."""
        parts = ["mirrored"] if self.mirrored else []
        parts += [f"rotated by {self.turned_deg}°"] if self.turned_deg else []
        parts += [f"{self.up} north is up"] if self.up != as_set.up else []
        return " and ".join(parts) or "as set"


@dataclass(frozen=True)
class OrientationCheck:
    """Result of the orientation check.

    Attributes:
        as_set: the orientation that is set; best: the one that fits the spot motion best.
        verdict: "as set", "wrong" (another orientation fits significantly better) or "unsure".
        confidence: share of bootstrap samples of the pairs that support the verdict: that `best` beats the setting or,
            otherwise, that the setting beats every other mirroring or rotation.
        up_known: whether the samples distinguish celestial from solar north, which differ by P only.
        scores: agreement of propagated and observed spots, 0 to 1, per orientation, best first.
        pairs, spots: numbers of pairs of drawings compared, and of spots propagated.
    """

    as_set: RelativeOrientation
    best: RelativeOrientation
    verdict: str
    confidence: float
    up_known: bool
    scores: tuple[tuple[RelativeOrientation, float], ...]
    pairs: int
    spots: int

    def describe(self) -> str:
        """Return the verdict as a sentence."""
        basis = f"{counted(self.spots, 'spot')} on {counted(self.pairs, 'pair')} of drawings"
        if self.pairs < FEWEST_PAIRS:
            return f"too few drawings {DAYS[0]:g} to {DAYS[1]:g} days apart to determine the orientation ({basis})"
        if self.verdict == "unsure":
            return f"the orientation cannot be determined from the spot motion ({basis})"
        basis = f"{basis}, confidence {100 * self.confidence:.0f} %"
        if self.verdict == "as set":
            either = "" if self.up_known else "; celestial and solar north up are indistinguishable here"
            return f"the spots move with the Sun: the orientation is as set ({basis}){either}"
        return f"the orientation differs from the setting: {self.best.describe(self.as_set)} ({basis})"


def check_spot_motion(drawings: Sequence[SeenSpots], up: str = "celestial") -> OrientationCheck:
    """Compare all possible orientations of an archive's drawings.

    Args:
        drawings: in any order, with spot positions as set; those without spots or time are ignored.
        up: the north that points up, as set.
    """
    as_set = RelativeOrientation(False, 0, up)
    other = {"celestial": "solar", "solar": "celestial"}[up]
    candidates = [
        RelativeOrientation(*candidate)
        for candidate in product((False, True), (0, 90, 180, 270), (up, other))
    ]
    usable = sorted(
        (d for d in drawings if not np.isnat(d.time) and len(d.radius_fraction)), key=lambda d: d.time
    )
    landed, spots = [], 0
    ephemerides = sun(np.array([d.time for d in usable], "M8[us]"))
    for i, j in _pairs(np.array([d.time for d in usable], "M8[us]")):
        landing = _landing(candidates, (usable[i], usable[j]), (_at(ephemerides, i), _at(ephemerides, j)))
        if landing is not None:
            landed.append(landing[0])
            spots += landing[1]
    if not landed:
        return OrientationCheck(
            as_set, as_set, "unsure", 0.0, False, tuple((candidate, 0.0) for candidate in candidates), 0, 0
        )
    by_pair = np.array(landed)
    scores = by_pair.mean(axis=0)
    best = int(scores.argmax())
    redrawn = _redrawn(by_pair)
    wrong = float((redrawn[:, best] > redrawn[:, 0] + LEAST_LEAD).mean())
    differently_oriented = [
        k
        for k, candidate in enumerate(candidates)
        if (candidate.mirrored, candidate.turned_deg) != (False, 0)
    ]
    right = float((redrawn[:, 0] > redrawn[:, differently_oriented].max(axis=1) + LEAST_LEAD).mean())
    verdict, confidence = ("wrong", wrong) if wrong >= SURE else ("as set", right)
    if confidence < SURE or scores[best] < LEAST_SCORE or len(landed) < FEWEST_PAIRS:
        verdict = "unsure"
    best = best if verdict != "as set" else 0
    twin = candidates.index(replace(candidates[best], up=other if candidates[best].up == up else up))
    order = np.argsort(-scores, kind="stable")
    return OrientationCheck(
        as_set=as_set,
        best=candidates[best],
        verdict=verdict,
        confidence=confidence,
        up_known=bool((redrawn[:, best] > redrawn[:, twin] + LEAST_LEAD).mean() >= SURE),
        scores=tuple((candidates[i], float(scores[i])) for i in order),
        pairs=len(landed),
        spots=spots,
    )


def _pairs(times: np.ndarray) -> list[tuple[int, int]]:
    """Return index pairs of sorted times within DAYS of each other, at most PAIRS of them, evenly spaced."""
    pairs = []
    low, high = (np.timedelta64(round(days * 86400), "s") for days in DAYS)
    first = np.searchsorted(times, times + low, side="left")
    last = np.searchsorted(times, times + high, side="right")
    for i, (start, end) in enumerate(zip(first, last, strict=True)):
        pairs += [(i, int(j)) for j in range(start, end)]
    if len(pairs) > PAIRS:
        pairs = [pairs[k] for k in np.linspace(0, len(pairs) - 1, PAIRS).round().astype(int)]
    return pairs


def _landing(
    candidates: Sequence[RelativeOrientation],
    pair: tuple[SeenSpots, SeenSpots],
    ephemerides: tuple[Ephemeris, Ephemeris],
) -> tuple[np.ndarray, int] | None:
    """Return how well the spots of two drawings land on each other's, (orientations,), and how many were propagated."""
    places = [
        _places(candidates, spots, ephemeris) for spots, ephemeris in zip(pair, ephemerides, strict=True)
    ]
    days = (pair[1].time - pair[0].time) / np.timedelta64(1, "s") / 86400
    total, count = np.zeros(len(candidates)), np.zeros(len(candidates))
    for start, end, forward, ephemeris in ((0, 1, days, ephemerides[1]), (1, 0, -days, ephemerides[0])):
        latitude, cmd = places[start]
        to_latitude, to_cmd = places[end]
        carried = cmd + synodic_deg_per_day(latitude) * forward
        r, _, visible = disk_position(latitude, carried, 0, ephemeris.b0_deg, ephemeris.semidiameter_deg)
        seen = visible & (r < SEEN_WITHIN)
        apart = separation_deg(
            latitude[:, :, None], carried[:, :, None], to_latitude[:, None], to_cmd[:, None]
        )
        nearest = apart.min(axis=2, initial=180.0)
        total += np.where(seen, np.exp(-((nearest / SCATTER_DEG) ** 2) / 2), 0).sum(axis=1)
        count += seen.sum(axis=1)
    if not count.all():
        return None  # an orientation under which no spot stays visible has no score
    return total / count, int(count[0])


def _places(
    candidates: Sequence[RelativeOrientation], spots: SeenSpots, ephemeris: Ephemeris
) -> tuple[np.ndarray, np.ndarray]:
    """Return latitude and central meridian distance, (orientations, n) each, of spots not too close to the limb."""
    r = np.asarray(spots.radius_fraction, np.float64)
    inner = r < SEEN_WITHIN
    angle = np.stack([candidate.angle_deg(spots)[inner] for candidate in candidates])
    axis = np.array(
        [[0.0 if candidate.up == "solar" else float(ephemeris.p_deg)] for candidate in candidates]
    )
    found = heliographic(r[inner], angle, axis, ephemeris.b0_deg, 0.0, ephemeris.semidiameter_deg)
    return found.latitude_deg, found.cmd_deg


def _at(ephemerides: Ephemeris, i: int) -> Ephemeris:
    return Ephemeris(*(values[i] for values in vars(ephemerides).values()))


def _redrawn(by_pair: np.ndarray) -> np.ndarray:
    """Return mean scores (RESAMPLES, orientations) of bootstrap samples of the pairs (pairs, orientations)."""
    chosen = np.random.default_rng(0).integers(0, len(by_pair), (RESAMPLES, len(by_pair)))
    redrawn: np.ndarray = by_pair[chosen].mean(axis=1)
    return redrawn
