"""What was found, over time, on the disk and on the Sun; what is chosen in one figure filters all the others."""

from __future__ import annotations

from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html, no_update
from dash.exceptions import PreventUpdate

from sunspot_dash.services.analysis.counts import revision
from sunspot_dash.web.components.feedback import empty
from sunspot_dash.web.context import current_context
from sunspot_dash.web.ids import Explore, Shell
from sunspot_dash.web.pages.explore import controls, counts, groups, number, sun
from sunspot_dash.web.pages.explore.filters import FIELDS, FILTERS, Choice, in_order
from sunspot_dash.web.pages.explore.linked import fields

PATH = "/explore"
PANES = {"counts": counts, "number": number, "sun": sun, "groups": groups}
# Out of sight and reach, but as wide as it will be: a figure that is not displayed would be drawn in a wrong size.
UNSEEN = {"visibility": "hidden", "height": 0, "overflow": "hidden"}


def layout(**query: Any) -> html.Div:
    """The page; its address carries all that was chosen, and may hold anything."""
    known = current_context().catalogue.models()
    choice = Choice.read(query)
    values = choice.values | {"model": _kept(list(choice.models), known)}
    nothing = empty(
        "Nothing to explore yet",
        "Run a model over drawings first. What it finds appears here by itself.",
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
    return html.Div(
        [
            html.H1("Explore"),
            dcc.Store(id=Explore.REVISION, data=revision(current_context().catalogue, values["model"])),
            html.Div(nothing, id=Explore.EMPTY, hidden=bool(known)),
            html.Div(
                [*controls.layout(known, values), *panes], id=Explore.BODY, style={} if known else UNSEEN
            ),
        ]
    )


def _kept(chosen: list[str], known: list[str]) -> list[str]:
    """Those that have results; the one with the newest where none has."""
    return [model for model in chosen if model in known] or known[:1] or chosen


def models(_: int | None, options: list[str], chosen: list[str]) -> tuple[Any, ...]:
    """The models that have results now, those chosen, and whether there is anything to explore."""
    known = current_context().catalogue.models()
    if sorted(known) == options:
        raise PreventUpdate
    return sorted(known), _kept(chosen, known), bool(known), {} if known else UNSEEN


def follow(_: int | None, chosen: list[str], shown: str | None) -> str:
    """The state of the chosen models' results; nothing is sent while it stays the same."""
    now = revision(current_context().catalogue, chosen)
    if now == shown:
        raise PreventUpdate
    return now


def filters(values: dict[str, Any]) -> tuple[str, str, Any]:
    """The filters in words, the address of what is shown, to be shared, and what of it can be taken away."""
    choice = Choice.read(values)
    told = choice.filters()
    exports = controls.exports(choice.models[0], choice.period) if choice.models else []
    return (
        f"Filter: {told}." if told else "No filter: everything is shown.",
        f"{PATH}?{choice.query()}",
        exports,
    )


def straight(first: str | None, last: str | None) -> tuple[Any, Any]:
    """The fields of a period that was typed the wrong way round, as it is shown."""
    ends = in_order(first, last)
    return ends if all(ends) and ends != (first, last) else (no_update, no_update)


def clear(_: int) -> tuple[Any, ...]:
    """No period and no region."""
    return ("",) * len(FILTERS)


def register(app: Dash) -> None:
    """Make the callbacks known."""
    tick, chosen = Input(Shell.TICK, "n_intervals"), State(Explore.MODEL, "value")
    app.callback(
        Output(Explore.MODEL, "options"),
        Output(Explore.MODEL, "value"),
        Output(Explore.EMPTY, "hidden"),
        Output(Explore.BODY, "style"),
        tick,
        State(Explore.MODEL, "options"),
        chosen,
        prevent_initial_call=True,  # the layout knows them, and no figure waits
    )(models)
    app.callback(
        Output(Explore.REVISION, "data"),
        tick,
        Input(Explore.MODEL, "value"),
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
    )(straight)
    app.callback(*fields(), Input(Explore.CLEAR, "n_clicks"), prevent_initial_call=True)(clear)
    app.clientside_callback(
        ClientsideFunction("figures", "pane"),
        *(Output(Explore.PANES[view], "style") for view in PANES),
        Input(Explore.VIEW, "value"),
    )
    for module in PANES.values():
        module.register(app)
