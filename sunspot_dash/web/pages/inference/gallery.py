"""The gallery of processed drawings, as thumbnails with ringed spots."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import Dash, Input, Output, html, no_update
from dash.exceptions import PreventUpdate

from sunspot_dash.services.catalogue.drawings import DONE, page_of_drawings
from sunspot_dash.text import counted
from sunspot_dash.web.components.clicks import Click, last_click, store
from sunspot_dash.web.components.feedback import empty
from sunspot_dash.web.context import current_context, url
from sunspot_dash.web.ids import Inference
from sunspot_dash.web.pages.inference import viewer
from sunspot_dash.web.pages.inference.results import NO_RESULTS

TAB = "gallery"
PAGE = 24  # drawings per page of the gallery


def card() -> dbc.Card:
    pages = dbc.Pagination(
        id=Inference.PAGE,
        max_value=1,
        active_page=1,
        first_last=True,
        previous_next=True,
        fully_expanded=False,
    )
    return dbc.Card(
        dbc.CardBody(
            [
                html.Div(id=Inference.GALLERY, className="gallery"),
                html.Div(pages, className="mt-3"),
                store(Inference.OPEN),
            ]
        ),
    )


def pictures(tab: str, page: int | None, model: str | None, _: Any) -> tuple[Any, Any]:
    """Return one page of the gallery."""
    if tab != TAB:
        return no_update, no_update
    start = PAGE * ((page or 1) - 1)
    done = {"state": {"type": "equals", "filter": DONE}}
    found, total = page_of_drawings(current_context().catalogue, (start, start + PAGE), [], done, model or "")
    if not total:
        return empty(*NO_RESULTS), 1
    return [_picture(row, model or "") for row in found], -(-total // PAGE)


def _picture(row: dict[str, Any], model: str) -> html.Button:
    text = [
        html.Span(row["date"], className="d-block"),
        html.Span(counted(row["spots"], "spot"), className="fw-semibold"),
    ]
    source = url(f"/found/{model}/{row['key']}?v={row['stamp']:x}")
    return html.Button(
        [html.Img(src=source, alt=row["name"], width=150, height=170), html.Div(text)],
        id={"type": Inference.OPEN, "key": row["key"]},
        className="picture",
        title=row["name"],
    )


def opened(click: Click) -> tuple[Any, Any]:
    """Open the clicked drawing in the viewer."""
    if not click:
        raise PreventUpdate
    return {"key": click["key"], "spot": ""}, viewer.TAB


def register(app: Dash) -> None:
    """Register the callbacks."""
    app.callback(
        Output(Inference.GALLERY, "children"),
        Output(Inference.PAGE, "max_value"),
        Input(Inference.TABS, "value"),
        Input(Inference.PAGE, "active_page"),
        Input(Inference.RESULT_MODEL, "value"),
        Input(Inference.REVISION, "data"),
    )(pictures)
    app.callback(
        Output(Inference.KEY, "data", allow_duplicate=True),
        Output(Inference.TABS, "value"),
        last_click(app, Inference.OPEN, "key"),
        prevent_initial_call=True,
    )(opened)
