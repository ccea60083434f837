"""The Models page: look at models, mark, rename, delete, export and import them."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from sunspot_dash.ml.config import read_card
from sunspot_dash.services.models.default import default_model
from sunspot_dash.services.models.registry import registered_model
from tests.services.models.registered import add_model
from tests.web.dashboards import Dashboard


@pytest.fixture
def models(dashboard, quick_weights) -> Dashboard:
    """The dashboard with the models "mine" and "better", its child."""
    space = dashboard.space
    mine = add_model(space, quick_weights, "mine", metrics={"f1": 0.81}, trained_on="7 drawings")
    add_model(space, quick_weights, "better", parent="mine", parent_sha256=mine.weights_sha256)
    return dashboard


def row(page, name: str):
    return page.locator(f"#models-table .ag-center-cols-container [row-id='{name}']")


def heading(page, name: str) -> None:
    page.locator("#models-description h2", has_text=name).wait_for()


def test_a_model_is_described_marked_noted_renamed_and_deleted(models, open_page):
    space = models.space
    page = open_page(models.url + "/models")
    heading(page, "uset")  # the default
    expect(page.locator("#models-delete")).to_be_disabled()
    row(page, "better").click()
    heading(page, "better")
    page.locator("#models-description a", has_text="mine").click()  # its parent
    heading(page, "mine")
    page.locator("#models-facts dd", has_text="7 drawings").wait_for()

    page.get_by_label("Notes").fill("good on faint pores")
    page.get_by_role("button", name="Save notes").click()
    row(page, "mine").get_by_text("good on faint pores").wait_for()
    page.get_by_label("Name", exact=True).first.fill("mine too")
    page.keyboard.press("Enter")
    page.locator(".toast", has_text="'mine too' cannot name a model").wait_for()
    page.get_by_label("Name", exact=True).first.fill("ours")
    page.keyboard.press("Enter")
    heading(page, "ours")
    row(page, "ours").wait_for()
    assert read_card(space.model("better").weights).parent == "ours"

    page.get_by_role("button", name="Make default").click()
    row(page, "ours").get_by_text("default").wait_for()
    assert default_model(space) == "ours"
    row(page, "better").click()
    heading(page, "better")
    page.get_by_role("button", name="Archive").click()
    row(page, "better").get_by_text("archived").wait_for()

    page.locator("#models-delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    row(page, "better").wait_for(state="detached")
    heading(page, "ours")
    assert not space.model("better").weights.exists()
    page.locator("#models-trash button").click()
    heading(page, "better")
    assert registered_model(space, "better").archived
    page.goto(models.url + "/inference")
    expect(page.locator("#inference-model")).to_have_value("ours")
    assert page.locator("#inference-model option").all_inner_texts()[-2:] == ["ours", "uset"]
    assert page.locator("#inference-model option", has_text="better").count() == 0


def test_a_model_is_exported_and_imported_under_another_name(models, open_page, tmp_path):
    page = open_page(models.url + "/models?model=mine")
    heading(page, "mine")
    page.locator("#models-export").click()
    with page.expect_download() as download:
        page.locator(".dropdown-item", has_text=".zip").click()
    assert download.value.suggested_filename == "mine.zip"
    file = tmp_path / "mine.zip"
    download.value.save_as(file)
    page.get_by_role("button", name="Import a model").click()
    page.locator("#models-drawer input[type=file]").set_input_files(file)
    page.locator("#models-files-text", has_text=file.name).wait_for()
    page.locator("#models-import").click()
    page.locator(
        "#models-import-problem", has_text="Not imported: there is a model 'mine' already"
    ).wait_for()
    page.locator("#models-import-name").fill("copy")
    page.locator("#models-import").click()
    heading(page, "copy")
    expect(page.locator("#models-drawer")).to_be_hidden()
    assert read_card(models.space.model("copy").weights).name == "copy"
    page.locator("#models-compare-second option", has_text="copy").wait_for(state="attached")
    assert not [
        path
        for path in models.space.queue.iterdir()
        if path.name.startswith(("export-", "import-", "chosen-"))
    ]
