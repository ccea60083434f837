"""The sunspot number over time, and beside SILSO's or the observers' own."""

from __future__ import annotations

import base64
from typing import Any

import dash_bootstrap_components as dbc
from dash import ALL, ClientsideFunction, Dash, Input, Output, State, ctx, dcc, html, no_update

from sunspot_dash.errors import SunspotError
from sunspot_dash.figures.numbers import NumberLine, compared_figure, number_figure, reference_figure
from sunspot_dash.figures.series import TOO_MANY, shown_bin
from sunspot_dash.figures.theme import UNSEEN, only_words
from sunspot_dash.services.analysis.comparison import (
    compare_with_observers,
    compare_with_silso,
    observer_sentences,
    sentences,
)
from sunspot_dash.services.analysis.references import (
    FETCHED,
    OBSERVERS,
    Reference,
    fetch,
    import_reference,
    read_reference,
    references,
    remove_reference,
)
from sunspot_dash.services.analysis.sunspot_number import dated_drawings, numbers
from sunspot_dash.services.dataset.trash import restore
from sunspot_dash.text import counted
from sunspot_dash.web.components.feedback import note, problem, toasts
from sunspot_dash.web.context import current_context
from sunspot_dash.web.ids import Explore
from sunspot_dash.web.pages.explore.controls import choose, labelled
from sunspot_dash.web.pages.explore.figure_card import FigureIds, figure_card, register_saving
from sunspot_dash.web.pages.explore.filters import BY, FIELDS, PARTS, Choice
from sunspot_dash.web.pages.explore.linked import register_drawn, register_opening, register_period

VIEW = "number"
NUMBER = FigureIds(Explore.NUMBER, Explore.NUMBER_NOTE, Explore.NUMBER_SVG)
COMPARED = FigureIds(Explore.COMPARED, Explore.COMPARED_NOTE, Explore.COMPARED_SVG)
NUMBER_HELP = (
    "R = 10 g + s: ten times the groups plus the spots. Drag to choose a period; a drawing's point opens it."
)
COMPARED_HELP = "Above: both, the model's scaled by k; below: their difference."
UPLOAD_MOST = 30 * 2**20  # bytes; SILSO's longest file has 3 MB


def layout(values: dict[str, Any]) -> list[Any]:
    looks = (("Numbers", "by", BY), ("Of", "parts", PARTS))
    return [
        toasts(Explore.REFERENCE_MESSAGE),
        dbc.Row(
            [labelled(text, choose(name, names, values)) for text, name, names in looks], className="g-2 mb-3"
        ),
        dbc.Row(
            [
                dbc.Col(figure_card("Sunspot number", NUMBER, NUMBER_HELP, "30rem"), lg=6),
                dbc.Col(
                    figure_card("Beside another series", COMPARED, COMPARED_HELP, "26rem", _sources(values)),
                    lg=6,
                ),
            ],
            className="g-3",
        ),
    ]


def _sources(values: dict[str, Any]) -> html.Div:
    """What to compare with: chosen, imported, fetched, removed."""
    small = {"size": "sm", "outline": True, "color": "secondary"}
    options = _options()
    picked = values["reference"] if values["reference"] in {option["value"] for option in options} else ""
    chosen = dbc.Select(id=FIELDS["reference"], options=options, value=picked, size="sm")
    upload = dcc.Upload(
        dbc.Button("Import a CSV file", **small), id=Explore.UPLOAD, max_size=UPLOAD_MOST, accept=".csv,.txt"
    )
    kinds = dbc.Select(
        id=Explore.FETCH_KIND,
        options=[{"value": kind, "label": words} for kind, words in FETCHED.items()],
        value=next(iter(FETCHED)),
        size="sm",
        style={"width": "14rem"},
    )
    return html.Div(
        [
            html.Label("Compare with", htmlFor=FIELDS["reference"], className="small"),
            chosen,
            html.Div(
                [
                    upload,
                    dcc.Store(id=Explore.UPLOAD_NAME, data="File of a series"),
                    html.Label("Series of SILSO", htmlFor=Explore.FETCH_KIND, className="visually-hidden"),
                    kinds,
                    dbc.Button("Fetch from SILSO", id=Explore.FETCH, **small),
                    dbc.Button("Remove", id=Explore.FORGET, **small),
                    html.Span(id=Explore.TAKE_BACK),
                ],
                className="d-flex gap-2 align-items-center flex-wrap mt-2",
            ),
        ]
    )


def _options() -> list[dict[str, str]]:
    found = [{"value": "", "label": "nothing"}]
    return [
        *found,
        *({"value": one.identifier, "label": _words(one)} for one in references(current_context().workspace)),
    ]


def _words(one: Reference) -> str:
    kind = "observers' totals" if one.kind == OBSERVERS else f"SILSO {one.kind}"
    return f"{kind}, {one.first} to {one.last} ({one.name}, {one.how} {one.when[:10]})"


def shown(choice: Choice, theme: str) -> tuple[Any, str]:
    """The sunspot numbers of the chosen models."""
    lines = []
    undated = 0
    series = len(choice.models) * (1 if choice.parts == "disk" else 2)
    drawings = max(
        (dated_drawings(current_context().catalogue, model, choice.period) for model in choice.models),
        default=0,
    )
    by = shown_bin(choice.by, series * drawings)
    for model in choice.models:
        found = numbers(current_context().catalogue, model, by, choice.period)
        undated += found.undated
        parts = {"": found.disk} if choice.parts == "disk" else {" north": found.north, " south": found.south}
        lines += [
            NumberLine(model + name, part.dates, part.values.tolist(), part.n.tolist(), part.keys)
            for name, part in parts.items()
        ]
    points = sum(len(line.dates) for line in lines)
    told = f"{counted(points, 'point')}, {BY[by]}, k = 1." if points else "No dated drawing in the period."
    if by != choice.by:
        told += f" {TOO_MANY}"
    told += f" Left out: {counted(undated, 'undated drawing')}." if undated else ""
    if not choice.region.whole:
        told += " Places do not filter the number: groups are of the whole disk."
    return number_figure(lines, theme) if points else only_words(UNSEEN, theme), told


