"""The whole circle in a browser: run, review, correct, retrain, compare, choose, and see the series change."""

from __future__ import annotations

import re
import shutil

import pytest
from playwright.sync_api import Page

from jobs.recovery import open_ledger
from sunspot_dash.ml.checkpoint import read_weights, save_weights
from sunspot_dash.ml.config import read_card
from sunspot_dash.services.models.default import default_model
from sunspot_dash.synthetic import write_archive
from sunspot_dash.workspace import Workspace
from tests.services.models.registered import add_model
from tests.web.dashboards import Dashboard, wait_until
from tests.web.figures import when_drawn, when_shown
from tests.web.viewer import open_run

DRAWINGS = 5  # the fewest of which one is kept apart
RADIUS = 128  # px: the smallest, with which the network is retrained in a minute
REVIEW = "window.sunspot.reviewing()"
READY = f"() => {REVIEW} && {REVIEW}.box.dataset.state === 'ready' && {REVIEW}.editor.gestures"
SELECTED = f"{REVIEW}.stage.scene.spot([...{REVIEW}.stage.scene.selection][0]).state"
COUNTS = (
    """() => document.querySelector('#explore-series .js-plotly-plot').data[0].y.reduce((a, b) => a + b, 0)"""
)


@pytest.fixture
def fresh(server, tmp_path, quick_weights) -> Dashboard:
    """The dashboard on drawings with few spots and no labels, and a quick model that was not trained on them."""
    space = Workspace(tmp_path / "data").create()
    write_archive(tmp_path, DRAWINGS, seed=9, labelled=False, scale=0.35, styles=("1954",))
    shutil.copytree(tmp_path / "images", space.images_to_run, dirs_exist_ok=True)
    shipped = read_weights(quick_weights)
    save_weights(shipped["state"], shipped["encoder"], RADIUS, tmp_path / "small.pth")
    add_model(space, tmp_path / "small.pth", "quick", threshold=0.8, radius=RADIUS)
    server.reset(space)
    return server


def run(page: Page, space: Workspace, model: str) -> None:
    """Run a model over all drawings on the page Inference."""
    open_run(page)
    page.get_by_label("Model", exact=True).select_option(model)
    page.get_by_label("Not yet processed by this model").click()
    page.get_by_text(f"{DRAWINGS} of {DRAWINGS} drawings not yet processed by {model}").wait_for()
    page.get_by_role("button", name="Run", exact=True).click()
    ledger = open_ledger(space)
    wait_until(ledger.live, "the job is submitted")
    wait_until(lambda: len(list(space.results_of(model).glob("*.json"))) == DRAWINGS, f"{model} has run")
    wait_until(lambda: not ledger.live(), "the tables are written")


def test_corrections_make_a_model_that_is_compared_chosen_and_run(fresh, worker, open_page):
    space = fresh.space
    page = open_page(fresh.url + "/inference")
    run(page, space, "quick")
    page.goto(fresh.url + "/explore")
    assert when_drawn(page, "explore-series") == DRAWINGS
    found = page.evaluate(COUNTS)

    page.goto(fresh.url + "/review?model=quick")
    page.get_by_placeholder("Your name").fill("Ada")
    page.keyboard.press("Enter")
    page.wait_for_function(READY)
    page.keyboard.press("ArrowRight")  # the most doubtful spots come first, counted or not
    while page.evaluate(SELECTED) != "found":
        page.keyboard.press("ArrowRight")
    page.keyboard.press("x")
    for left in range(DRAWINGS - 1, -1, -1):
        page.get_by_role("button", name="Mark as reviewed").click()
        page.locator("#review-counts").get_by_text(f"{left} to review").wait_for()
        if left:
            page.wait_for_function(f"() => ({READY})() && !{REVIEW}.stage.scene.content.finished_at")

    page.get_by_role("button", name="Retrain", exact=True).click()
    page.get_by_text("5 reviewed drawings: 4 to train on, 1 kept apart").wait_for()
    assert page.get_by_label("Name of the new model").input_value() == "quick-2"
    page.get_by_role("button", name="Start training").click()
    wait_until(lambda: space.model("quick-2").card.exists(), "the new model is written")
    card = read_card(space.model("quick-2").weights)
    assert card.parent == "quick" and len(card.corrected) == 4 and len(card.kept_apart) == 1

    page.goto(fresh.url + "/models?model=quick-2")
    page.get_by_role("button", name="Make default").click()
    page.get_by_text(
        "compare quick-2 with its parent quick on the drawings that were kept apart first"
    ).wait_for()
    assert default_model(space) != "quick-2"
    page.get_by_role("button", name="Compare", exact=True).click()
    page.get_by_text(re.compile("quick-2 scores .* on 1 reviewed drawing kept apart")).first.wait_for()
    page.get_by_role("button", name="Make default").click()
    wait_until(lambda: default_model(space) == "quick-2", "it is the default model")

    page.goto(fresh.url + "/inference")
    run(page, space, "quick-2")
    page.goto(fresh.url + "/explore?model=quick-2&counts=either")
    when_shown(page, "explore-series-note", "Counts: reviewed, else model.")
    assert when_drawn(page, "explore-series") == DRAWINGS
    # The reviews count on the results of the new model, too: one spot fewer than the first model found.
    assert page.evaluate(COUNTS) == found - 1
    assert not [job for job in open_ledger(space).all() if job.state == "failed"]
