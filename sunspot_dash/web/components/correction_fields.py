"""The fields of the manual corrections of a drawing, on the pages Dataset and Review."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import html

from sunspot_dash.services.dataset.corrections import ARCHIVE
from sunspot_dash.web.components.dates import date_field
from sunspot_dash.web.components.terms import explain
from sunspot_dash.web.ids import Dataset, Review

UP = {ARCHIVE: "as in the archive", "celestial": "celestial north", "solar": "solar north"}
ORIENTATION = {
    ARCHIVE: "as in the archive",
    "right": "right (mirrored)",
    "left": "left (as in the sky)",
}
TERMS = {"Tilt (°)": "tilt", "Limb radius (px)": "limb"}
Ids = type[Dataset] | type[Review]


def ids_of(page: Ids) -> tuple[str, ...]:
    """Return the ids of the fields in the order of `parse_correction`."""
    limb = (page.X, page.Y, page.RADIUS)
    return page.DATE, page.TIME, page.ORIENTATION, page.UP, page.TILT, *limb, page.OBSERVER


def fields(page: Ids, **width: int) -> dbc.Row:
    """Return the fields; `width` is that of each, such as `xs=6`."""

    def number(identity: str) -> dbc.Input:
        return dbc.Input(id=identity, type="number", step="any", size="sm")

    def choice(identity: str, names: dict[str, str]) -> dbc.Select:
        options = [{"value": value, "label": label} for value, label in names.items()]
        return dbc.Select(id=identity, options=options, value=ARCHIVE, size="sm")

    found: dict[str, Any] = {
        "Date (UT)": date_field(page.DATE, size="sm"),
        "Time (UT)": dbc.Input(id=page.TIME, type="time", size="sm"),
        "Observer": dbc.Input(id=page.OBSERVER, type="text", size="sm"),
        "East is on the": choice(page.ORIENTATION, ORIENTATION),
        "Up is": choice(page.UP, UP),
        "Tilt (°)": number(page.TILT),
        "Limb centre x (px)": number(page.X),
        "Limb centre y (px)": number(page.Y),
        "Limb radius (px)": number(page.RADIUS),
    }
    return dbc.Row([_field(text, control, width) for text, control in found.items()], className="g-2")


def _field(text: str, control: Any, width: dict[str, int]) -> dbc.Col:
    label = html.Label(text, htmlFor=control.id, className="form-label small mb-0")
    term = [explain(TERMS[text])] if text in TERMS else []
    return dbc.Col([label, *term, control], **width)
