"""Retrain with corrections from the page Review, up to the accepted job."""

from __future__ import annotations

import re

from jobs.recovery import open_ledger
from sunspot_dash.domain.review.gestures import Act
from sunspot_dash.services.review.record import Intent, record
from tests.web.dashboards import wait_until


def test_reviewed_drawings_are_previewed_and_a_training_from_the_corrected_model_is_queued(
    dashboard, open_page
):
    space = dashboard.space
    page = open_page(dashboard.url + "/review")
    opener = page.get_by_role("button", name="Retrain", exact=True)
    opener.click()
    drawer = page.get_by_role("dialog", name="Retrain with these corrections")
    start = drawer.get_by_role("button", name="Start training")
    drawer.get_by_text("No drawing is marked as reviewed").wait_for()
    assert start.is_disabled()
    drawer.get_by_role("button", name="Close").click()
    names = sorted(path.name for path in space.images.iterdir())[:2]
    for name in names:
        record(space, "uset", name, Intent("Ada", Act.FINISH))
    opener.click()
    drawer.get_by_text(
        re.compile(
            "2 reviewed drawings: 2 to train on, 0 kept apart; 3 labelled drawings replayed. Duration:"
        )
    ).wait_for()
    drawer.get_by_text("fewer than 5 are reviewed").wait_for()
    field = drawer.get_by_label("Name of the new model")
    assert field.input_value() == "uset-2"
    field.fill("mine")
    start.click()
    page.get_by_text(re.compile(r"Job \d+ was accepted")).wait_for()
    (job,) = open_ledger(space).live()
    asked = ("model_name", "parent", "reviewed", "encoder", "radius", "validation_share")
    assert job.kind == "train" and [job.params[name] for name in asked] == [
        "mine", "uset", True, "resnet18", 896, 0,
    ]  # fmt: skip
    start.click()
    page.get_by_text(f"job {job.number} already trains 'mine'").wait_for()
    wait_until(lambda: len(open_ledger(space).all()) == 1, "a second training is refused")
