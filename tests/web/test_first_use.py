"""What somebody sees who starts the dashboard for the first time, and how it makes room for their own drawings."""

from __future__ import annotations

import pytest

from jobs.recovery import open_ledger


@pytest.mark.timeout(900)
def test_an_empty_workspace_shows_something_real_and_makes_room_again(serve, open_page):
    dashboard = serve()
    page = open_page(dashboard.url)
    page.get_by_text("These are synthetic sample drawings").wait_for(timeout=60_000)
    page.wait_for_function(
        "() => [...document.querySelectorAll('.number')].every((n) => Number(n.textContent) > 0)",
        timeout=300_000,
    )
    assert page.locator(".number").all_inner_texts()[:2] == ["6", "6"]
    page.goto(dashboard.url + "/train")
    page.wait_for_function(
        "() => { const p = document.querySelector('#train-loss .js-plotly-plot');"
        " return p && p.data && p.data.some((trace) => trace.x && trace.x.length > 1) }",
        timeout=300_000,
    )
    ledger = open_ledger(dashboard.space)
    page.locator("#train-table").get_by_text("done", exact=True).nth(1).wait_for(timeout=300_000)
    assert [job.state for job in ledger.page(3)] == ["done"] * 3
    page.goto(dashboard.url)
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Remove the demo").click()
    page.get_by_text("The demo is removed").wait_for()
    page.wait_for_function("() => document.querySelector('.number').textContent === '0'")
    assert not list(dashboard.space.images.iterdir()) and not list(dashboard.space.trained_models.iterdir())
    page.goto(dashboard.url + "/train")
    page.get_by_role("link", name="Log").wait_for(state="hidden")
    page.goto(dashboard.url + "/explore")
    page.get_by_text("Nothing to explore yet").wait_for()
