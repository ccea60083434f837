"""Track groups over successive drawings with differential rotation.

A group is expected at its latitude, with its Carrington longitude shifted by the drift from `differential_rotation`.
Drawing by drawing, groups are paired with the tracks seen within the last `longest_gap_days`: as many pairs as
possible, then the smallest total distance (Hungarian assignment, H. W. Kuhn 1955, doi:10.1002/nav.3800020109), within

    (dL cos B / longitude_deg)^2 + (dB / latitude_deg)^2 <= 1.

A group that returns at the eastern limb after half a rotation starts a new track.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sunspot_dash.domain.sun.differential_rotation import (
    CARRINGTON_DEG_PER_DAY,
    EARTH_DEG_PER_DAY,
    carrington_drift_deg_per_day,
    synodic_deg_per_day,
)
from sunspot_dash.domain.sun.ephemeris import sun

# A passage from limb to limb takes 13.6 days; a longer gap could join two different groups.
LONGEST_PASSAGE_DAYS = 14.0
# Over a shorter span the slope is dominated by position errors.
SHORTEST_SPAN_DAYS = 0.9


@dataclass(frozen=True)
class TrackRule:
    """Limits within which a group counts as the same.

    Attributes:
        longitude_deg, latitude_deg: largest distance from the expected position, along the parallels (degrees of a
            great circle) and across them; it allows for spots that appear and decay.
        longest_gap_days: gap after which a track ends.

    Raises:
        ValueError: a value is out of range.
    """

    longitude_deg: float = 7.0
    latitude_deg: float = 4.0
    longest_gap_days: float = 3.5

    def __post_init__(self) -> None:
        if not (0 < self.longitude_deg <= 90 and 0 < self.latitude_deg <= 90):
            raise ValueError(f"track rule: {self}, expected 0 to 90 degrees")
        if not 0 < self.longest_gap_days < LONGEST_PASSAGE_DAYS:
            raise ValueError(
                f"track rule: a gap of {self.longest_gap_days} days, expected 0 to {LONGEST_PASSAGE_DAYS:g}: "
                "groups are not followed over the far side"
            )


@dataclass(frozen=True, eq=False)
class TrackDays:
    """Group positions on drawings, (n,) arrays, in any order.

    Attributes:
        times: datetime64 of the drawings, UT. drawing: int64, index of the drawing.
        latitude_deg, carrington_longitude_deg, cmd_deg: float64, finite, centres of the groups.

    Raises:
        ValueError: the arrays differ in length, or a value is missing.
    """

    times: np.ndarray
    drawing: np.ndarray
    latitude_deg: np.ndarray
    carrington_longitude_deg: np.ndarray
    cmd_deg: np.ndarray

    def __post_init__(self) -> None:
        lengths = [len(values) for values in vars(self).values()]
        if len(set(lengths)) > 1:
            raise ValueError(f"track days: arrays of {lengths} values differ in length")
        places = (self.latitude_deg, self.carrington_longitude_deg, self.cmd_deg)
        if not all(np.isfinite(values).all() for values in places) or np.isnat(self.times).any():
            raise ValueError("track days: a group without a time or a position cannot be tracked")

    @property
    def days(self) -> np.ndarray:
        """Return days since the first observation, (n,) float64."""
        times = self.times.astype("datetime64[s]")
        days: np.ndarray = (times - times.min()).astype(np.float64) / 86400 if len(times) else np.zeros(0)
        return days


def follow(track_days: TrackDays, rule: TrackRule = TrackRule()) -> np.ndarray:
    """Return the track of every group, (n,) int64, numbered from 0 in the order in which tracks begin."""
    days = track_days.days
    track = np.full(len(days), -1, np.int64)
    latest = np.zeros(0, np.int64)  # last observation of each open track
    tracks = 0
    order = np.lexsort((track_days.drawing, days))
    by_drawing = np.split(order, np.flatnonzero(np.diff(track_days.drawing[order])) + 1) if len(order) else []
    for here in by_drawing:
        latest = latest[days[here[0]] - days[latest] <= rule.longest_gap_days]
        seen, again = _pairs(track_days, days, latest, here, rule)
        track[here[again]] = track[latest[seen]]
        new = here[track[here] < 0]
        new = new[np.lexsort((track_days.latitude_deg[new], -track_days.cmd_deg[new]))]
        track[new] = np.arange(tracks, tracks + len(new))
        tracks += len(new)
        latest = np.concatenate([np.delete(latest, seen), here])
    return track


def _pairs(
    track_days: TrackDays, days: np.ndarray, latest: np.ndarray, here: np.ndarray, rule: TrackRule
) -> tuple[np.ndarray, np.ndarray]:
    """Pair open tracks (indices into `latest`) with groups on a drawing (indices into `here`)."""
    from scipy.optimize import linear_sum_assignment  # only where used: the web process starts without it

    b, lon = track_days.latitude_deg, track_days.carrington_longitude_deg
    elapsed = days[here[0]] - days[latest] if len(here) else np.zeros(0)
    expected = lon[latest] + carrington_drift_deg_per_day(b[latest]) * elapsed
    middle = np.radians((b[latest][:, None] + b[here]) / 2)
    along = ((lon[here] - expected[:, None] + 180) % 360 - 180) * np.cos(middle) / rule.longitude_deg
    distance = along**2 + ((b[here] - b[latest][:, None]) / rule.latitude_deg) ** 2
    # A forbidden pair costs more than all allowed pairs together, so the number of allowed pairs is maximised.
    far = float(distance.size + 1)
    rows, columns = linear_sum_assignment(np.where(distance <= 1, distance, far))
    near = distance[rows, columns] <= 1
    return rows[near], columns[near]


@dataclass(frozen=True)
class Track:
    """Passage of one group over the disk.

    Attributes:
        number: from `follow`. first, last: datetime64 of the first and last observation.
        drawings: number of drawings. latitude_deg: mean latitude of its centre.
        carrington_longitude_deg: mean, in [0, 360).
        sidereal_deg_per_day: sidereal rotation rate from Carrington longitudes; None if followed for less than a day.
        synodic_deg_per_day: the same rate as seen from the Earth, averaged over the year.
        rate_sigma_deg_per_day: uncertainty of the rate from the scatter; None with fewer than three drawings.
        meridian: datetime64 of central meridian passage, from the observed distances where they span a day, else from
            the rotation rate at its latitude; extrapolated where the passage was not observed.
        meridian_seen: whether the group was observed on both sides of the meridian.
        rotation: Carrington rotation number of that passage.
    """

    number: int
    first: np.datetime64
    last: np.datetime64
    drawings: int
    latitude_deg: float
    carrington_longitude_deg: float
    sidereal_deg_per_day: float | None
    synodic_deg_per_day: float | None
    rate_sigma_deg_per_day: float | None
    meridian: np.datetime64
    meridian_seen: bool
    rotation: int


def describe_tracks(track_days: TrackDays, track: np.ndarray) -> list[Track]:
    """Compute the properties of every track, in the order of their numbers; `track` is (n,) int64 from `follow`."""
    if not len(track):
        return []
    days = track_days.days
    order = np.lexsort((days, track))
    members = np.split(order, np.flatnonzero(np.diff(track[order])) + 1)
    zero = track_days.times.astype("datetime64[s]").min()
    crossings = np.array([_meridian_day(track_days, days, seen) for seen in members])
    meridians = zero + np.round(crossings * 86400).astype("timedelta64[s]")
    rotations = np.floor(sun(meridians).carrington_rotation).astype(int)
    return [
        _track(track_days, days, seen, int(track[seen[0]]), meridian, int(rotation))
        for seen, meridian, rotation in zip(members, meridians, rotations, strict=True)
    ]


def _track(
    track_days: TrackDays,
    days: np.ndarray,
    seen: np.ndarray,
    number: int,
    meridian: np.datetime64,
    rotation: int,
) -> Track:
    longitudes = np.degrees(np.unwrap(np.radians(track_days.carrington_longitude_deg[seen])))
    slope, sigma = _slope(days[seen], longitudes)
    sidereal = None if slope is None else CARRINGTON_DEG_PER_DAY + slope
    cmd = track_days.cmd_deg[seen]
    return Track(
        number=number,
        first=track_days.times[seen[0]],
        last=track_days.times[seen[-1]],
        drawings=len(np.unique(track_days.drawing[seen])),
        latitude_deg=float(track_days.latitude_deg[seen].mean()),
        carrington_longitude_deg=float(longitudes.mean() % 360 % 360),
        sidereal_deg_per_day=sidereal,
        synodic_deg_per_day=None if sidereal is None else sidereal - EARTH_DEG_PER_DAY,
        rate_sigma_deg_per_day=sigma,
        meridian=meridian,
        meridian_seen=bool(cmd.min() <= 0 <= cmd.max()),
        rotation=rotation,
    )


def _meridian_day(track_days: TrackDays, days: np.ndarray, seen: np.ndarray) -> float:
    cmd = track_days.cmd_deg[seen]
    slope, _ = _slope(days[seen], cmd)
    # A group that gains or loses spots jumps; that must not move its passage by days.
    expected = float(synodic_deg_per_day(track_days.latitude_deg[seen].mean()))
    if slope is None or abs(slope - expected) > 0.25 * expected:
        slope = expected
    return float(days[seen].mean() - cmd.mean() / slope)


def _slope(days: np.ndarray, degrees: Sequence[float] | np.ndarray) -> tuple[float | None, float | None]:
    """Return the least-squares slope and its sigma; None where the time span or the number of points is too small."""
    if len(days) < 2 or np.ptp(days) < SHORTEST_SPAN_DAYS:
        return None, None
    t, y = days - days.mean(), np.asarray(degrees, np.float64)
    slope = float(t @ y / (t @ t))
    if len(days) < 3:
        return slope, None
    left = y - y.mean() - slope * t
    return slope, float(np.sqrt(left @ left / (len(days) - 2) / (t @ t)))
