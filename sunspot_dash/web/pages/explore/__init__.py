"""The Explore page: detections over time, on the disk and on the Sun; a selection in one figure filters the others."""

from __future__ import annotations

from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html, no_update
from dash.exceptions import PreventUpdate

from sunspot_dash.services.analysis.counts import extent, revision, shown_drawings
from sunspot_dash.services.catalogue.sources import MODEL, source_of
from sunspot_dash.services.review.queue import is_any_reviewed
from sunspot_dash.text import counted
from sunspot_dash.web.components.bar import bar
from sunspot_dash.web.components.clicks import Click, last_click
from sunspot_dash.web.components.dates import register_dates
from sunspot_dash.web.components.drawer import register_drawer
from sunspot_dash.web.components.feedback import empty
from sunspot_dash.web.context import current_context, url
from sunspot_dash.web.ids import Explore, Shell
from sunspot_dash.web.pages.explore import controls, counts, groups, number, presets, sun
from sunspot_dash.web.pages.explore.filters import (
    CHIP_FIELDS,
    FIELDS,
    FILTERS,
    Choice,
)
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
    drawings = current_context().catalogue.summary().drawings
    nothing = empty(
        "Nothing to explore yet",
        "Run a model on your drawings first. Its detections appear here automatically. For example: 27 drawings of "
        "one rotation give a curve of 27 counts, and every spot as a point that opens its drawing.",
        *(("Run a model", "/inference") if drawings else ("Add drawings", "/dataset")),
    )
    panes = [
        html.Div(
            module.layout(values),
            id=Explore.PANES[view],
            style={} if view == choice.view else {"display": "none"},
        )
        for view, module in PANES.items()
    ]
    tools = html.Div(controls.tools(values), id=Explore.TOOLS, className="tools", hidden=not known)
    content = [
        # Not that of the shell: Dash calls the callbacks of an output that is there before their inputs at once.
        dcc.Location(id=Explore.LOCATION, refresh="callback-nav"),
        dcc.Store(
            id=Explore.REVISION, data=revision(current_context().catalogue, Choice.read(values).sources)
        ),
        html.Div(nothing, id=Explore.EMPTY, hidden=bool(known)),
        html.Div([controls.views(values), *panes], id=Explore.BODY, style={} if known else HIDDEN),
        controls.filter_drawer(known, values),
    ]
    return html.Div([bar("Explore", tools), html.Div(content, className="page")])


def _kept(chosen: list[str], known: list[str]) -> list[str]:
    """Return the chosen models that have results, or the one with the newest results."""
    return [model for model in chosen if model in known] or known[:1] or chosen


def reviewed(_: str | None, hidden: bool, counts: str) -> bool:
    """Return whether the choice of what is counted is hidden; it appears with the first reviewed drawing."""
    now = counts == MODEL and not is_any_reviewed(current_context().catalogue)
    if now == hidden:
        raise PreventUpdate
    return now


def models(_: str | None, options: list[str], chosen: list[str]) -> tuple[Any, ...]:
    """Return the models with results, the chosen ones, and whether there is anything to explore."""
    known = current_context().catalogue.models()
    if sorted(known) == options:
        raise PreventUpdate
    shown = {} if known else HIDDEN
    return sorted(known), _kept(chosen, known), bool(known), shown, not known


def follow(_: str | None, chosen: list[str], counts: str, shown: str | None) -> str:
    """Return the revision of the chosen counts; send nothing while it is unchanged."""
    now = revision(current_context().catalogue, [source_of(model, counts) for model in chosen])
    if now == shown:
        raise PreventUpdate
    return now


