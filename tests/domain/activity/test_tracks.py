"""Groups tracked from day to day, on a Sun with known rotation."""

from __future__ import annotations

import numpy as np
import pytest

from sunspot_dash.domain.activity.tracks import TrackDays, TrackRule, describe_tracks, follow
from sunspot_dash.domain.sun.differential_rotation import carrington_drift_deg_per_day
from sunspot_dash.domain.sun.ephemeris import sun

START = np.datetime64("2001-03-01T09:00", "m")


def sky(latitudes, longitudes, times, noise_deg=0.0, faster=0.0):
    """Return (track days, group of each): groups by first Carrington longitude, seen within 75 degrees."""
    random = np.random.default_rng(0)
    times = np.asarray(times)
    elapsed = (times - times[0]).astype(float) / 1440
    l0 = sun(times).l0_deg
    rows = []
    for drawing, (time, days) in enumerate(zip(times, elapsed, strict=True)):
        for group, (b, lon) in enumerate(zip(latitudes, longitudes, strict=True)):
            now = lon + (float(carrington_drift_deg_per_day(b)) + faster) * days
            cmd = (now - l0[drawing] + 180) % 360 - 180
            if abs(cmd) < 75:
                error = random.normal(0, noise_deg, 2)
                rows.append((time, drawing, b + error[0], (now + error[1]) % 360, cmd + error[1], group))
    columns = [np.array(column) for column in zip(*rows, strict=True)]
    return TrackDays(columns[0], *columns[1:5]), columns[5]


def same(track, group):
    return len(set(zip(track.tolist(), group.tolist(), strict=True))) == len(set(group)) == len(set(track))


@pytest.mark.parametrize("latitude", [-32.0, 0.0, 14.0])
@pytest.mark.parametrize("faster", [0.0, 0.3, -0.3])
def test_the_rotation_rate(latitude, faster):
    times = START + 1440 * np.arange(12)
    track_days, _ = sky([latitude], [sun(START).l0_deg - 60], times, faster=faster)
    track = follow(track_days)
    assert set(track) == {0}
    (found,) = describe_tracks(track_days, track)
    known = 14.38 - 2.96 * np.sin(np.radians(latitude)) ** 2 + faster
    assert found.sidereal_deg_per_day == pytest.approx(known, abs=0.01)
    assert found.synodic_deg_per_day == pytest.approx(known - 0.986, abs=0.01)
    assert found.latitude_deg == pytest.approx(latitude) and found.drawings == len(track)
    # Meridian passage: its longitude equals that of the disk centre.
    assert found.meridian_seen
    moved = (found.meridian - START.astype("datetime64[s]")).astype(float) / 86400
    there = sun(START).l0_deg - 60 + (known - 14.1844) * moved
    assert (there - sun(found.meridian).l0_deg + 180) % 360 - 180 == pytest.approx(0, abs=0.5)
    assert found.rotation == int(sun(found.meridian).carrington_rotation)


def test_scatter_gives_an_uncertainty():
    track_days, _ = sky([10.0], [sun(START).l0_deg - 60], START + 1440 * np.arange(9), noise_deg=0.5)
    (found,) = describe_tracks(track_days, follow(track_days))
    known = 14.38 - 2.96 * np.sin(np.radians(10)) ** 2
    assert 0.02 < found.rate_sigma_deg_per_day < 0.15
    assert abs(found.sidereal_deg_per_day - known) < 3 * found.rate_sigma_deg_per_day


def test_many_groups_are_distinguished():
    random = np.random.default_rng(5)
    # One every 20 degrees on both sides of the equator, on irregular days with gaps of up to 3.
    longitudes = np.tile(np.arange(0, 360, 20), 2) + random.uniform(-4, 4, 36)
    latitudes = np.repeat([16.0, -14.0], 18) + random.uniform(-4, 4, 36)
    days = np.cumsum(random.choice([1, 1, 1, 2, 3], 9))
    track_days, group = sky(latitudes, longitudes, START + 1440 * days + random.integers(-90, 90, 9), 0.7)
    track = follow(track_days)
    # Groups enter at one limb and leave at the other within a passage; each is one track.
    assert same(track, group)
    mixed = random.permutation(len(track))
    moved = TrackDays(*(values[mixed] for values in vars(track_days).values()))
    assert follow(moved).tolist() == track[mixed].tolist()


def test_a_return_is_a_new_track():
    track_days, _ = sky([5.0], [sun(START).l0_deg], START + 1440 * np.arange(40))
    found = describe_tracks(track_days, follow(track_days))
    assert len(found) == 2 and found[1].rotation == found[0].rotation + 1
    assert (found[1].meridian - found[0].meridian).astype(float) / 86400 == pytest.approx(27, abs=0.4)


def test_a_long_gap_ends_a_track():
    times = START + 1440 * np.array([0, 1, 4, 5])
    track_days, _ = sky([5.0], [sun(START).l0_deg - 40], times)
    assert follow(track_days).tolist() == [0, 0, 0, 0]
    assert follow(track_days, TrackRule(longest_gap_days=2)).tolist() == [0, 0, 1, 1]


def test_the_nearer_of_two_groups_continues_the_track():
    l0 = float(sun(START).l0_deg)
    times = np.repeat(START + np.array([0, 60]), [1, 2])
    longitudes = np.array([l0, l0 + 5, l0 + 1]) % 360
    track_days = TrackDays(times, np.array([0, 1, 1]), np.full(3, 9.0), longitudes, np.array([0.0, 5, 1]))
    assert follow(track_days).tolist() == [0, 1, 0]


def test_a_group_seen_once_has_no_rate_but_a_meridian():
    track_days, _ = sky([20.0], [sun(START).l0_deg - 40], [START])
    (found,) = describe_tracks(track_days, follow(track_days))
    assert found.sidereal_deg_per_day is None and found.synodic_deg_per_day is None
    assert found.rate_sigma_deg_per_day is None and not found.meridian_seen
    assert (found.meridian - START).astype("timedelta64[s]").astype(float) / 86400 == pytest.approx(
        3.07, abs=0.05
    )


def test_no_groups_give_no_tracks():
    empty = TrackDays(np.zeros(0, "datetime64[m]"), np.zeros(0, int), np.zeros(0), np.zeros(0), np.zeros(0))
    assert follow(empty).tolist() == [] and describe_tracks(empty, follow(empty)) == []
    with pytest.raises(ValueError, match="cannot be tracked"):
        TrackDays(np.array([START]), np.array([0]), np.array([np.nan]), np.array([1.0]), np.array([1.0]))
    with pytest.raises(ValueError, match="values"):
        TrackDays(np.array([START]), np.array([0, 1]), np.array([1.0]), np.array([1.0]), np.array([1.0]))


@pytest.mark.parametrize("values", [{"longitude_deg": 0}, {"latitude_deg": 91}, {"longest_gap_days": 20}])
def test_a_rule_out_of_range_is_rejected(values):
    with pytest.raises(ValueError, match="track rule"):
        TrackRule(**values)
