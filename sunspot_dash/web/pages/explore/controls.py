"""The controls that all figures share."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import dash_bootstrap_components as dbc
from dash import html

from sunspot_dash.services.export.formats import FORMATS
from sunspot_dash.web.components.feedback import LIVE
from sunspot_dash.web.ids import Explore
from sunspot_dash.web.pages.explore.filters import FIELDS, PLACES, VIEWS

TYPING_MS = 700  # a date or number is taken when no key was struck for so long
# Label, least and most of each place.
RANGES = {
    "r_from": ("r/R from", 0, 10),
    "r_to": ("r/R to", 0, 10),
    "pa_from": ("Angle from, °", 0, 360),
    "pa_to": ("Angle to, °", 0, 360),
    "b_from": ("Latitude from, °", -90, 90),
    "b_to": ("Latitude to, °", -90, 90),
}


def layout(known: list[str], values: dict[str, Any]) -> list[Any]:
    """Models, period, places, and which view is shown."""
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
    days = [
        labelled(label, dbc.Input(id=FIELDS[name], type="date", value=values[name], debounce=TYPING_MS))
        for label, name in (("From", "from"), ("To", "to"))
    ]
    clear = dbc.Button("Clear filters", id=Explore.CLEAR, outline=True, color="secondary", size="sm")
    told = html.Div(
        [
            html.Span(id=Explore.FILTERS, **LIVE),
            clear,
            dbc.DropdownMenu(
                id=Explore.EXPORTS,
                label="Export the period",
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
        dbc.Row([dbc.Col(models, md=6, xs=12), *days], className="g-2 align-items-end"),
        _places(values),
        told,
        view,
    ]


def exports(model: str, period: tuple[str, str]) -> list[dbc.DropdownMenuItem]:
    """Links to everything that can be taken away of a model's results in a period."""
    query = urlencode({name: day for name, day in zip(("from", "to"), period, strict=True) if day})
    return [
        dbc.DropdownMenuItem(
            f"{one.description} ({one.suffix})", href=f"/exports/{model}/{form}?{query}", external_link=True
        )
        for form, one in FORMATS.items()
    ]


def _places(values: dict[str, Any]) -> html.Details:
    """Where on the disk or on the Sun; figures set them, too."""
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
        for name in PLACES
    ]
    return html.Details(
        [html.Summary("Places by numbers", className="small mt-2"), dbc.Row(boxes, className="g-2")],
        id=Explore.PLACES,
    )


def labelled(text: str, control: Any) -> dbc.Col:
    """A control with its label above it, a sixth of the page wide."""
    label = html.Label(text, htmlFor=control.id, className="form-label small mb-0")
    return dbc.Col([label, control], md=2, xs=6)


def choose(name: str, names: dict[str, str], values: dict[str, Any]) -> dbc.Select:
    """A field of the choice with a few values."""
    options = [{"value": value, "label": label} for value, label in names.items()]
    return dbc.Select(id=FIELDS[name], options=options, value=values[name])
