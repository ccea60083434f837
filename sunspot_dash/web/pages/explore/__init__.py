"""The Explore page: detections over time, on the disk and on the Sun; a selection in one figure filters the others."""

from __future__ import annotations

from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html, no_update
from dash.exceptions import PreventUpdate

from sunspot_dash.services.analysis.counts import revision
from sunspot_dash.services.catalogue.sources import MODEL, source_of
from sunspot_dash.services.review.queue import is_any_reviewed
from sunspot_dash.web.components.bar import page
from sunspot_dash.web.components.feedback import empty
from sunspot_dash.web.context import current_context, url
from sunspot_dash.web.ids import Explore, Shell
from sunspot_dash.web.pages.explore import controls, counts, groups, number, sun
from sunspot_dash.web.pages.explore.filters import FIELDS, FILTERS, Choice, in_order
from sunspot_dash.web.pages.explore.linked import fields

PATH = "/explore"
PANES = {"counts": counts, "number": number, "sun": sun, "groups": groups}
# Hidden at full width, since Plotly draws a figure with display: none at a wrong size.
HIDDEN = {"visibility": "hidden", "height": 0, "overflow": "hidden"}


def layout(**query: Any) -> html.Div:
    """Return the page for the selection in its URL, which may contain anything."""
    known = current_context().catalogue.models()
    choice = Choice.read(query)
    values = choice.values | {"model": _kept(list(choice.models), known)}
    nothing = empty(
        "Nothing to explore yet",
        "Run a model on your drawings first. Its detections appear here automatically.",
        "Run inference",
        "/inference",
    )
    panes = [
        html.Div(
            module.layout(values),
            id=Explore.PANES[view],
            style={} if view == choice.view else {"display": "none"},
        )
        for view, module in PANES.items()
    ]
    return page(
        "Explore",
        dcc.Store(
            id=Explore.REVISION, data=revision(current_context().catalogue, Choice.read(values).sources)
        ),
        html.Div(nothing, id=Explore.EMPTY, hidden=bool(known)),
        html.Div([*controls.layout(known, values), *panes], id=Explore.BODY, style={} if known else HIDDEN),
    )


def _kept(chosen: list[str], known: list[str]) -> list[str]:
    """Return the chosen models that have results, or the one with the newest results."""
    return [model for model in chosen if model in known] or known[:1] or chosen


def reviewed(_: int | None, hidden: bool, counts: str) -> bool:
    """Return whether the choice of what is counted is hidden; it appears with the first reviewed drawing."""
    now = counts == MODEL and not is_any_reviewed(current_context().catalogue)
    if now == hidden:
        raise PreventUpdate
    return now


def models(_: int | None, options: list[str], chosen: list[str]) -> tuple[Any, ...]:
    """Return the models with results, the chosen ones, and whether there is anything to explore."""
    known = current_context().catalogue.models()
    if sorted(known) == options:
        raise PreventUpdate
    return sorted(known), _kept(chosen, known), bool(known), {} if known else HIDDEN


def follow(_: int | None, chosen: list[str], counts: str, shown: str | None) -> str:
    """Return the revision of the chosen counts; send nothing while it is unchanged."""
    now = revision(current_context().catalogue, [source_of(model, counts) for model in chosen])
    if now == shown:
        raise PreventUpdate
    return now


def filters(values: dict[str, Any]) -> tuple[str, str, Any]:
    """Return a description of the filters, the URL of the selection, and the exports."""
    choice = Choice.read(values)
    text = choice.filters()
    exports = controls.exports(choice) if choice.model else []
    return (
        f"Filter: {text}." if text else "No filter: everything is shown.",
        f"{url(PATH)}?{choice.query()}",
        exports,
    )


def ordered_period(first: str | None, last: str | None) -> tuple[Any, Any]:
    """Return the dates of a period in order if they were entered in reverse."""
    ends = in_order(first, last)
    return ends if all(ends) and ends != (first, last) else (no_update, no_update)


def clear(_: int) -> tuple[Any, ...]:
    """Clear the period and the region."""
    return ("",) * len(FILTERS)


def register(app: Dash) -> None:
    """Register the callbacks."""
    tick, chosen = Input(Shell.TICK, "n_intervals"), State(Explore.MODEL, "value")
    app.callback(
        Output(Explore.MODEL, "options"),
        Output(Explore.MODEL, "value"),
        Output(Explore.EMPTY, "hidden"),
        Output(Explore.BODY, "style"),
        tick,
        State(Explore.MODEL, "options"),
        chosen,
        prevent_initial_call=True,  # the layout has set them already
    )(models)
    app.callback(
        Output(Explore.COUNTS_PART, "hidden"),
        tick,
        State(Explore.COUNTS_PART, "hidden"),
        State(Explore.COUNTS, "value"),
        prevent_initial_call=True,
    )(reviewed)
    app.callback(
        Output(Explore.REVISION, "data"),
        tick,
        Input(Explore.MODEL, "value"),
        Input(Explore.COUNTS, "value"),
        State(Explore.REVISION, "data"),
        prevent_initial_call=True,
    )(follow)
    app.callback(
        Output(Explore.FILTERS, "children"),
        Output(Shell.ADDRESS, "data", allow_duplicate=True),
        Output(Explore.EXPORTS, "children"),
        inputs={"values": {name: Input(identity, "value") for name, identity in FIELDS.items()}},
        prevent_initial_call="initial_duplicate",
    )(filters)
    app.callback(
        *fields("from", "to"),
        Input(Explore.FROM, "value"),
        Input(Explore.TO, "value"),
        prevent_initial_call=True,
    )(ordered_period)
    app.callback(*fields(), Input(Explore.CLEAR, "n_clicks"), prevent_initial_call=True)(clear)
    app.clientside_callback(
        ClientsideFunction("figures", "pane"),
        *(Output(Explore.PANES[view], "style") for view in PANES),
        Input(Explore.VIEW, "value"),
    )
    for module in PANES.values():
        module.register(app)
