"""The observers' own groups: the table, its totals, and spots in the boxes of groups."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from benchmarks.observer_groups import NO_GROUP, TABLE, ObserverGroup, group_of_spots, read_groups, totals
from sunspot_dash.io.totals import read_totals


def test_every_row_can_be_read_and_has_a_box_on_its_scan():
    groups = [group for found in read_groups().values() for group in found]
    assert len(groups) == 293 and len(read_groups()) == 51
    boxes = np.array([group.box for group in groups if group.box])
    assert len(boxes) == len(groups) and (boxes[:, :2] < boxes[:, 2:]).all() and (boxes >= 0).all()
    assert {group.type for group in groups} <= {*"ABCDEFGHJ", ""}
    with TABLE.open() as file:
        rows = list(csv.DictReader(file))
    assert rows == sorted(rows, key=lambda row: row["file"])
    for row in rows:
        assert not row["latitude"] or abs(float(row["latitude"])) < 60
        assert not row["longitude"] or 0 <= float(row["longitude"]) <= 361  # an observer wrote 361


def test_the_sums_are_those_that_the_observers_wrote(shared):
    ours, written = totals(), read_totals(shared / "observer_totals.csv").rows
    assert len(written) == 23
    for total in written:
        own = ours[total.file]
        for field in ("groups", "spots", "number"):
            assert getattr(total, field) in (None, getattr(own, field)), total.file


@pytest.mark.parametrize(
    ("xy", "expected"),
    [((15, 15), 1), ((5, 5), 0), ((31, 30), 0), ((36, 30), NO_GROUP), ((52, 52), 2), ((200, 9), NO_GROUP)],
)
def test_a_spot_belongs_to_the_smallest_box_around_it_or_to_the_nearest(xy, expected):
    boxes = [(0, 0, 30, 30), (10, 10, 20, 20), (50, 50, 60, 60)]
    groups = [ObserverGroup("", "", 1, box) for box in boxes] + [ObserverGroup("", "", 1, None)]
    assert group_of_spots(groups, np.array([xy], float), 740).tolist() == [expected]


def test_spots_of_the_labels_are_in_the_boxes_in_the_numbers_that_the_observers_wrote(shared):
    from sunspot_dash.domain.drawing.disk import fit_limb
    from sunspot_dash.domain.labels.coco import load_coco
    from sunspot_dash.io.images import read_rgb, to_grey
    from sunspot_dash.services.models.evaluation import truth_of

    coco = load_coco(shared / "labelled" / "annotations" / "instances_default.json")
    for name, outside in (("usd194006160900.jpg", 0), ("usd195604170830.bmp", 0), ("usd202409231140.jpg", 0)):
        spots = truth_of(name, coco)
        disk = fit_limb(to_grey(read_rgb(shared / "labelled" / "images" / name)))
        xy = np.array([(spot.x, spot.y) for spot in spots])
        group = group_of_spots(read_groups()[name], xy, disk.radius)
        assert (group == NO_GROUP).sum() == outside
        for number, one in enumerate(read_groups()[name]):
            assert abs((group == number).sum() - one.spots) <= max(1, 0.2 * one.spots)
