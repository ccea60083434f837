"""Whether an archive's drawings lie as set: spots must move east to west along their parallel, with the Sun.

Two drawings some days apart show the same spots, turned by the Sun's rotation. Each way in which a sheet could
lie (as set, mirrored, turned by quarter turns, with the other north up) is tried: the spots of one drawing are
carried along to the time of the other, and the way under which they land nearest to spots is the true one.
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

# Before half a day nothing has moved enough to tell; after four most small spots are others.
DAYS = (0.5, 4.0)
# Nearer to the limb a small error of the disk is a large one on the Sun, and many spots are not drawn.
SEEN_WITHIN = 0.9
# How far spots of a group scatter and wander: at this distance a landing counts 0.61.
SCATTER_DEG = 2.5
PAIRS = 400
RESAMPLES = 500
# Of 16 ways the best of pure chance seems better than any given one: sure takes a good and clearly better score.
SURE = 0.95
LEAST_SCORE = 0.25
LEAST_LEAD = 0.05
FEWEST_PAIRS = 3


@dataclass(frozen=True, eq=False)
class SeenSpots:
    """The spots of one drawing, as the archive's orientation places them.

    Attributes:
        time: when it was drawn, datetime64 in UT.
        radius_fraction, position_angle_deg: (n,) float, as of `coordinates.from_page`.
        tilt_deg: the sheet's tilt that the position angles hold already.
    """

    time: np.datetime64
    radius_fraction: np.ndarray
    position_angle_deg: np.ndarray
    tilt_deg: float = 0.0


@dataclass(frozen=True)
class Lie:
    """One way in which the sheets could lie, against how they are set.

    Attributes:
        mirrored: left and right are the other way round than set.
        turned_deg: to be added to position angles: 0, 90, 180 or 270.
        up: "celestial" or "solar", the north that is up.
    """

    mirrored: bool
    turned_deg: int
    up: str

    def angle_deg(self, spots: SeenSpots) -> np.ndarray:
        """The position angles that the spots have if the sheets lie like this."""
        on_sheet = np.asarray(spots.position_angle_deg, np.float64) - spots.tilt_deg
        return (-on_sheet if self.mirrored else on_sheet) + spots.tilt_deg + self.turned_deg

    def applied(self, orientation: Orientation) -> Orientation:
        """The orientation to set instead of `orientation`."""
        mirrored = orientation.mirrored != self.mirrored
        tilt = (orientation.tilt_deg + self.turned_deg + 180.0) % 360 - 180
        return replace(orientation, mirrored=mirrored, tilt_deg=tilt, up=self.up)


@dataclass(frozen=True)
class OrientationCheck:
    """What the motion of the spots says.

    Attributes:
        as_set: how the archive is set; best: the way that the spots' motion fits best.
        verdict: "as set", "wrong" (another way is surely better) or "unsure".
        confidence: share of random redraws of the pairs (bootstrap) that say the same: that `best` beats what is
            set, or where that is not so, that what is set beats every other way to mirror or turn the sheets.
        up_known: whether the redraws tell celestial from solar north, which differ by P alone.
        scores: how well spots land, 0 to 1, by way, best first.
        pairs, spots: pairs of drawings compared, and spots carried from one to the other.
    """

    as_set: Lie
    best: Lie
    verdict: str
    confidence: float
    up_known: bool
    scores: tuple[tuple[Lie, float], ...]
    pairs: int
    spots: int

    def words(self) -> str:
        """The verdict as a sentence."""
        seen = f"{counted(self.spots, 'spot')} on {counted(self.pairs, 'pair')} of drawings"
        if self.pairs < FEWEST_PAIRS:
            return (
                f"too few drawings {DAYS[0]:g} to {DAYS[1]:g} days apart to tell how the sheets lie ({seen})"
            )
        if self.verdict == "unsure":
            return f"how the sheets lie cannot be told from their spots' motion ({seen})"
        told = f"{seen}, {self.confidence:.0%} sure"
        if self.verdict == "as set":
            either = "" if self.up_known else "; celestial or solar north up makes no difference here"
            return f"the spots move with the Sun: the sheets lie as set ({told}){either}"
        return f"the sheets do not lie as set: {describe(self.best, self.as_set)} ({told})"


def describe(lie: Lie, as_set: Lie) -> str:
    """A way in words, against the setting, for example "mirrored and turned by 180°"."""
    told = ["mirrored"] if lie.mirrored else []
    told += [f"turned by {lie.turned_deg}°"] if lie.turned_deg else []
    told += [f"{lie.up} north is up"] if lie.up != as_set.up else []
    return " and ".join(told) or "as set"


def check_orientation(drawings: Sequence[SeenSpots], up: str = "celestial") -> OrientationCheck:
    """Compare all ways in which the sheets could lie.

    Args:
        drawings: in any order, with the spots' places as set; those without spots or time tell nothing.
        up: the north that is up, as set.
    """
    as_set = Lie(False, 0, up)
    other = {"celestial": "solar", "solar": "celestial"}[up]
    ways = [Lie(*way) for way in product((False, True), (0, 90, 180, 270), (up, other))]
    told = sorted(
        (d for d in drawings if not np.isnat(d.time) and len(d.radius_fraction)), key=lambda d: d.time
    )
    landed, spots = [], 0
    skies = sun(np.array([d.time for d in told], "M8[us]"))
    for i, j in _pairs(np.array([d.time for d in told], "M8[us]")):
        landing = _landing(ways, (told[i], told[j]), (_at(skies, i), _at(skies, j)))
        if landing is not None:
            landed.append(landing[0])
            spots += landing[1]
    if not landed:
        return OrientationCheck(as_set, as_set, "unsure", 0.0, False, tuple((way, 0.0) for way in ways), 0, 0)
    by_pair = np.array(landed)
    scores = by_pair.mean(axis=0)
    best = int(scores.argmax())
    redrawn = _redrawn(by_pair)
    wrong = float((redrawn[:, best] > redrawn[:, 0] + LEAST_LEAD).mean())
    lying_otherwise = [k for k, way in enumerate(ways) if (way.mirrored, way.turned_deg) != (False, 0)]
    right = float((redrawn[:, 0] > redrawn[:, lying_otherwise].max(axis=1) + LEAST_LEAD).mean())
    verdict, confidence = ("wrong", wrong) if wrong >= SURE else ("as set", right)
    if confidence < SURE or scores[best] < LEAST_SCORE or len(landed) < FEWEST_PAIRS:
        verdict = "unsure"
    best = best if verdict != "as set" else 0
    twin = ways.index(replace(ways[best], up=other if ways[best].up == up else up))
    order = np.argsort(-scores, kind="stable")
    return OrientationCheck(
        as_set=as_set,
        best=ways[best],
        verdict=verdict,
        confidence=confidence,
        up_known=bool((redrawn[:, best] > redrawn[:, twin] + LEAST_LEAD).mean() >= SURE),
        scores=tuple((ways[i], float(scores[i])) for i in order),
        pairs=len(landed),
        spots=spots,
    )


def _pairs(times: np.ndarray) -> list[tuple[int, int]]:
    """Index pairs of sorted times within DAYS of each other, at most PAIRS of them, evenly spread."""
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
    ways: Sequence[Lie], pair: tuple[SeenSpots, SeenSpots], skies: tuple[Ephemeris, Ephemeris]
) -> tuple[np.ndarray, int] | None:
    """How well the spots of each of two drawings land on the other's, (ways,), and how many were carried."""
    places = [_places(ways, spots, sky) for spots, sky in zip(pair, skies, strict=True)]
    days = (pair[1].time - pair[0].time) / np.timedelta64(1, "s") / 86400
    total, count = np.zeros(len(ways)), np.zeros(len(ways))
    for start, end, forward, sky in ((0, 1, days, skies[1]), (1, 0, -days, skies[0])):
        latitude, cmd = places[start]
        to_latitude, to_cmd = places[end]
        carried = cmd + synodic_deg_per_day(latitude) * forward
        r, _, visible = disk_position(latitude, carried, 0, sky.b0_deg, sky.semidiameter_deg)
        seen = visible & (r < SEEN_WITHIN)
        apart = separation_deg(
            latitude[:, :, None], carried[:, :, None], to_latitude[:, None], to_cmd[:, None]
        )
        nearest = apart.min(axis=2, initial=180.0)
        total += np.where(seen, np.exp(-((nearest / SCATTER_DEG) ** 2) / 2), 0).sum(axis=1)
        count += seen.sum(axis=1)
    if not count.all():
        return None  # a way under which no spot stays in sight has no score to compare
    return total / count, int(count[0])


def _places(ways: Sequence[Lie], spots: SeenSpots, sky: Ephemeris) -> tuple[np.ndarray, np.ndarray]:
    """Latitude and distance from the central meridian, (ways, n) each, of the spots not too near to the limb."""
    r = np.asarray(spots.radius_fraction, np.float64)
    inner = r < SEEN_WITHIN
    angle = np.stack([way.angle_deg(spots)[inner] for way in ways])
    axis = np.array([[0.0 if way.up == "solar" else float(sky.p_deg)] for way in ways])
    found = heliographic(r[inner], angle, axis, sky.b0_deg, 0.0, sky.semidiameter_deg)
    return found.latitude_deg, found.cmd_deg


def _at(skies: Ephemeris, i: int) -> Ephemeris:
    return Ephemeris(*(values[i] for values in vars(skies).values()))


def _redrawn(by_pair: np.ndarray) -> np.ndarray:
    """Mean scores (RESAMPLES, ways) of the pairs (pairs, ways) drawn anew with replacement."""
    chosen = np.random.default_rng(0).integers(0, len(by_pair), (RESAMPLES, len(by_pair)))
    redrawn: np.ndarray = by_pair[chosen].mean(axis=1)
    return redrawn
