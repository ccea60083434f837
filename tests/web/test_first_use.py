"""The first start of the dashboard: the demo appears and can be removed."""

from __future__ import annotations

import json

from jobs.job import DONE, EVENTS
from jobs.recovery import open_ledger
from sunspot_dash.services.demo.sample_data import TRAININGS
from tests.web.dashboards import wait_until
from tests.web.detections import put_results

CURVE = """() => { const plot = document.querySelector('#train-loss .js-plotly-plot');
    return plot && plot.data && plot.data.some((trace) => trace.x && trace.x.length > 1) }"""


DAYS = 2


def test_an_empty_workspace_shows_the_demo_until_it_is_removed(serve, open_page, monkeypatch):
    monkeypatch.setenv("SUNSPOT_DEMO_DAYS", str(DAYS))
    dashboard = serve("--no-worker")
    space, ledger = dashboard.space, open_ledger(dashboard.space)
    page = open_page(dashboard.url)
    page.get_by_text("These are synthetic sample drawings").wait_for()
    wait_until(lambda: len(ledger.live()) == 1 + len(TRAININGS), "the jobs of the demo are queued")
    infer, first, second = ledger.live()
    # Act as the worker, without delay: find all spots and train two epochs.
    held = ledger.claim(infer.number, "a worker", "cpu")
    put_results(space, pictures=False)
    ledger.finish(held, DONE, "done", result={"drawings": DAYS})
    held = ledger.claim(first.number, "a worker", "cpu")
    losses = {"kind": "epoch", "time": "", "f1": 0.5, "train_loss": 0.3, "validation_loss": 0.4}
    lines = [json.dumps({**losses, "epoch": epoch}) + "\n" for epoch in (1, 2)]
    (ledger.folder(first.number) / EVENTS).write_text("".join(lines))
    ledger.finish(held, DONE, "done", result={"epochs": 2})
    page.get_by_text(f"{DAYS} drawings in all, {DAYS} labelled").wait_for()
    page.wait_for_function(
        """(answers) => { const found = [...document.querySelectorAll('.number')].map((n) => n.textContent);
            return found.slice(0, 3).join() === answers && Number(found[3]) > 0 }""",
        arg=f"0,0,{DAYS}",
    )
    page.goto(dashboard.url + "/train")
    table = page.locator("#train-table")
    table.get_by_text("done", exact=True).wait_for()
    table.locator(".ag-row").filter(has_text="done").first.click()
    page.wait_for_function(CURVE)
    assert ledger.get(second.number).state == "queued"  # it is removed with the others
    page.goto(dashboard.url)
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Remove the demo").click()
    page.get_by_text("The demo is removed").wait_for()
    page.get_by_text("0 drawings in all").wait_for()
    assert not list(space.images.iterdir()) and not list(space.trained_models.iterdir())
    assert ledger.all() == []
    page.goto(dashboard.url + "/train")
    page.locator("#train-loss").get_by_text("No training runs yet").wait_for()
    page.goto(dashboard.url + "/explore")
    page.get_by_text("Nothing to explore yet").wait_for()
