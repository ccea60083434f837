"""The Dataset page: upload, list, view, correct and delete drawings and labels."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import Dash, dcc, html

from sunspot_dash.web.components.bar import page
from sunspot_dash.web.components.feedback import LIVE, toasts
from sunspot_dash.web.ids import Dataset
from sunspot_dash.web.pages.dataset import archive, dates, drawing, label_check, labels, table, tags


def layout(**query: str) -> html.Div:
    """Return the page; the URL may name the open drawing, and the state of the drawings that are listed."""
    return page(
        "Dataset",
        dbc.Row([dbc.Col(_zone(*zone), md=6) for zone in ZONES], className="g-3"),
        html.Div(
            [
                html.Span(id=Dataset.UPLOAD_SUMMARY, **LIVE),
                html.Button(
                    "Dismiss all",
                    id=Dataset.UPLOAD_DISMISS,
                    className="btn btn-sm btn-outline-secondary",
                    type="button",
                    hidden=True,
                ),
            ],
            className="small mt-2 d-flex gap-3 align-items-center",
        ),
        html.Div(id=Dataset.UPLOADS, className="uploads mb-3"),
        dcc.Store(id=Dataset.KEY, data=query.get("drawing", "")),
        toasts(
            Dataset.LIST_MESSAGE,
            Dataset.MESSAGE,
            Dataset.IMPORT_MESSAGE,
            Dataset.TAG_MESSAGE,
            Dataset.UNTAG_MESSAGE,
            side="toasts-left",
        ),
        html.Div([table.card(query.get("state", "")), drawing.card()], className="dataset-split"),
        dbc.Row(
            [
                dbc.Col(labels.card(), lg=6),
                dbc.Col(archive.card(), lg=6),
                dbc.Col(label_check.card(), lg=12),
                dbc.Col(dates.card(), lg=12),
            ],
            className="g-3 mt-0",
        ),
    )


ZONES = (
    (
        "labelled",
        "Upload labelled drawings and their COCO file",
        "Drop images and instances_default.json here, together or separately, a folder that has them, or the ZIP of a "
        "CVAT export (COCO 1.0).",
    ),
    (
        "run",
        "Upload drawings to run a model on",
        "Drop images, or a folder of images, here. They are stored in images_to_run.",
    ),
)


def _zone(role: str, title: str, text: str) -> html.Div:
    """Return the drop zone for files of one role, which assets/upload.js streams to the server."""
    buttons = [
        html.Button(
            f"Choose {what}",
            className=f"btn btn-outline-primary btn-sm choose-{what.split()[-1]}",
            type="button",
        )
        for what in ("files", "a folder")
    ]
    return html.Div(
        [html.H2(title), html.P(text, className="mb-2"), html.Div(buttons, className="d-inline-flex gap-2")],
        className="drop h-100",
        **{"data-role": role},  # type: ignore[arg-type]
    )


def register(app: Dash) -> None:
    """Register the callbacks."""
    for part in (table, tags, drawing, dates, labels, label_check, archive):
        part.register(app)
