"""The one next step that the Overview names."""

from __future__ import annotations

from typing import Any, NamedTuple

import dash_bootstrap_components as dbc
from dash import html

from sunspot_dash.errors import QueueUnavailableError
from sunspot_dash.text import counted
from sunspot_dash.web.context import current_context, url
from sunspot_dash.web.pages.overview.activity import EXPLORE
from sunspot_dash.web.pages.overview.questions import Known


class Step(NamedTuple):
    """A next step: what to do, why, the text of its button, and the page for it."""

    title: str
    text: str
    button: str
    href: str


def next_step(known: Known, busy: bool) -> Step:
    """Return what to do next.

    Args:
        busy: jobs run or wait.
    """
    if not known.summary.drawings:
        text = "Drop scans on the page Dataset. A name such as usd195601010900.jpg has the date and time (UT) in it."
        return Step("Add drawings", text, "Add drawings", "/dataset")
    if known.new and busy:
        return Step(
            "Wait for the run", "Results appear here one after the other.", "Follow the jobs", "/jobs"
        )
    if known.failed and known.failed == known.new:
        text = f"{counted(known.failed, 'drawing')} failed, for example {known.why}. The list has the reason of each."
        return Step("See why drawings failed", text, "Show the drawings", "/dataset?state=failed")
    if known.new:
        failed = f", of which {known.failed:,} failed before" if known.failed else ""
        text = f"{counted(known.new, 'drawing')} without a result{failed}. A run takes seconds to a minute for each."
        return Step("Find the spots", text, "Run a model", "/inference")
    if known.to_review:
        text = "The page Review begins with the drawing on which the most errors are expected."
        return Step("Check what the model found", text, "Review", "/review")
    return Step("Use the numbers", "All drawings are reviewed.", "Explore the sunspot number", EXPLORE)


def shown(known: Known) -> list[Any]:
    """Return the next step with its button."""
    try:
        busy = bool(current_context().ledger.live())
    except QueueUnavailableError:
        busy = False
    step = next_step(known, busy)
    button = dbc.Button(step.button, href=url(step.href), color="primary")
    return [html.Strong(step.title), html.P(step.text, className="mb-2"), button]
