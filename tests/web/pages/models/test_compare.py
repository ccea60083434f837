"""Two models compared on the page Models, in a browser."""

from __future__ import annotations

import re

import pytest

from jobs.recovery import open_ledger
from sunspot_dash.services.models.compare import compare_models
from sunspot_dash.workspace import Workspace
from tests.compared import CHILD, NAMES, PARENT, put_drawings, put_models
from tests.web.dashboards import Dashboard, wait_until

GRAPHS = ("models-compare-left", "models-compare-right")
RANGE = "id => document.querySelector(`#${id} .js-plotly-plot`).layout.xaxis.range"
ZOOM = "id => Plotly.relayout(document.querySelector(`#${id} .js-plotly-plot`), {'xaxis.range': [100, 180]})"


@pytest.fixture
def compared(server, tmp_path) -> Dashboard:
    """The dashboard with a model that was retrained, and its parent."""
    space = Workspace(tmp_path / "data").create()
    put_models(space)
    put_drawings(space)
    server.reset(space)
    return server


def test_two_models_are_compared_and_shown_beside_each_other(compared, open_page):
    page = open_page(compared.url + "/models")
    page.get_by_text("parent and child are not compared yet").wait_for()
    page.get_by_role("button", name="Compare", exact=True).click()
    page.get_by_text(re.compile(r"Job \d+ was accepted")).wait_for()
    ledger = open_ledger(compared.space)
    wait_until(ledger.live, "a job is queued")
    (job,) = ledger.live()
    wanted = {"first": PARENT, "second": CHILD, "truth": "labels", "leave_out_trained": False}
    assert job.kind == "compare" and wanted.items() <= job.params.items()
    page.get_by_text(f"Job {job.number}, Comparison").wait_for()
    ledger.cancel(job.number)
    compare_models(compared.space, PARENT, CHILD)  # as the job does
    page.get_by_text("child scores higher than parent: F1 0.909 instead of 0.750").wait_for()
    for words in ("0.750 (24, 24)", "1.000 (8, 8)", "-16.7 %", "Error of a drawing's count"):
        page.get_by_text(words).first.wait_for()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as CSV: Precision and recall").click()
    header, *rows = download.value.path().read_text().splitlines()
    assert header == "series,recall,precision,threshold" and len(rows) > 4
    first = page.locator("#models-compare-table .ag-row[row-index='0']")
    assert NAMES[-1] in first.inner_text()
    first.click()
    for graph, counts in zip(
        GRAPHS, (("3 hits", "1 missed", "1 false"), ("0 hits", "4 missed", "0 false")), strict=True
    ):
        page.locator(f"#{graph} .js-plotly-plot").wait_for()
        column = page.locator("#models-compare-pair .col-md-6", has=page.locator(f"#{graph}"))
        assert all(count in column.inner_text() for count in counts), column.inner_text()
    page.evaluate(ZOOM, GRAPHS[0])
    page.wait_for_function(f"id => Math.abs(({RANGE})(id)[0] - 100) < 1", arg=GRAPHS[1])
    links = page.get_by_role("link", name="Open in Inference")
    assert [link.get_attribute("href").split("model=")[1].split("&")[0] for link in links.all()] == [
        PARENT,
        CHILD,
    ]
    page.locator("#models-compare-truth").select_option("reviewed")
    page.get_by_text("Press Compare to score both models on the reviewed drawings.").wait_for()
    assert page.locator("#models-compare-pair").inner_text() == ""
