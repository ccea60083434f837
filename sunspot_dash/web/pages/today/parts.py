"""The cards of the page Today."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import html

from sunspot_dash.domain.activity.sunspot_number import wolf
from sunspot_dash.figures.small_number import small_number
from sunspot_dash.services.analysis.latest_activity import latest_activity
from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.services.catalogue.sources import EITHER, source_of
from sunspot_dash.services.day.day import WRITTEN, Counts, Day
from sunspot_dash.services.drawing.images import picture_address
from sunspot_dash.web.components.drawn import drawn
from sunspot_dash.web.components.terms import explain
from sunspot_dash.web.context import url

LAST_MONTHS = 3


def drawing_card(day: Day) -> dbc.Card:
    """Return the card of the drawing, whose picture opens it."""
    when = f"{day.date} {day.time} UT" if day.time else f"{day.date}, time not known"
    row = {"key": day.key, "modified_ns": day.version}
    page = f"/review?model={day.model}&drawing={day.key}" if day.model else f"/dataset?drawing={day.key}"
    picture = html.A(
        html.Img(src=url(picture_address(row, "view")), alt=f"Drawing of {when}"),
        href=url(page),
        title="Open the drawing",
        className="today-picture",
    )
    text = f"model {day.model}" if day.model else "no model has processed it yet"
    return _card([html.H2(when), html.P(f"{day.name} · {text}", className="help"), picture], "today-drawing")


def steps_card(day: Day) -> dbc.Card:
    """Return the steps of the day, each with its state and a link to where it is done."""
    rows = []
    for step in day.steps:
        state = html.Span(
            "done" if step.done else "open", className=f"step-state {'done' if step.done else 'open'}"
        )
        name: Any = step.name
        if step.name != WRITTEN and day.model and not step.done:
            name = html.A(step.name, href=url(f"/review?model={day.model}&drawing={day.key}"))
        rows.append(
            html.Div([state, html.Span(name), html.Span(step.text, className="help")], className="step")
        )
    title = "Nothing is missing" if day.complete else "Four steps"
    return _card([html.H2(title), *rows])


def numbers_card(day: Day) -> dbc.Card:
    """Return groups, spots and R with their intervals, and the hemispheres."""
    if day.counts is None:
        return _card(
            [
                html.H2("Numbers"),
                html.P(
                    "They appear when a model has processed the drawing.", className="text-secondary mb-2"
                ),
                dbc.Button("Run a model", href=url("/inference"), color="primary", size="sm"),
            ]
        )
    counts = day.counts
    shown = [
        _number(counts.groups, "group" if counts.groups == 1 else "groups", _interval(counts, "groups")),
        _number(counts.spots, "spot" if counts.spots == 1 else "spots", _interval(counts, "spots")),
        _number(counts.number, "R", _interval(counts, "number")),
    ]
    halves = [
        html.Tr([html.Th(name, scope="row"), *(html.Td(str(value)) for value in (*half, int(wolf(*half))))])
        for name, half in (("North", counts.north), ("South", counts.south))
    ]
    head = html.Thead(html.Tr([html.Td(""), *(html.Th(name) for name in ("groups", "spots", "R"))]))
    source = "reviewed" if counts.reviewed else "as the model found them"
    return _card(
        [
            html.Div([html.H2("Numbers"), explain("R")], className="termed"),
            html.P(source, className="help"),
            html.Div(shown, className="kpis"),
            html.Table([head, html.Tbody(halves)], className="halves-table"),
        ]
    )


def change_card(catalogue: Catalogue, day: Day) -> list[dbc.Card]:
    """Return what changed since the last drawing of an earlier day, and R of the last months."""
    if day.counts is None:
        return []
    parts: list[Any] = []
    if day.before:
        date, before = day.before
        parts.append(html.P(f"Since {date}: {_change(before, day.counts)}", className="mb-2"))
    found = latest_activity(catalogue, source_of(day.model, EITHER), LAST_MONTHS)
    if found is not None and len(found.dates) > 1:
        picture, top = small_number(found.values, found.reference)
        first, last = str(found.dates[0]), str(found.dates[-1])
        parts.append(
            html.A(
                [
                    drawn(picture, f"Sunspot number from {first} to {last}, up to {top:.0f}"),
                    html.Div(
                        [html.Span(first), html.Span(f"R up to {top:.0f}"), html.Span(last)],
                        className="dates small",
                    ),
                ],
                href=url("/explore?view=number"),
                title="Explore",
                className="small-series today-series",
            )
        )
    return [_card([html.H2("What changed"), *parts])] if parts else []


def _change(before: Counts, now: Counts) -> str:
    parts = (
        ("groups", now.groups - before.groups),
        ("spots", now.spots - before.spots),
        ("R", now.number - before.number),
    )
    return ", ".join(f"{name} {'±0' if not more else f'{more:+d}'}" for name, more in parts).replace("-", "−")


def _interval(counts: Counts, name: str) -> str:
    low, high = (counts.intervals.get(f"{name}_{end}") for end in ("low", "high"))
    return "" if low is None or high is None else f"{low:.0f} to {high:.0f}"


def _number(value: int, text: str, interval: str) -> html.Div:
    parts = [html.B(str(value)), html.Small(text)]
    return html.Div(
        [*parts, *([html.Span(interval, className="kpi-interval")] if interval else [])], className="kpi"
    )


def _card(content: list[Any], more: str = "") -> dbc.Card:
    return dbc.Card(dbc.CardBody(content), className=more)
