"""The form of the manual corrections of a drawing."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import html

from sunspot_dash.services.dataset.corrections import circle_of
from sunspot_dash.services.drawing.details import DrawingDetails
from sunspot_dash.web.components.feedback import LIVE
from sunspot_dash.web.ids import Dataset
from sunspot_dash.web.pages.dataset import tilt

HIDDEN = {"display": "none"}
ARCHIVE = "archive"
UP = {ARCHIVE: "as in the archive", "celestial": "celestial north", "solar": "solar north"}
ORIENTATION = {
    ARCHIVE: "as in the archive",
    "right": "right (mirrored)",
    "left": "left (as in the sky)",
}
FIELDS = (
    Dataset.DATE,
    Dataset.TIME,
    Dataset.ORIENTATION,
    Dataset.UP,
    Dataset.TILT,
    Dataset.X,
    Dataset.Y,
    Dataset.RADIUS,
)


def layout() -> html.Details:
    return html.Details(
        [
            html.Summary("Correct manually"),
            html.P(
                "Empty fields keep the values from the file name and the archive. The limb is the fitted one until you "
                "change it. The tilt is added to all position angles, which count from north through east.",
                className="help mt-2 mb-1",
            ),
            dbc.Switch(
                id=Dataset.MOVE,
                label="Move the limb in the image: drag the disk, or pull its edge",
                value=False,
            ),
            dbc.Row(
                [
                    _field("Date (UT)", dbc.Input(id=Dataset.DATE, type="date", size="sm")),
                    _field("Time (UT)", dbc.Input(id=Dataset.TIME, type="time", size="sm")),
                    _field(
                        "East is on the",
                        dbc.Select(
                            id=Dataset.ORIENTATION, options=_options(ORIENTATION), value=ARCHIVE, size="sm"
                        ),
                    ),
                    _field(
                        "Up is", dbc.Select(id=Dataset.UP, options=_options(UP), value=ARCHIVE, size="sm")
                    ),
                    _field("Tilt (°)", dbc.Input(id=Dataset.TILT, type="number", step="any", size="sm")),
                    _field(
                        "Limb centre x (px)", dbc.Input(id=Dataset.X, type="number", step="any", size="sm")
                    ),
                    _field(
                        "Limb centre y (px)", dbc.Input(id=Dataset.Y, type="number", step="any", size="sm")
                    ),
                    _field(
                        "Limb radius (px)", dbc.Input(id=Dataset.RADIUS, type="number", step="any", size="sm")
                    ),
                ],
                className="g-2",
            ),
            tilt.panel(),
            html.Div(
                [
                    dbc.Button("Save", id=Dataset.SAVE, color="primary", size="sm"),
                    dbc.Button(
                        "Discard corrections", id=Dataset.DISCARD, color="secondary", outline=True, size="sm"
                    ),
                ],
                className="d-flex gap-2 mt-2 flex-wrap",
            ),
            # Below the fields instead of in the corner, so that an error does not cover them.
            html.Div(id=Dataset.DRAWING_MESSAGE, className="mt-2", **LIVE),
        ],
        id=Dataset.FORM,
        style=HIDDEN,
        className="mt-2",
    )


def _options(names: dict[str, str]) -> list[dict[str, str]]:
    return [{"value": value, "label": label} for value, label in names.items()]


def _field(text: str, control_: Any) -> dbc.Col:
    label = html.Label(text, htmlFor=control_.id, className="form-label small mb-0")
    return dbc.Col([label, control_], sm=4, xs=6)


def values_of(details: DrawingDetails) -> tuple[Any, ...]:
    """Return the values of FIELDS for a drawing."""
    correction = details.correction
    orientation = {None: ARCHIVE, True: "right", False: "left"}[correction.mirrored]
    up = correction.up or ARCHIVE
    return (
        correction.date or "",
        correction.time,
        orientation,
        up,
        correction.tilt_deg,
        *circle_of(details.disk),
    )
