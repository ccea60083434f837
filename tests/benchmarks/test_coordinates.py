"""Positions of the real labels against the Greenwich catalogue, with the benchmark's limits and controls."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.coordinates import Catalogue, Drawing, check, compare, labelled
from sunspot_dash.domain.drawing.orientation import PRESETS, Orientation

MIRRORED = Orientation(mirrored=False)


@pytest.fixture(scope="module")
def catalogue(shared: Path) -> Catalogue:
    folder = shared.parent / "rgo"
    if not folder.is_dir():
        pytest.skip("the Greenwich catalogue (../shared/rgo) is not on this machine")
    return Catalogue.read(folder)


@pytest.fixture(scope="module")
def drawings(shared: Path) -> list[Drawing]:
    """The labelled drawings of the years that the catalogue covers."""
    return labelled(shared.parent, lambda name: name < "usd1957", tilts=False)


def test_the_catalogue_is_read_by_its_columns(tmp_path):
    line = "1956 417.354   1746401 5   49  313   27  170 0.386 103.3   2.4  -8.1 -22.3"
    (tmp_path / "g1956.txt").write_text(f"\n{line}\n")
    found = Catalogue.read(tmp_path)
    day = np.datetime64("1956-04-17")
    assert found.rows[day].tolist() == [[0.354, -8.1, 2.4, 27]]
    assert found.groups(np.datetime64("1956-04-17T08:30")) == pytest.approx(
        np.array([[-8.1, 2.4]]), abs=0.001
    )
    assert found.groups(np.datetime64("1956-04-18T08:30")).shape == (0, 2)


def test_labels_coincide_with_groups_of_the_catalogue(drawings, catalogue):
    figures = compare(drawings, catalogue)
    assert figures.spots > 1200 and figures.matched >= 12
    assert figures.alone_median_deg <= 2.5
    assert figures.median_deg <= 4
    assert figures.near >= 0.90


@pytest.mark.parametrize(
    ("orientation", "p_known", "median", "near"),
    [(MIRRORED, True, 10, 0.35), (PRESETS["uset"], False, 6, 0.65)],
)
def test_the_controls_are_far_worse(drawings, catalogue, orientation, p_known, median, near):
    figures = compare(drawings, catalogue, orientation, p_known)
    assert figures.median_deg > median and figures.near < near


def test_the_orientation_check_agrees(drawings):
    assert check(drawings, PRESETS["uset"]).verdict == "as set"
    mirrored = check(drawings, MIRRORED)
    assert mirrored.verdict == "wrong" and mirrored.best.applied(MIRRORED) == PRESETS["uset"]
