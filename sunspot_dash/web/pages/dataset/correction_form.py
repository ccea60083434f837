"""The form of the manual corrections of a drawing."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import html

from sunspot_dash.web.components.correction_fields import fields
from sunspot_dash.web.components.feedback import LIVE
from sunspot_dash.web.ids import Dataset
from sunspot_dash.web.pages.dataset import tilt

HIDDEN = {"display": "none"}


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
            fields(Dataset, sm=4, xs=6),
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