def compared(choice: Choice, theme: str) -> tuple[Any, Any]:
    """The first model beside the chosen reference."""
    if not choice.reference or not choice.models:
        return only_words("Choose a series, import one, or fetch it from SILSO", theme), "Choose a series."
    model, catalogue = choice.models[0], current_context().catalogue
    try:
        reference = read_reference(current_context().workspace, choice.reference)
    except SunspotError as error:
        return only_words("This series cannot be used", theme), str(error)
    about = next(
        (one for one in references(current_context().workspace) if one.identifier == choice.reference), None
    )
    terms = f"Source: {about.source}. {about.licence}" if about else ""
    if about and about.kind == OBSERVERS:
        against = compare_with_observers(catalogue, model, reference, choice.period)  # type: ignore[arg-type]
        number = against.number
        count = [1] * len(number.dates)
        ours = NumberLine(f"{model}, k = 1", number.dates, number.model.tolist(), count, number.keys)
        theirs = NumberLine("observers", number.dates, number.observer.tolist(), count, number.keys)
        told = observer_sentences(against)
        figure = reference_figure(ours, theirs, theme)
    else:
        found = compare_with_silso(catalogue, model, reference, choice.period)  # type: ignore[arg-type]
        told = sentences(found)
        figure = compared_figure(found.disk, model, "SILSO", theme)
    lines = html.Ul([html.Li(line) for line in [*told, terms] if line], className="mb-0 ps-3")
    return figure, lines


def taken(content: str | None, _: int | None, name: str | None, kind: str) -> tuple[Any, Any, Any]:
    """Import the file that was chosen, or fetch a series; then it is compared with."""
    try:
        if ctx.triggered_id == Explore.FETCH:
            found = fetch(current_context().workspace, kind)
        elif content:
            found = import_reference(
                current_context().workspace, base64.b64decode(content.partition(",")[2]), name or "file"
            )
        else:
            return (no_update,) * 3
    except SunspotError as error:
        return problem(str(error)), no_update, no_update
    remarks = f" {counted(len(found.remarks), 'remark')}: {found.remarks[0]}" if found.remarks else ""
    return note(f"{_words(found)}: {counted(found.rows, 'value')}.{remarks}"), _options(), found.identifier


def removed(_: int, identifier: str | None) -> tuple[Any, Any, Any, Any]:
    """Move the chosen reference to the trash."""
    if not identifier:
        return problem("choose the series to remove first"), no_update, no_update, no_update
    try:
        deletion = remove_reference(current_context().workspace, identifier)
    except SunspotError as error:
        return problem(str(error)), no_update, no_update, no_update
    back = dbc.Button(
        "Take back", id={"type": Explore.TAKE_BACK, "number": deletion.number}, size="sm", color="secondary"
    )
    return note(f"{deletion.names[0]} removed."), _options(), "", back


def taken_back(clicks: list[int | None]) -> tuple[Any, Any, Any]:
    """Take the removed reference back."""
    if not any(clicks):
        return (no_update,) * 3
    try:
        restore(current_context().workspace, ctx.triggered_id["number"])
    except SunspotError as error:
        return problem(str(error)), no_update, no_update
    return note("It is back."), _options(), ""


def register(app: Dash) -> None:
    """Make the callbacks known."""
    # A reference may have come or gone.
    for ids, draw, keep in ((NUMBER, shown, True), (COMPARED, compared, False)):
        register_drawn(app, VIEW, [Output(ids.figure, "figure"), Output(ids.note, "children")], draw, keep)
    register_period(app, Explore.NUMBER)
    app.clientside_callback(
        ClientsideFunction("figures", "name"),
        Output(Explore.UPLOAD, "className"),
        Input(Explore.UPLOAD_NAME, "data"),
        State(Explore.UPLOAD, "id"),
    )
    message = Output(Explore.REFERENCE_MESSAGE, "children", allow_duplicate=True)
    listed = Output(FIELDS["reference"], "options", allow_duplicate=True)
    picked = Output(FIELDS["reference"], "value", allow_duplicate=True)
    back = Output(Explore.TAKE_BACK, "children", allow_duplicate=True)
    app.callback(
        message,
        listed,
        picked,
        Input(Explore.UPLOAD, "contents"),
        Input(Explore.FETCH, "n_clicks"),
        State(Explore.UPLOAD, "filename"),
        State(Explore.FETCH_KIND, "value"),
        prevent_initial_call=True,
    )(taken)
    app.callback(
        message,
        listed,
        picked,
        back,
        Input(Explore.FORGET, "n_clicks"),
        State(FIELDS["reference"], "value"),
        prevent_initial_call=True,
    )(removed)
    app.callback(
        message,
        listed,
        back,
        Input({"type": Explore.TAKE_BACK, "number": ALL}, "n_clicks"),
        prevent_initial_call=True,
    )(taken_back)
    register_opening(app, Explore.NUMBER)
    register_opening(app, Explore.COMPARED)
    register_saving(app, NUMBER, COMPARED)
