"""The orientation check: synthetic archives in every wrong orientation, and the real labels, mirrored."""

import time
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from sunspot_dash.domain.drawing.disk import Disk, fit_limb
from sunspot_dash.domain.drawing.names import time_in_name
from sunspot_dash.domain.drawing.orientation import PRESETS, Orientation
from sunspot_dash.domain.labels.coco import load_coco, spot_polygons
from sunspot_dash.domain.labels.polygons import area_and_centroid
from sunspot_dash.domain.orientation.motion import RelativeOrientation, SeenSpots, check_spot_motion
from sunspot_dash.domain.sun.coordinates import axis_deg, disk_position, from_page, to_page
from sunspot_dash.domain.sun.differential_rotation import carrington_drift_deg_per_day
from sunspot_dash.domain.sun.ephemeris import sun
from sunspot_dash.io.images import read_rgb, to_grey

DISK = Disk(760.0, 800.0, 740.0, 0.9, 0.004, -0.003)
USET = PRESETS["uset"]


def archive(
    orientation: Orientation,
    read_as: Orientation = USET,
    start: str = "1948-08-20T08:00",
    days: int = 12,
    seed: int = 0,
) -> list[SeenSpots]:
    """Drawings of a Sun with differential rotation, made in one orientation and read in another."""
    random = np.random.default_rng(seed)
    latitude = random.uniform(6, 28, 24) * random.choice([-1, 1], 24)
    longitude = random.uniform(0, 360, 24)
    drawings = []
    for day in range(days):
        when = np.datetime64(start, "s") + np.timedelta64(
            86400 * day + int(random.integers(-7000, 7000)), "s"
        )
        sky = sun(when)
        # Each day a third of the groups, chosen at random, is missing; the others have two to seven new spots each.
        there = np.repeat(np.arange(24), random.integers(2, 8, 24) * (random.random(24) > 0.33))
        b = latitude[there] + random.normal(0, 0.8, len(there))
        drift = carrington_drift_deg_per_day(latitude[there]) * day
        cmd = longitude[there] + drift + random.normal(0, 2, len(there)) - sky.l0_deg
        p = axis_deg(sky.p_deg, orientation)
        r, angle, visible = disk_position(b, cmd, p, sky.b0_deg, sky.semidiameter_deg)
        xy = to_page(r[visible], angle[visible], DISK, orientation)
        drawings.append(SeenSpots(when, *from_page(xy, DISK, read_as), read_as.tilt_deg))
    return drawings


def turned(orientation: Orientation) -> Orientation:
    return Orientation(orientation.mirrored, orientation.tilt_deg % 360, orientation.up)


@pytest.mark.parametrize(
    "orientation",
    [Orientation(*way) for way in product((True, False), (0, 90, 180, 270), ("celestial", "solar"))],
    ids=str,
)
def test_every_wrong_orientation_is_identified(orientation):
    check = check_spot_motion(archive(orientation))
    assert check.verdict == ("as set" if orientation == USET else "wrong"), check.describe()
    assert turned(check.best.applied(USET)) == orientation
    assert check.up_known and check.confidence > 0.99 and check.pairs >= 20
    assert check.scores[0][0] == check.best and check.scores[0][1] > 0.5


@pytest.mark.parametrize(
    "read_as", [Orientation(False), Orientation(True, 180.0), Orientation(False, 90.0, "solar")]
)
def test_the_correction_gives_the_true_orientation_whatever_is_set(read_as):
    check = check_spot_motion(archive(USET, read_as), read_as.up)
    assert check.verdict == "wrong" and turned(check.best.applied(read_as)) == USET
    assert not check_spot_motion(archive(read_as, read_as), read_as.up).best.mirrored
    assert check_spot_motion(archive(read_as, read_as), read_as.up).verdict == "as set"


def test_the_description_names_the_orientation():
    check = check_spot_motion(archive(Orientation(mirrored=False)))
    assert check.describe().startswith("the orientation differs from the setting: mirrored (")
    relative = RelativeOrientation(True, 180, "solar")
    assert relative.describe(check.as_set) == "mirrored and rotated by 180° and solar north is up"
    assert "as set" in check_spot_motion(archive(USET)).describe()


