"""Free tags on the open drawing or on the selected ones."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import Dash, Input, Output, State, ctx, html, no_update
from dash.exceptions import PreventUpdate

from sunspot_dash.errors import SunspotError
from sunspot_dash.services.dataset.tags import LONGEST_TAG, add_tag, all_tags, remove_tag, tags_of
from sunspot_dash.text import counted
from sunspot_dash.web.components.clicks import Click, last_click, store
from sunspot_dash.web.components.feedback import note, problem
from sunspot_dash.web.context import current_context
from sunspot_dash.web.ids import Dataset


def entry() -> html.Div:
    """Return the field for a tag, with the buttons to add it to drawings and to remove it."""
    buttons = (("Add tag", Dataset.ADD_TAG), ("Remove tag", Dataset.REMOVE_TAG))
    field = dbc.Input(
        id=Dataset.TAG,
        type="text",
        size="sm",
        list=Dataset.KNOWN_TAGS,
        maxLength=LONGEST_TAG,
        placeholder="Tag, such as bad scan",
        autoComplete="off",
    )
    return html.Div(
        [
            html.Label("Tag", htmlFor=Dataset.TAG, className="visually-hidden"),
            field,
            html.Datalist(id=Dataset.KNOWN_TAGS),
            *(
                dbc.Button(text, id=identity, size="sm", color="secondary", outline=True, disabled=True)
                for text, identity in buttons
            ),
        ],
        className="tag-entry",
    )


def chips() -> html.Div:
    """Return the place for the tags of the open drawing."""
    return html.Div([html.Div(id=Dataset.TAGS), store(Dataset.UNTAG)])


def ready(tag: str | None, rows: list[dict[str, Any]] | None, key: str) -> tuple[bool, bool]:
    """Whether the buttons to add and to remove are disabled: without a tag, or a drawing to put it on."""
    disabled = not (tag or "").strip() or not (rows or key)
    return disabled, disabled


def change(
    _: int | None,
    __: int | None,
    ___: int | None,
    tag: str | None,
    rows: list[dict[str, Any]] | None,
    key: str,
) -> tuple[Any, Any]:
    """Add a tag to the selected drawings, or to the open one if none is selected, or remove it."""
    names = [row["name"] for row in rows or []] or [_name(key)]
    if not names[0] or not (tag or "").strip():
        raise PreventUpdate
    removes = ctx.triggered_id == Dataset.REMOVE_TAG
    try:
        done = (remove_tag if removes else add_tag)(current_context().workspace, names, tag or "")
    except SunspotError as error:
        return problem(str(error)), no_update
    what = "removed from" if removes else "added to"
    return note(f"Tag '{' '.join((tag or '').split())}' {what} {counted(done, 'drawing')}."), ""


def untag(click: Click) -> Any:
    """Remove a tag of the drawing whose tags were shown."""
    if not click:
        raise PreventUpdate
    try:
        remove_tag(current_context().workspace, [_name(click["drawing"])], click["tag"])
    except SunspotError as error:
        return problem(str(error))
    return note(f"Tag '{click['tag']}' removed. To undo that, add it again.")


def shown(key: str, _: Any, __: Any) -> tuple[Any, Any]:
    """Show the tags of the open drawing, and offer those of all drawings."""
    workspace = current_context().workspace
    try:
        found, known = tags_of(workspace, _name(key)) if key else (), all_tags(workspace)
    except SunspotError as error:
        return str(error), []
    return [_chip(key, tag) for tag in found], [html.Option(value=tag) for tag in known]


def _chip(key: str, tag: str) -> html.Span:
    remove = html.Button(
        "×",
        id={"type": Dataset.UNTAG, "drawing": key, "tag": tag},
        type="button",
        title=f"Remove the tag {tag}",
        **{"aria-label": f"Remove the tag {tag}"},  # type: ignore[arg-type]
    )
    return html.Span([tag, remove], className="tag")


def _name(key: str) -> str:
    row = current_context().catalogue.drawing(key)
    return row["name"] if row else ""


def register(app: Dash) -> None:
    """Register the callbacks."""
    selection = State(Dataset.TABLE, "selectedRows")
    key = State(Dataset.KEY, "data")
    app.callback(
        Output(Dataset.ADD_TAG, "disabled"),
        Output(Dataset.REMOVE_TAG, "disabled"),
        Input(Dataset.TAG, "value"),
        Input(Dataset.TABLE, "selectedRows"),
        Input(Dataset.KEY, "data"),
    )(ready)
    app.callback(
        Output(Dataset.TAG_MESSAGE, "children"),
        Output(Dataset.TAG, "value"),
        Input(Dataset.ADD_TAG, "n_clicks"),
        Input(Dataset.REMOVE_TAG, "n_clicks"),
        Input(Dataset.TAG, "n_submit"),
        State(Dataset.TAG, "value"),
        selection,
        key,
        prevent_initial_call=True,
    )(change)
    app.callback(
        Output(Dataset.UNTAG_MESSAGE, "children"),
        last_click(app, Dataset.UNTAG, "drawing", "tag"),
        prevent_initial_call=True,
    )(untag)
    app.callback(
        Output(Dataset.TAGS, "children"),
        Output(Dataset.KNOWN_TAGS, "children"),
        Input(Dataset.KEY, "data"),
        Input(Dataset.TAG_MESSAGE, "children"),
        Input(Dataset.UNTAG_MESSAGE, "children"),
    )(shown)
