"""The explore page's linked views: numbers with references, latitudes, rotations and groups."""

from __future__ import annotations

import re

import pytest

from sunspot_dash.services.analysis.sunspot_number import numbers
from sunspot_dash.services.catalogue.catalogue import Catalogue
from tests.web.figures import PLOT, drag, when_drawn, when_shown


@pytest.fixture
def silso(tmp_path, dashboard):
    """A daily series in SILSO's form for the days of the filled workspace, with twice the model's numbers."""
    found = numbers(Catalogue(dashboard.space), "uset", "day").disk
    lines = []
    for day, value in zip(found.dates, found.values, strict=True):
        year, month, of_month = day.split("-")
        lines.append(f"{year};{month};{of_month};{year}.500;{2 * value:6.0f};  -1.0;   1;1")
    path = tmp_path / "SN_d_tot_V2.0.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def test_a_series_is_rejected_or_imported_compared_removed_and_restored(
    dashboard, open_page, silso, tmp_path
):
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("some;thing\nelse;entirely\n")
    page = open_page(dashboard.url + "/explore?view=number")
    when_shown(page, "explore-number-note", r"\d points, daily, k = 1")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Import CSV file").click()
    chooser.value.set_files(wrong)
    page.get_by_text("one of SILSO's CSV files").wait_for()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Import CSV file").click()
    chooser.value.set_files(silso)
    page.get_by_text("SN_d_tot_V2.0.csv was recognised as SILSO daily").wait_for()
    page.get_by_role("button", name="Cancel").click()
    page.get_by_text("was recognised as").wait_for(state="detached")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Import CSV file").click()
    chooser.value.set_files(silso)
    page.get_by_role("button", name="Add", exact=True).click()
    when_shown(page, "explore-compared-note", r"k = 2\.\d")
    page.get_by_text("was recognised as").wait_for(state="detached")
    page.wait_for_function(f"() => {PLOT.format('explore-compared')}._fullData.length === 3")
    when_shown(page, "explore-scatter-note", r"\d points in common")
    assert when_drawn(page, "explore-scatter") == 5
    shared = open_page(page.url)
    when_shown(shared, "explore-compared-note", r"k = 2\.\d")
    page.get_by_role("button", name="Remove", exact=True).click()
    when_shown(page, "explore-compared-note", "Choose a series")
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("The series is restored").wait_for()
    page.wait_for_function("() => document.querySelectorAll('#explore-reference option').length > 1")


def test_hemispheres_are_shown_separately(dashboard, open_page):
    page = open_page(dashboard.url + "/explore?view=number&parts=halves&by=drawing")
    page.wait_for_function(f"() => ({PLOT.format('explore-number')}?._fullData || []).length === 2")
    names = page.evaluate(f"{PLOT.format('explore-number')}._fullData.map((trace) => trace.name)")
    assert names == ["uset north", "uset south"]


def test_rotations_are_stepped_through_and_latitudes_on_the_butterfly_filter_the_other_views(
    dashboard, open_page
):
    page = open_page(dashboard.url + "/explore?view=sun")
    when_drawn(page, "explore-butterfly")
    when_shown(page, "explore-map-note", r"rotation \d+: \d+ spots?")
    note = page.locator("#explore-map-note")
    last = int(re.search(r"rotation (\d+)", note.inner_text())[1])
    page.get_by_role("button", name="Earlier").click()
    page.wait_for_function(
        f"() => !document.querySelector('#explore-map-note').textContent.includes('rotation {last}')"
    )
    assert int(re.search(r"rotation (\d+)", note.inner_text())[1]) < last
    page.get_by_role("button", name="Later").click()
    when_shown(page, "explore-map-note", f"rotation {last}")
    before = page.evaluate(f"{PLOT.format('explore-butterfly')}._fullData[0].customdata.length")
    drag(page, "#explore-butterfly .nsewdrag", (0.01, 0.02), (0.99, 0.5))  # the northern half
    when_shown(page, "explore-filters", "latitude")
    page.wait_for_function(
        f"() => {PLOT.format('explore-butterfly')}._fullData[0].customdata.length < {before}"
    )
    page.locator("#explore-view").get_by_label("Counts and disk").check()
    page.wait_for_function("() => location.search.includes('view=counts')")
    when_shown(page, "explore-count", r"[\d,]+ detections?")
    text = page.locator("#explore-count").inner_text()
    assert 0 < int(re.search(r"([\d,]+) detections?", text)[1].replace(",", "")) < before


def test_positions_on_the_sun_and_tracked_groups_are_shown(dashboard, open_page):
    page = open_page(dashboard.url + "/explore?frame=sun")
    when_shown(page, "explore-count", "Solar north is up")
    assert when_drawn(page, "explore-polar") > 5
    page.locator("#explore-view").get_by_label("Tracked groups").check()
    when_shown(
        page,
        "explore-tracks-note",
        r"[\d,]+ groups? seen on two or more drawings, [\d,]+ on a single drawing",
    )