def test_celestial_and_solar_north_agree_where_p_is_zero():
    check = check_spot_motion(archive(USET, start="1948-07-03T08:00", days=8))
    assert check.verdict != "wrong"
    assert not check.up_known
    mirrored = check_spot_motion(archive(Orientation(mirrored=False), start="1948-07-03T08:00", days=8))
    assert mirrored.verdict == "wrong" and mirrored.best.mirrored != (mirrored.best.turned_deg == 180)


@pytest.mark.parametrize("seed", range(8))
def test_random_spots_give_no_verdict(seed):
    random = np.random.default_rng(seed)
    drawings = [
        SeenSpots(
            np.datetime64("1948-08-20", "D") + np.timedelta64(day, "D"),
            np.sqrt(random.uniform(0, 0.9, 30)),
            random.uniform(0, 360, 30),
        )
        for day in range(10)
    ]
    check = check_spot_motion(drawings)
    assert check.verdict == "unsure", check.describe()
    assert "cannot be determined" in check.describe()


def test_too_few_drawings_give_no_verdict():
    drawings = archive(USET)
    for few in ([], drawings[:2], [drawings[0], drawings[9]]):
        check = check_spot_motion(few)
        assert check.verdict == "unsure" and "too few drawings" in check.describe()
        assert not check.best.mirrored
    nothing = SeenSpots(np.datetime64("NaT"), np.ones(3), np.ones(3))
    blank = SeenSpots(drawings[0].time, np.empty(0), np.empty(0))
    assert check_spot_motion([nothing, blank, *drawings]).pairs == check_spot_motion(drawings).pairs


@pytest.mark.parametrize("read_as", [USET, Orientation(mirrored=False)], ids=["as set", "mirrored"])
def test_false_alarms_do_not_hide_the_orientation(read_as):
    """Random spots, as many as real ones, as a poor model would find."""
    random = np.random.default_rng(0)
    drawings = []
    for seen in archive(USET, read_as):
        more = len(seen.radius_fraction)
        r = np.append(seen.radius_fraction, np.sqrt(random.uniform(0, 1, more)))
        angle = np.append(seen.position_angle_deg, random.uniform(0, 360, more))
        drawings.append(SeenSpots(seen.time, r, angle))
    check = check_spot_motion(drawings)
    assert check.verdict == ("as set" if read_as == USET else "wrong") and check.best.mirrored == (
        read_as != USET
    )


def test_order_does_not_matter_and_a_long_archive_is_sampled():
    drawings = archive(USET, days=300)
    began = time.process_time()
    check = check_spot_motion(drawings[::-1])
    assert time.process_time() - began < 10  # 2 s
    assert check.pairs == 400 and check.verdict == "as set"


@pytest.fixture(scope="module")
def labelled(shared: Path) -> list[tuple[np.datetime64, Disk, np.ndarray]]:
    """Time, limb and spots (n, 2) of the labelled drawings of September 1941 and August 1948."""
    coco = load_coco(shared / "labelled/annotations/instances_default.json")
    found = []
    for name in sorted(coco.images):
        if name.startswith(("usd194109", "usd1948")):
            outlines = spot_polygons(coco.annotations.get(name, []))
            when = time_in_name(name)
            assert when is not None
            disk = fit_limb(to_grey(read_rgb(shared / "labelled/images" / name)))
            xy = np.array([area_and_centroid(outline)[1] for outline in outlines])
            found.append((np.datetime64(when.replace(tzinfo=None)), disk, xy))
    return found


@pytest.mark.parametrize(
    ("read_as", "named"),
    [
        (USET, "as set"),
        (PRESETS["direct"], "mirrored"),
        (Orientation(True, 180), "rotated by 180°"),
        (Orientation(up="solar"), "celestial north is up"),
    ],
    ids=["as set", "mirrored", "turned", "solar"],
)
def test_a_mirrored_archive_is_detected(labelled, read_as, named):
    drawings = [
        SeenSpots(when, *from_page(xy, disk, read_as), read_as.tilt_deg) for when, disk, xy in labelled
    ]
    check = check_spot_motion(drawings, read_as.up)
    assert check.best.describe(check.as_set) == named, check.describe()
    assert check.verdict == ("as set" if read_as == USET else "wrong")
    assert check.confidence > 0.99 and check.pairs >= 12 and check.scores[0][1] > 0.6
