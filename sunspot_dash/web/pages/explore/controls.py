"""The controls that all figures of the Explore page share."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import dash_bootstrap_components as dbc
from dash import html

from sunspot_dash.services.catalogue.sources import COUNTS, MODEL
from sunspot_dash.services.export.formats import FORMATS, LABELS
from sunspot_dash.services.review.queue import counts, is_any_reviewed
from sunspot_dash.web.components.bar import segments
from sunspot_dash.web.components.feedback import LIVE
from sunspot_dash.web.context import current_context, url
from sunspot_dash.web.ids import Explore
from sunspot_dash.web.pages.explore.filters import FIELDS, POSITION, VIEWS, Choice

TYPING_MS = 700  # a typed date or number takes effect after this pause
# Label, minimum and maximum of each position field.
RANGES = {
    "r_from": ("r/R from", 0, 10),
    "r_to": ("r/R to", 0, 10),
    "pa_from": ("Position angle from (°)", 0, 360),
    "pa_to": ("Position angle to (°)", 0, 360),
    "b_from": ("Latitude from (°)", -90, 90),
    "b_to": ("Latitude to (°)", -90, 90),
}


def layout(known: list[str], values: dict[str, Any]) -> list[Any]:
    """Return the controls for models, period, position and view."""
    models = html.Fieldset(
        [
            html.Legend("Models", className="form-label small mb-0 float-none"),
            dbc.Checklist(
                id=Explore.MODEL,
                options=sorted(known),
                value=values["model"],
                inline=True,
                className="models",
            ),
        ]
    )
    counted = html.Fieldset(
        [
            html.Legend("Counts of", className="form-label small mb-0 float-none"),
            segments(Explore.COUNTS, COUNTS, values["counts"]),
        ],
        id=Explore.COUNTS_PART,
        hidden=not (is_any_reviewed(current_context().catalogue) or values["counts"] != MODEL),
    )
    days = [
        labelled(label, dbc.Input(id=FIELDS[name], type="date", value=values[name], debounce=TYPING_MS))
        for label, name in (("From", "from"), ("To", "to"))
    ]
    clear = dbc.Button("Clear filters", id=Explore.CLEAR, outline=True, color="secondary", size="sm")
    filters = html.Div(
        [
            html.Span(id=Explore.FILTERS, **LIVE),
            clear,
            dbc.DropdownMenu(
                id=Explore.EXPORTS,
                label="Export period",
                size="sm",
                color="secondary",
                className="ms-auto",
            ),
        ],
        className="d-flex flex-wrap align-items-center gap-2 my-2",
    )
    view = dbc.RadioItems(
        id=Explore.VIEW,
        options=[{"value": value, "label": label} for value, label in VIEWS.items()],
        value=values["view"],
        className="panes d-flex flex-wrap mb-3",
        inputClassName="btn-check",
        labelClassName="btn btn-sm btn-outline-primary mb-1",
        labelCheckedClassName="active",
    )
    return [
        dbc.Row(
            [
                dbc.Col(models, md="auto", xs=12, className="me-md-4"),
                dbc.Col(counted, md="auto", xs=12, className="me-md-4"),
                *days,
            ],
            className="g-2 align-items-end",
        ),
        _position(values),
        filters,
        view,
    ]


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


def _position(values: dict[str, Any]) -> html.Details:
    """Return the position fields, which selections in figures set too."""
    boxes = [
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
    return html.Details(
        [html.Summary("Filter by position", className="small mt-2"), dbc.Row(boxes, className="g-2")],
        id=Explore.POSITION,
    )


def labelled(text: str, control: Any) -> dbc.Col:
    """Return a control with a label above it, one sixth of the page wide."""
    label = html.Label(text, htmlFor=control.id, className="form-label small mb-0")
    return dbc.Col([label, control], md=2, xs=6)


def choose(name: str, names: dict[str, str], values: dict[str, Any]) -> dbc.Select:
    """Return a select for a field of the selection."""
    options = [{"value": value, "label": label} for value, label in names.items()]
    return dbc.Select(id=FIELDS[name], options=options, value=values[name])
