"""How active the Sun is: the sunspot number of the last months or days, beside a reference series."""

from __future__ import annotations

from typing import Any

import numpy as np
from dash import Dash, Input, Output, State, html
from dash.exceptions import PreventUpdate

from sunspot_dash.figures.small_number import small_number
from sunspot_dash.services.analysis.latest_activity import LatestActivity, latest_activity
from sunspot_dash.services.catalogue.sources import EITHER, MODEL, describe_source, source_of
from sunspot_dash.services.catalogue.stamps import stamp_of
from sunspot_dash.services.review.queue import is_any_reviewed
from sunspot_dash.text import counted
from sunspot_dash.web.components.drawn import drawn
from sunspot_dash.web.components.feedback import empty
from sunspot_dash.web.context import current_context, url
from sunspot_dash.web.ids import Overview, Shell
from sunspot_dash.web.pages.overview.questions import question

EXPLORE = "/explore?view=number"
QUESTION = "How active is the Sun?"


def card() -> html.Div:
    """Return the place for the card of the question."""
    waiting = question(QUESTION, "…", "", "", EXPLORE)
    return html.Div(waiting, id=Overview.ACTIVITY)


def _answer(found: LatestActivity | None, source: str) -> html.A:
    if found is None:
        return question(QUESTION, "–", "", _why_empty(), EXPLORE)
    last, n = found.dates[-1], int(found.n[-1])
    more = f"R of {source}, " + (f"{last}" if found.by_day else f"mean of {counted(n, 'day')} in {last}")
    if np.isfinite(found.last).all():
        more += f", {found.last[0]:.0f} to {found.last[1]:.0f}"
    if np.isfinite(found.reference[-1]):
        more += f"; {found.title}: {found.reference[-1]:.0f}"
    return question(QUESTION, f"{found.values[-1]:.0f}", "sunspot number R", more, EXPLORE)


def _why_empty() -> str:
    if current_context().catalogue.summary().models:
        return "No drawing with a result has a date: set dates on Dataset."
    return "The sunspot number appears here after a model has run."


def _series(found: LatestActivity | None, source: str) -> Any:
    """Return the numbers of the last months or days as a link to Explore."""
    if found is None:
        return empty(
            "No numbers yet",
            f"{_why_empty()} For example: two groups with five spots in all give R = 10 × 2 + 5 = 25.",
        )
    picture, top = small_number(found.values, found.reference)
    first, last = str(found.dates[0]), str(found.dates[-1])
    means, dates = ("daily means", "days") if found.by_day else ("monthly means", "months")
    keys = [html.Span(f"{source}, {means}", className="key-model")]
    keys.append(
        html.Span(found.title, className="key-reference")
        if found.title
        else html.Span(
            f"no reference series of these {dates}: add SILSO's on Explore", className="text-secondary"
        )
    )
    return html.A(
        [
            html.Div(keys, className="keys"),
            html.Div(
                [
                    html.Span(f"{top:.0f}", className="top"),
                    drawn(
                        picture,
                        f"Sunspot number of {source}, {means} from {first} to {last}, up to {top:.0f}",
                    ),
                    html.Span("0", className="bottom"),
                ],
                className="scaled",
            ),
            html.Div([html.Span(first), html.Span(last if last != first else "")], className="dates small"),
        ],
        href=url(EXPLORE),
        title="Explore",
        className="small-series",
    )


def _revision() -> str:
    """Return a text that changes with the catalogue and with the reference series."""
    context = current_context()
    return f"{context.catalogue.revision()} {stamp_of(context.workspace.references)}"


def newer_activity(_: str | None, shown: str | None) -> tuple[Any, Any, str]:
    """Return card and thumbnail of the Sun's activity if the catalogue or a reference series has changed."""
    now = _revision()
    if now == shown:
        raise PreventUpdate
    catalogue = current_context().catalogue
    model = catalogue.last_model()
    source = source_of(model, EITHER if is_any_reviewed(catalogue) else MODEL)
    found = latest_activity(catalogue, source)
    name = describe_source(source)
    return _answer(found, name), _series(found, name), now


def register(app: Dash) -> None:
    """Register the callback; the page does not wait for it, since the first means take a second."""
    app.callback(
        Output(Overview.ACTIVITY, "children"),
        Output(Overview.SERIES, "children"),
        Output(Overview.REVISION, "data"),
        Input(Shell.PULSE, "data"),
        State(Overview.REVISION, "data"),
    )(newer_activity)
