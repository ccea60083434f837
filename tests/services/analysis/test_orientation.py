"""The orientation check on the index: its verdict, its speed, and a new check when the index changes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sunspot_dash.domain.drawing.orientation import PRESETS, Orientation
from sunspot_dash.domain.orientation.motion import check_spot_motion
from sunspot_dash.domain.sun.coordinates import disk_position
from sunspot_dash.domain.sun.differential_rotation import synodic_deg_per_day
from sunspot_dash.domain.sun.ephemeris import sun
from sunspot_dash.services.analysis import orientation
from sunspot_dash.services.analysis.orientation import verdict
from sunspot_dash.services.catalogue.catalogue import Catalogue, key_of
from sunspot_dash.workspace import Workspace

START = np.datetime64("1956-03-01T09:00", "m")
RESULT = (
    "insert into result (model, key, name, date, time, file, stamp, spots, threshold, disk_confidence, by_hand) "
    f"values ({', '.join('?' * 11)})"
)


def fill(catalogue: Catalogue, drawings: int, orientation: Orientation, spots: int = 12) -> None:
    """An index of daily drawings whose spots rotate with the Sun, read in the orientation of USET."""
    random = np.random.default_rng(3)
    latitude = random.uniform(-30, 30, (drawings // 20 + 1, spots))
    born = random.uniform(-60, -20, latitude.shape)
    results, found = [], []
    skies = sun(START + np.arange(drawings) * np.timedelta64(1440, "m"))
    for i in range(drawings):
        when = START + i * np.timedelta64(1440, "m")
        date, clock = str(when).split("T")
        name = f"usd{date.replace('-', '')}0900.png"
        b = latitude[i // 20]
        cmd = born[i // 20] + synodic_deg_per_day(b) * (i % 20 % 8)
        axis = 0.0 if orientation.up == "solar" else skies.p_deg[i]
        r, angle, _ = disk_position(b, cmd, axis, skies.b0_deg[i], skies.semidiameter_deg[i])
        angle = (angle if orientation.mirrored else -angle) + orientation.tilt_deg
        key = key_of(name)
        results.append(
            ("m", key, name, date, clock, name, 1, spots, 0.5, 1.0, 0),
        )
        found += [
            ("m", key, n, date, 0, 0, float(r[n]), float(angle[n] % 360), 9, 0.9, *(None,) * 5)
            for n in range(spots)
        ]
    with catalogue.open() as database:
        database.execute("delete from result")
        database.execute("delete from spot")
        database.executemany(RESULT, results)
        database.executemany(f"insert into spot values ({', '.join('?' * 15)}, null, null)", found)


@pytest.fixture
def catalogue(tmp_path) -> Catalogue:
    return Catalogue(Workspace(tmp_path / "data").create())


def test_as_set_mirrored_and_rotated_archives_are_reported(catalogue):
    fill(catalogue, 60, PRESETS["uset"])
    assert verdict(catalogue, "m").text.startswith("Orientation: as set (confidence 100%")
    fill(catalogue, 60, PRESETS["direct"])
    found = verdict(catalogue, "m")
    assert (found.level, found.preset) == ("warning", "direct")
    assert "mirrored" in found.text and "Choose direct" in found.text
    fill(catalogue, 60, PRESETS["uset-solar"])
    assert verdict(catalogue, "m").preset == "uset-solar"
    fill(catalogue, 60, replace(PRESETS["uset"], tilt_deg=180))
    found = verdict(catalogue, "m")
    assert (found.level, found.preset) == ("warning", "")
    assert "rotated by 180°" in found.text and "No preset matches" in found.text


def test_there_is_no_verdict_without_results(catalogue):
    assert verdict(catalogue, "").level == ""
    assert "too few drawings" in verdict(catalogue, "m").text
    fill(catalogue, 1, PRESETS["uset"])
    assert "too few drawings" in verdict(catalogue, "m").text


def test_a_sample_of_a_long_series_is_compared_once(catalogue, monkeypatch):
    fill(catalogue, 500, PRESETS["uset"])
    compared = []

    def compare(drawings, up):
        compared.append(len(drawings))
        return check_spot_motion(drawings, up)

    monkeypatch.setattr(orientation, "check_spot_motion", compare)
    assert verdict(catalogue, "m").level == "plain"
    assert verdict(catalogue, "m").level == "plain"
    assert len(compared) == 1 and orientation.MOST_PAIRS < compared[0] <= 2 * orientation.MOST_PAIRS
