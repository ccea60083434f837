"""The dataset page in a browser: list, correct, delete and restore drawings."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from contextlib import suppress

import pytest
from playwright.sync_api import Route, TimeoutError

from jobs.recovery import open_ledger
from sunspot_dash.domain.drawing.corrections import Correction
from sunspot_dash.io.corrections import read_corrections
from sunspot_dash.io.tags import read_tags
from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.services.catalogue.drawings import failures, not_run
from sunspot_dash.services.dataset.corrections import correct
from sunspot_dash.services.models.publish import write_failed
from sunspot_dash.workspace import Workspace
from tests.web.dashboards import CALLBACKS, wait_until
from tests.web.figures import when_settled
from tests.web.tables import rows

FIELDS = ("x", "y", "radius")
TRY_MS = 10_000  # then the limb is dragged again
PLOT_WIDTH = "document.querySelector('#dataset-view .js-plotly-plot')._fullLayout.xaxis._length"


@pytest.fixture
def space(dashboard) -> Workspace:
    """The workspace of the dashboard."""
    return dashboard.space


def test_drawings_are_filtered_and_opened_by_their_address(dashboard, open_page, space):
    page = open_page(dashboard.url + "/dataset")
    table = rows(page, "dataset-table")
    table.nth(4).wait_for()
    assert (
        page.locator("#dataset-table img.thumbnail").first.evaluate(
            "i => i.decode().then(() => i.naturalWidth)"
        )
        > 50
    )
    page.locator("#dataset-table .ag-header-cell[col-id='name'] .ag-header-cell-filter-button").click()
    name = sorted(path.name for path in space.images.iterdir())[1]
    page.locator(".ag-filter input").first.fill(name[4:15])
    page.wait_for_function(
        "() => document.querySelectorAll('#dataset-table .ag-center-cols-container .ag-row').length === 1"
    )
    table.filter(has_text=name).wait_for()
    page.keyboard.press("Escape")
    page.locator("#dataset-table .ag-row .ag-cell[col-id='name']").first.focus()
    page.keyboard.press("Enter")
    page.get_by_text("limb-fit confidence", exact=False).first.wait_for()
    page.wait_for_function("() => location.search.startsWith('?drawing=')")
    shared = open_page(page.url)
    shared.locator("#dataset-chosen").get_by_text("limb-fit confidence", exact=False).wait_for()
    assert shared.locator("#dataset-chosen").inner_text() == page.locator("#dataset-chosen").inner_text()


def test_a_click_on_a_row_that_is_still_loading_is_no_error(dashboard, open_page):
    page = open_page(dashboard.url + "/dataset")  # an error fails the test

    def hold(route: Route) -> None:
        if "getRowsRequest" not in (route.request.post_data or ""):
            route.continue_()

    page.route(CALLBACKS, hold)
    page.reload()
    loading = ".ag-row:not([row-id])"
    page.locator(f"#dataset-table .ag-center-cols-container {loading}").last.click()
    page.locator(f"#dataset-table .ag-pinned-left-cols-container {loading} .ag-checkbox-input").last.click()
    page.unroute(CALLBACKS)  # the requests go on
    rows(page, "dataset-table").last.click()
    page.locator("#dataset-chosen").get_by_text("limb-fit confidence", exact=False).wait_for()


def drag(
    page, field: str, place: Callable[[dict[str, float]], tuple[float, float]], by: tuple[int, int]
) -> None:
    """Drag a point of the limb circle until a field changes."""
    before = page.locator(f"#dataset-{field}").input_value()
    for _ in range(20):  # redrawing the picture interrupts a drag
        when_settled(page)
        x, y = place(page.locator("#dataset-view .shapelayer path").first.bounding_box())
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + by[0], y + by[1], steps=4)
        page.mouse.up()
        # A view change right after the drag must not hide that the limb was moved.
        page.evaluate(
            "() => document.querySelector('#dataset-view .js-plotly-plot').emit('plotly_relayout', {autosize: true})"
        )
        with suppress(TimeoutError):
            page.wait_for_function(
                "([id, before]) => document.getElementById(id).value !== before",
                arg=[f"dataset-{field}", before],
                timeout=TRY_MS,
            )
            return
    raise AssertionError(f"the {field} of the limb is {before} still")


def test_a_limb_is_moved_by_the_mouse_and_a_date_is_set(dashboard, open_page, space):
    page = open_page(dashboard.url + "/dataset")
    rows(page, "dataset-table").first.click()
    page.locator("#dataset-chosen").get_by_text("limb-fit confidence", exact=False).wait_for()
    page.get_by_text("Correct manually").click()
    fitted = page.get_by_label("Limb centre x (px)").input_value()
    assert fitted
    page.get_by_label("Move the limb").click()
    # The picture is configured before it is drawn; the circle can be dragged once it listens to the mouse.
    page.wait_for_function("() => document.querySelector('#dataset-view .shapelayer path')?.onmousedown")
    page.evaluate("document.querySelector('#dataset-view').scrollIntoView()")
    drag(
        page,
        "x",
        lambda circle: (circle["x"] + circle["width"] / 2, circle["y"] + circle["height"] / 2),
        (12, 8),
    )
    moved = [float(page.locator(f"#dataset-{field}").input_value()) for field in FIELDS]
    assert moved[0] != float(fitted)
    circle = page.locator("#dataset-view .shapelayer path").first.bounding_box()
    drag(
        page,
        "radius",
        lambda circle: (circle["x"] + circle["width"] - 6, circle["y"] + circle["height"] / 2),
        (-20, 0),
    )
    moved, before = [float(page.locator(f"#dataset-{field}").input_value()) for field in FIELDS], moved
    less = before[2] - moved[2]  # the other edge stays where it was
    assert moved == pytest.approx([before[0] - less, before[1], before[2] - less], abs=0.2) and less > 1
    round_again = page.locator("#dataset-view .shapelayer path").first.bounding_box()
    assert (
        round_again["width"] == pytest.approx(round_again["height"], abs=1)
        and round_again["width"] < circle["width"]
    )
    page.get_by_label("Date (UT)", exact=True).fill("1950-01-02")
    page.get_by_role("button", name="Save").click()
    page.get_by_text(re.compile(r"Saved\. Job \d+ processes?")).first.wait_for()
    (name,) = read_corrections(space.corrections_file)
    correction = read_corrections(space.corrections_file)[name]
    assert [correction.disk.x, correction.disk.y, correction.disk.radius] == moved and correction.disk.by_hand
    assert correction.date == "1950-01-02"
    (job,) = open_ledger(space).all()
    assert job.kind == "infer" and job.params["drawings"][0].endswith(name)
    page.locator("#dataset-table").get_by_text("1950-01-02 *").wait_for()
    page.get_by_label("Limb radius (px)").fill("-4")
    page.get_by_role("button", name="Save").click()
    wrong = page.get_by_text("the limb's centre must be on the drawing")
    wrong.wait_for()
    message, field = wrong.bounding_box(), page.get_by_label("Limb radius (px)").bounding_box()
    assert message["y"] > field["y"] + field["height"]  # below the field, not over it
    page.get_by_role("button", name="Close").last.click()
    wrong.wait_for(state="hidden")
    page.get_by_role("button", name="Save").click()
    wrong.wait_for()
    rows(page, "dataset-table").last.click()
    wrong.wait_for(state="detached")
    page.locator("#dataset-chosen").get_by_text(name).wait_for(state="detached")
    page.locator("#dataset-table").get_by_text("1950-01-02 *").click()
    page.locator("#dataset-chosen").get_by_text("set manually").wait_for()

    def hold(route: Route) -> None:
        if "dataset-chosen" not in (route.request.post_data or ""):
            route.continue_()

    page.route(CALLBACKS, hold)
    with page.expect_request(lambda request: "dataset-chosen" in (request.post_data or "")):
        rows(page, "dataset-table").last.click()
    # The form still shows the other drawing, so the button is for that one.
    page.get_by_role("button", name="Discard corrections").click()
    page.get_by_text("All corrections are discarded").wait_for()
    assert not read_corrections(space.corrections_file)
    page.unroute(CALLBACKS)  # the request goes on
    page.locator("#dataset-chosen").get_by_text(name).wait_for(state="detached")
    page.locator("#dataset-table").get_by_text(name).click()
    page.locator("#dataset-chosen").get_by_text(name).wait_for()
    page.wait_for_function("() => document.getElementById('dataset-date').value === ''")
    correct(space, name, Correction(observer="Jones"), "Bea")  # meanwhile
    page.get_by_label("Observer").fill("Smith")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Bea has corrected this drawing").first.wait_for()
    page.wait_for_function("() => document.getElementById('dataset-observer').value === 'Jones'")
    assert read_corrections(space.corrections_file)[name] == Correction(observer="Jones")


def test_drawings_are_tagged_filtered_by_their_tag_and_enlarged(dashboard, open_page, space):
    page = open_page(dashboard.url + "/dataset")
    rows(page, "dataset-table").nth(4).wait_for()
    names = sorted(path.name for path in space.images.iterdir())
    for number in (0, 1):
        page.locator("#dataset-table .ag-pinned-left-cols-container .ag-checkbox-input").nth(number).click()
    page.get_by_text("2 selected").wait_for()
    page.get_by_label("Tag", exact=True).fill("bad scan")
    page.get_by_role("button", name="Add tag").click()
    wait_until(lambda: len(read_tags(space.tags_file)) == 2, "two drawings are tagged")
    page.locator("#dataset-table .ag-cell[col-id='tags']", has_text="bad scan").nth(1).wait_for()
    page.locator("#dataset-table .ag-header-cell[col-id='tags'] .ag-header-cell-filter-button").click()
    page.locator(".ag-filter input").first.fill("scan")
    page.wait_for_function(
        "() => document.querySelectorAll('#dataset-table .ag-center-cols-container .ag-row').length === 2"
    )
    page.keyboard.press("Escape")
    rows(page, "dataset-table").first.click()
    page.get_by_role("button", name="Remove the tag bad scan").click()
    wait_until(lambda: len(read_tags(space.tags_file)) == 1, "one tag is removed")
    page.wait_for_function(
        "() => document.querySelectorAll('#dataset-table .ag-center-cols-container .ag-row').length === 1"
    )
    assert set(read_tags(space.tags_file)) < set(names)
    page.get_by_role("button", name="Full screen").click()
    page.wait_for_function(
        "() => document.fullscreenElement?.id === 'dataset-frame'"
        " && document.querySelector('#dataset-view .main-svg').clientHeight === window.innerHeight"
        f" && {PLOT_WIDTH} === window.innerWidth"
    )
    page.evaluate("() => document.exitFullscreen()")  # as Escape does, which is a key of the window
    page.wait_for_function(f"() => {PLOT_WIDTH} < document.querySelector('#dataset-view').clientWidth")


def test_the_tilt_measured_on_the_drawing_is_offered(dashboard, open_page, space):
    page = open_page(dashboard.url + "/dataset")
    rows(page, "dataset-table").last.click()
    page.locator("#dataset-chosen").get_by_text("limb-fit confidence", exact=False).wait_for()
    page.get_by_text("Correct manually").click()
    assert not page.get_by_role("button", name="Use this tilt").is_visible()
    page.get_by_role("button", name="Measure the tilt").click()
    found = page.locator("#dataset-measured")
    page.wait_for_function("() => document.querySelector('#dataset-measured').innerText !== ''")
    assert "°" in found.inner_text(), found.inner_text()
    page.get_by_role("button", name="Use this tilt").click()
    page.wait_for_function("() => document.querySelector('#dataset-tilt').value !== ''")
    page.get_by_label("Up is").select_option("solar")
    page.get_by_role("button", name="Save").click()
    page.get_by_text(re.compile(r"Saved\. Job \d+ rebuilds the tables")).wait_for()
    (correction,) = read_corrections(space.corrections_file).values()
    assert correction.up == "solar"
    assert f"{abs(correction.tilt_deg):.1f} ±" in found.inner_text()
    rows(page, "dataset-table").first.click()
    page.wait_for_function("() => document.querySelector('#dataset-measured').innerText === ''")


def test_a_deletion_can_be_undone(dashboard, open_page, space):
    page = open_page(dashboard.url + "/dataset")
    page.get_by_text("5 drawings, 5 of them labelled").wait_for()
    boxes = page.locator("#dataset-table .ag-pinned-left-cols-container .ag-checkbox-input")
    rows(page, "dataset-table").first.click()
    page.locator("#dataset-view image").wait_for()
    assert page.get_by_role("button", name="Delete").is_disabled()  # the open drawing is not selected
    boxes.nth(0).click()
    boxes.nth(1).click()
    page.get_by_text("2 selected").wait_for()
    page.get_by_role("button", name="Delete").click()
    page.get_by_text("3 drawings, 3 of them labelled").wait_for()
    assert len(list(space.images.iterdir())) == 3
    page.get_by_text("No drawing selected").wait_for()
    page.reload()
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("5 drawings, 5 of them labelled").wait_for()
    assert len(list(space.images.iterdir())) == 5
    assert len(list(space.results_of("uset").glob("*.json"))) == 5  # the results were restored, too
    wait_until(lambda: not_run(Catalogue(space), "uset") == 0, "all drawings are run")


def test_labelled_drawings_are_exported_and_the_folder_is_checked(
    dashboard, worker, open_page, space, archive
):
    page = open_page(dashboard.url + "/dataset")
    page.get_by_role("button", name="Export labelled drawings to a folder").click()
    page.get_by_text("exports the labelled drawings").wait_for()
    page.get_by_label("Folder").fill(str(archive / "images"))
    page.get_by_text("5 images. The results of a model need about").wait_for()
    page.get_by_label("Folder").fill("/nowhere")
    page.get_by_text("the server has no folder '/nowhere'").wait_for()
    jobs = open_page(page.url.split("/dataset")[0] + "/jobs")
    jobs.get_by_text("done", exact=True).first.wait_for()
    assert len(list((space.labelled / "images").iterdir())) == 5


def test_a_missing_drawing_or_one_that_cannot_be_shown_is_reported(dashboard, open_page, space):
    names = sorted(path.name for path in space.images.iterdir())
    (space.images / names[0]).unlink()
    (space.images / names[1]).write_bytes(
        (space.images / names[1]).read_bytes()[:2000]
    )  # outside the drawing
    twin = f"{names[2].split('.')[0]}.bmp"
    shutil.copyfile(space.images / names[3], space.images / twin)
    write_failed(space.inference_results / "uset", [(twin, "no solar limb found")])
    wait_until(lambda: failures(Catalogue(space), "uset")[0] == 1, "the failure is listed")
    page = open_page(dashboard.url + "/dataset")
    page.get_by_text("image missing: 1 of 5 drawings").wait_for()
    row = page.locator("#dataset-table .ag-row").filter(has=page.locator("img"))
    row.first.wait_for()
    pictures = page.locator("#dataset-table img.thumbnail")
    pictures.nth(4).wait_for()
    for picture in pictures.all():
        picture.evaluate("picture => picture.decode()")  # none is broken
    page.locator("#dataset-table").get_by_text(twin).click()
    opened = page.locator("#dataset-chosen")
    opened.get_by_text(f"{names[2]}: delete the one that should not be counted").wait_for()
    opened.get_by_text("no solar limb found (model uset)").wait_for()


def test_dates_are_shown_set_and_undone_from_names_and_from_a_table(dashboard, open_page, space):
    for day, path in enumerate(sorted(space.images.iterdir())[:2], start=17):
        path.rename(space.images / f"drawing_195701{day}_0930{path.suffix}")
    (space.images / "loop.png").symlink_to("loop.png")
    page = open_page(dashboard.url + "/dataset")
    shown = page.locator("#dataset-dates-preview")
    page.get_by_label("Pattern of the names").fill("drawing_%y%m%d")
    shown.get_by_text("%y is not known").wait_for()
    assert page.locator("#dataset-set-dates").is_disabled()
    page.get_by_label("Pattern of the names").fill("drawing_%Y%m%d_%H%M")
    shown.get_by_text("1957-01-18 09:30").wait_for()
    page.locator("#dataset-set-dates").click()
    page.get_by_text("2 dates set.").wait_for()
    found = {one.date for one in read_corrections(space.corrections_file).values()}
    assert found == {"1957-01-17", "1957-01-18"}
    page.get_by_role("button", name="Undo (2 dates)").click()
    page.get_by_text("2 dates restored.").wait_for()
    assert read_corrections(space.corrections_file) == {}
    page.get_by_label("From a CSV table").check()
    content = b"drawing_19570117_0930,1957-02-01\nx,1957-02-02"
    table = {"name": "dates.csv", "mimeType": "text/csv", "buffer": content}
    page.locator("#dataset-dates-file input").set_input_files(table)
    shown.get_by_text("line 2: no drawing is named 'x'").wait_for()
    page.locator("#dataset-set-dates").click()
    page.get_by_text("1 date set.").wait_for()
    assert {one.date for one in read_corrections(space.corrections_file).values()} == {"1957-02-01"}
    page.locator("#dataset-report summary", has_text="1 other file").click()
    page.locator("#dataset-report").get_by_text("it is a link to itself").wait_for()
