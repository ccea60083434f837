"""The controls that all figures of the Explore page share: the bar with its chips, and the drawer of the filters."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import dash_bootstrap_components as dbc
from dash import html

from sunspot_dash.services.analysis.counts import extent
from sunspot_dash.services.catalogue.sources import COUNTS, MODEL
from sunspot_dash.services.export.formats import FORMATS, LABELS
from sunspot_dash.services.review.queue import counts, is_any_reviewed
from sunspot_dash.web.components.bar import choice, segments
from sunspot_dash.web.components.clicks import store
from sunspot_dash.web.components.dates import TYPING_MS, date_field
from sunspot_dash.web.components.drawer import drawer
from sunspot_dash.web.components.feedback import LIVE
from sunspot_dash.web.components.icons import icon
from sunspot_dash.web.context import current_context, url
from sunspot_dash.web.ids import Explore
from sunspot_dash.web.pages.explore import presets
from sunspot_dash.web.pages.explore.filters import FIELDS, POSITION, VIEWS, Choice

DRAWER = (Explore.DRAWER, Explore.OPEN_FILTERS, Explore.CLOSE_FILTERS)
# Label, minimum and maximum of each position field.
RANGES = {
    "r_from": ("r/R from", 0, 10),
    "r_to": ("r/R to", 0, 10),
    "pa_from": ("Position angle from (°)", 0, 360),
    "pa_to": ("Position angle to (°)", 0, 360),
    "b_from": ("Latitude from (°)", -90, 90),
    "b_to": ("Latitude to (°)", -90, 90),
}


def tools(values: dict[str, Any]) -> list[Any]:
    """Return the parts of the bar: the period, the chips of the filters, and what is shown of how much."""
    period = Choice.read(values).period
    preset = dbc.Select(
        id=Explore.PRESET,
        options=presets.options(extent(current_context().catalogue), period),
        value=presets.value_of(period),
        size="sm",
        className="bar-choice",
    )
    return [
        choice("Period", preset),
        html.Div(id=Explore.FILTERS, className="chips", **LIVE),
        store(Explore.CHIP),
        html.Button("+ Filter", id=Explore.OPEN_FILTERS, type="button", className="chip"),
        html.Button("Clear filters", id=Explore.CLEAR, type="button", className="chip quiet", hidden=True),
        html.Span(className="room"),
        html.Span(id=Explore.SHOWN, className="help"),
        dbc.DropdownMenu(id=Explore.EXPORTS, label="Export period", size="sm", color="secondary"),
    ]


def chips(chosen: Choice) -> list[html.Button]:
    """Return a button per filter that removes it, and one per model if several are chosen."""
    texts = {name: (text, text) for name, text in chosen.chips().items()}
    if len(chosen.models) > 1:
        texts = {f"model {name}": (f"Model: {name}", f"model {name}") for name in chosen.models} | texts
    return [
        html.Button(
            [shown, icon("x")],
            id={"type": Explore.CHIP, "name": name},
            type="button",
            className="chip active",
            **{"aria-label": f"Remove the filter {said}"},  # type: ignore[arg-type]
        )
        for name, (shown, said) in texts.items()
    ]


def views(values: dict[str, Any]) -> html.Div:
    """Return the choice of the view."""
    return html.Div(segments(Explore.VIEW, VIEWS, values["view"]), className="views")


def filter_drawer(known: list[str], values: dict[str, Any]) -> html.Div:
    """Return the drawer with the fields of the filters, which selections in figures set too."""
    models = html.Fieldset(
        [
            html.Legend("Models", className="form-label small mb-0 float-none"),
            dbc.Checklist(
                id=Explore.MODEL,
                options=sorted(known),
                value=values["model"],
                className="models",
            ),
        ],
        className="mb-3",
    )
    counted = html.Fieldset(
        [
            html.Legend("Counts of", className="form-label small mb-0 float-none"),
            segments(Explore.COUNTS, COUNTS, values["counts"]),
        ],
        id=Explore.COUNTS_PART,
        className="mb-3",
        hidden=not (is_any_reviewed(current_context().catalogue) or values["counts"] != MODEL),
    )
    days = [
        labelled(
            label,
            date_field(FIELDS[name], value=values[name], debounce=TYPING_MS),
        )
        for label, name in (("From", "from"), ("To", "to"))
    ]
    content = [
        dbc.Row(days, className="g-2"),
        html.P(id=Explore.DATES_NOTE, className="help mb-3", **LIVE),
        models,
        counted,
        dbc.Row(_position(values), className="g-2"),
    ]
    return drawer(DRAWER, "Filters", content)


def exports(choice: Choice) -> list[dbc.DropdownMenuItem]:
    """Return links to the exports of the first model's counts in a period."""
    model, period = choice.model, choice.period
    given = {name: day for name, day in zip(("from", "to"), period, strict=True) if day}
    query = urlencode(given | ({} if choice.counts == MODEL else {"counts": choice.counts}))
    reviewed = counts(current_context().catalogue, model, period).reviewed
    return [
        dbc.DropdownMenuItem(
            f"{one.description} ({one.suffix})",
            href=url(f"/exports/{model}/{form}?{query}"),
            external_link=True,
        )
        for form, one in FORMATS.items()
        if reviewed or form != LABELS
    ]


def _position(values: dict[str, Any]) -> list[dbc.Col]:
    return [
        labelled(
            RANGES[name][0],
            dbc.Input(
                id=FIELDS[name],
                type="number",
                value=values[name],
                debounce=TYPING_MS,
                min=RANGES[name][1],
                max=RANGES[name][2],
                step="any",
            ),
        )
        for name in POSITION
    ]


def labelled(text: str, control: Any) -> dbc.Col:
    """Return a control with a label above it, half of the drawer wide."""
    label = html.Label(text, htmlFor=control.id, className="form-label small mb-0")
    return dbc.Col([label, control], xs=6)


def choose(label: str, name: str, names: dict[str, str], values: dict[str, Any]) -> html.Div:
    """Return a small select for a field of the selection, with its label before it."""
    options = [{"value": value, "label": text} for value, text in names.items()]
    select = dbc.Select(
        id=FIELDS[name], options=options, value=values[name], size="sm", className="bar-choice"
    )
    return html.Div([html.Label(label, htmlFor=FIELDS[name]), select], className="option")
