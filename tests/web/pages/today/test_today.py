"""The page Today: its steps lead to the review, and its button writes the files."""

from __future__ import annotations

from sunspot_dash.services.day.files import FORMS, folder_of


def test_the_newest_drawing_is_shown_and_its_files_are_written(dashboard, open_page):
    page = open_page(dashboard.url + "/today")
    page.get_by_role("heading", name="Today", exact=True).wait_for()
    newest = page.locator(".today-drawing h2").inner_text()[:10]
    assert page.locator(".step").count() == 4
    assert page.locator(".step-state.done").count() == 1
    page.locator(".today-picture img").evaluate("(picture) => picture.decode()")
    page.get_by_role("button", name="Write the day's files").click()
    page.get_by_text(f"The files of {newest} are in output/days/{newest}").wait_for()
    assert len(list(folder_of(dashboard.space, newest).iterdir())) == len(FORMS)
    page.locator(".step").nth(3).locator(".step-state.done").wait_for()


def test_days_are_stepped_through_and_in_the_address(dashboard, open_page):
    page = open_page(dashboard.url + "/today")
    heading = page.locator(".today-drawing h2")
    heading.wait_for()
    newest = heading.inner_text()
    assert page.get_by_title("Day after").is_disabled()
    page.get_by_title("Day before").click()
    page.wait_for_function(
        "(before) => document.querySelector('.today-drawing h2').textContent !== before", arg=newest
    )
    date = heading.inner_text()[:10]
    page.wait_for_function("(date) => location.search === `?date=${date}`", arg=date)
    page.get_by_role("link", name="Spots reviewed").click()
    page.get_by_role("heading", name="Review", exact=True).wait_for()
    again = open_page(f"{dashboard.url}/today?date={date}")
    again.locator(".today-drawing h2").get_by_text(date).wait_for()


def test_an_empty_workspace_says_how_to_begin(empty_dashboard, open_page):
    page = open_page(empty_dashboard.url + "/today?date=nonsense")
    page.get_by_text("No dated drawing yet").wait_for()
    assert page.get_by_role("button", name="Write the day's files").is_disabled()