def filters(values: dict[str, Any], _: str) -> tuple[Any, ...]:
    """Return the chips, URL, exports and periods for a selection, what it shows of how much, whether to hide Clear."""
    choice, catalogue = Choice.read(values), current_context().catalogue
    exports = controls.exports(choice) if choice.model else []
    shown, every = shown_drawings(catalogue, choice.source, choice.period) if choice.model else (0, 0)
    return (
        controls.chips(choice),
        f"{url(PATH)}?{choice.query()}",
        exports,
        presets.options(extent(catalogue), choice.period),
        f"{shown:,} of {counted(every, 'drawing')}",
        not choice.chips(),
    )


def clear(_: int) -> tuple[Any, ...]:
    """Clear the period, the region and the choice of what is counted."""
    return *("",) * len(FILTERS), MODEL


def removed(click: Click, chosen: list[str]) -> tuple[Any, ...]:
    """Clear the fields of the filter whose chip was clicked, or remove its model."""
    if not click:
        raise PreventUpdate
    name = click["name"]
    kind, _, model = name.partition(" ")
    if kind == "model":
        return *(no_update,) * (len(FILTERS) + 1), [one for one in chosen if one != model]
    fields_of = CHIP_FIELDS.get(name, ())
    empty = ["" if field in fields_of else no_update for field in FILTERS]
    return *empty, MODEL if name == "counts" else no_update, no_update


def register(app: Dash) -> None:
    """Register the callbacks."""
    pulse, chosen = Input(Shell.PULSE, "data"), State(Explore.MODEL, "value")
    app.callback(
        Output(Explore.MODEL, "options"),
        Output(Explore.MODEL, "value"),
        Output(Explore.EMPTY, "hidden"),
        Output(Explore.BODY, "style"),
        Output(Explore.TOOLS, "hidden"),
        pulse,
        State(Explore.MODEL, "options"),
        chosen,
        prevent_initial_call=True,  # the layout has set them already
    )(models)
    app.callback(
        Output(Explore.COUNTS_PART, "hidden"),
        pulse,
        State(Explore.COUNTS_PART, "hidden"),
        State(Explore.COUNTS, "value"),
        prevent_initial_call=True,
    )(reviewed)
    app.callback(
        Output(Explore.REVISION, "data"),
        pulse,
        Input(Explore.MODEL, "value"),
        Input(Explore.COUNTS, "value"),
        State(Explore.REVISION, "data"),
        prevent_initial_call=True,
    )(follow)
    app.callback(
        Output(Explore.FILTERS, "children"),
        Output(Shell.ADDRESS, "data", allow_duplicate=True),
        Output(Explore.EXPORTS, "children"),
        Output(Explore.PRESET, "options"),
        Output(Explore.SHOWN, "children"),
        Output(Explore.CLEAR, "hidden"),
        inputs={
            "values": {name: Input(identity, "value") for name, identity in FIELDS.items()},
            "_": Input(Explore.REVISION, "data"),
        },
        prevent_initial_call="initial_duplicate",
    )(filters)
    register_dates(app, Explore.FROM, Explore.TO, Explore.DATES_NOTE)
    app.callback(*fields(*FILTERS, "counts"), Input(Explore.CLEAR, "n_clicks"), prevent_initial_call=True)(
        clear
    )
    app.callback(
        *fields(*FILTERS, "counts", "model"),
        last_click(app, Explore.CHIP, "name"),
        State(Explore.MODEL, "value"),
        prevent_initial_call=True,
    )(removed)
    app.clientside_callback(
        ClientsideFunction("figures", "period"),
        Output(Explore.PRESET, "value"),
        Input(Explore.FROM, "value"),
        Input(Explore.TO, "value"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("figures", "preset"),
        *fields("from", "to"),
        Input(Explore.PRESET, "value"),
        State(Explore.FROM, "value"),
        State(Explore.TO, "value"),
        prevent_initial_call=True,
    )
    register_drawer(app, *controls.DRAWER)
    app.clientside_callback(
        ClientsideFunction("figures", "pane"),
        *(Output(Explore.PANES[view], "style") for view in PANES),
        Input(Explore.VIEW, "value"),
    )
    for module in PANES.values():
        module.register(app)
