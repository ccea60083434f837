"""Counts over time and detections on the disk, linked: what is chosen on the one filters the other."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import dash_bootstrap_components as dbc
from dash import ClientsideFunction, Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.exceptions import PreventUpdate

from sunspot_dash.figures.polar import COLOURED, density_figure, polar_figure
from sunspot_dash.figures.series import BINS, MOST_POINTS, SINGLE, line, series_figure, show_period, shown_bin
from sunspot_dash.services.explore import MOST_SPOTS, Region, detections, revision, series
from sunspot_dash.web.components.choice import EAST, FIELDS, FILTERS, Choice
from sunspot_dash.web.components.messages import LIVE, empty
from sunspot_dash.web.context import here
from sunspot_dash.web.ids import Explore, Shell

PATH = "/explore"
TYPING_MS = 700  # a date or number is taken when no key was struck for so long
HIDDEN = {"visible": False, "fixedrange": True}
SERIES_IDS = (Explore.SERIES, Explore.SERIES_NOTE, Explore.SERIES_SVG)
POLAR_IDS = (Explore.POLAR, Explore.COUNT, Explore.POLAR_SVG)
SERIES_HELP = "Drag over the figure or move the slider's ends to choose a period; a point opens its drawing."
POLAR_HELP = "Drag a box over the disk to count its spots only; a spot opens its drawing."
# Out of sight and reach, but as wide as it will be: a figure that is not displayed would be drawn in a wrong size.
UNSEEN = {"visibility": "hidden", "height": 0, "overflow": "hidden"}
# Nothing is seen before the first figure has come.
BLANK = {
    "layout": {
        "xaxis": HIDDEN,
        "yaxis": HIDDEN,
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
    }
}


def layout(**query: Any) -> html.Div:
    """The page; its address carries all that was chosen, and may hold anything."""
    known = here().catalogue.models()
    choice = Choice.read(query)
    values = choice.values | {"model": _kept(list(choice.models), known)}
    nothing = empty(
        "Nothing to explore yet",
        "Run a model over drawings first. What it finds appears here by itself.",
        "Run inference",
        "/inference",
    )
    body = [
        dbc.Row(_controls(known, values), className="g-2 align-items-end mb-2"),
        html.Div(
            [
                html.Span(id=Explore.FILTERS, **LIVE),
                dbc.Button("Clear filters", id=Explore.CLEAR, outline=True, color="secondary", size="sm"),
            ],
            className="d-flex flex-wrap align-items-center gap-2 mb-3",
        ),
        dbc.Row(
            [
                dbc.Col(_figure_card("Sunspots over time", SERIES_IDS, SERIES_HELP), lg=7),
                dbc.Col(_figure_card("Detections on the disk", POLAR_IDS, POLAR_HELP), lg=5),
            ],
            className="g-3",
        ),
    ]
    return html.Div(
        [
            html.H1("Explore"),
            dcc.Store(id=Explore.REVISION),
            html.Div(nothing, id=Explore.EMPTY, hidden=bool(known)),
            html.Div(body, id=Explore.BODY, style={} if known else UNSEEN),
        ]
    )


def _controls(known: list[str], values: dict[str, Any]) -> list[dbc.Col]:
    models = html.Fieldset(
        [
            html.Legend("Models", className="form-label small mb-0 float-none"),
            dbc.Checklist(
                id=Explore.MODEL,
                options=sorted(known),
                value=values["model"],
                inline=True,
                className="models",
            ),
        ]
    )
    looks = [
        dbc.Select(id=FIELDS[name], options=_options(names), value=values[name])
        for name, names in (("bin", BINS), ("colour", COLOURED), ("east", EAST))
    ]
    days = [
        dbc.Input(id=FIELDS[name], type="date", value=values[name], debounce=TYPING_MS)
        for name in FILTERS[:2]
    ]
    places = [
        dbc.Input(
            id=FIELDS[name],
            type="number",
            value=values[name],
            debounce=TYPING_MS,
            min=0,
            max=most,
            step="any",
        )
        for name, most in zip(FILTERS[2:], (10, 10, 360, 360), strict=True)
    ]
    labels = ("Counts", "Colour", "East", "From", "To", "r/R from", "r/R to", "Angle from, °", "Angle to, °")
    return [
        dbc.Col(models, md=6, xs=12),
        *(_labelled(label, one) for label, one in zip(labels, [*looks, *days, *places], strict=True)),
    ]


def _options(names: dict[str, str]) -> list[dict[str, str]]:
    return [{"value": value, "label": label} for value, label in names.items()]


def _labelled(text: str, control: Any) -> dbc.Col:
    label = html.Label(text, htmlFor=control.id, className="form-label small mb-0")
    return dbc.Col([label, control], md=2, xs=6)


def _figure_card(title: str, ids: tuple[str, str, str], help_text: str) -> dbc.Card:
    """A figure with what it shows and how it is used; ids: of the figure, its note and its button."""
    identity, note, button = ids
    picture = {"format": "png", "filename": f"sunspot-{identity}", "scale": 2}
    config: Any = {"displaylogo": False, "toImageButtonOptions": picture}
    graph = dcc.Graph(
        id=identity,
        figure=BLANK,
        config=config,
        style={"height": "32rem"},
    )
    head = [html.H2(title), dbc.Button("Save as SVG", id=button, outline=True, color="secondary", size="sm")]
    parts = [
        html.Div(head, className="d-flex justify-content-between align-items-start"),
        # Room for three lines, so that the figure stays where it is.
        html.P(id=note, className="help mb-0", style={"minHeight": "4.5em"}, **LIVE),
        html.Div(graph, role="figure", **{"aria-label": title}),  # type: ignore[arg-type]
        html.P(help_text, className="help mb-0"),
    ]
    return dbc.Card(dbc.CardBody(parts, className="figure-card"), className="h-100")


def _kept(chosen: list[str], known: list[str]) -> list[str]:
    """Those that have results; the one with the newest where none has."""
    return [model for model in chosen if model in known] or known[:1] or chosen


def models(_: int | None, options: list[str], chosen: list[str]) -> tuple[Any, ...]:
    """The models that have results now, those chosen, and whether there is anything to explore."""
    known = here().catalogue.models()
    if sorted(known) == options:
        raise PreventUpdate
    return sorted(known), _kept(chosen, known), bool(known), {} if known else UNSEEN


def follow(_: int | None, chosen: list[str], shown: str | None) -> str:
    """The state of the chosen models' results; nothing is sent while it stays the same."""
    now = revision(here().catalogue, chosen)
    if now == shown:
        raise PreventUpdate
    return now


def counts(values: dict[str, Any], _: str, theme: str) -> tuple[Any, str]:
    """The series of the chosen models, and what it shows."""
    choice = Choice.read(values)
    found = [series(here().catalogue, model, choice.region) for model in choice.models]
    inside = [one.between(choice.period) for one in found]
    drawings, all_drawings = (sum(len(one.times) for one in some) for some in (inside, found))
    bin_name = shown_bin(choice.bin, drawings)
    part = bin_name in SINGLE and all_drawings > MOST_POINTS
    behind = _lines(choice, found, "month") if part else []
    figure = series_figure(_lines(choice, inside if part else found, bin_name), bin_name, theme, behind)
    times = [time for one in found for time in (*one.times[:1], *one.times[-1:])]
    if any(choice.period) and times:
        show_period(figure, choice.period, (min(times), max(times)))
    told = f"{drawings:,} dated drawings" + (" in the period." if any(choice.period) else ".")
    if bin_name != choice.bin:
        told += f" Monthly means, as more than {MOST_POINTS:,} are not told apart: narrow the period for single ones."
    undated = sum(one.undated for one in found)
    return figure, told + (f" {undated:,} undated ones are left out." if undated else "")


def _lines(choice: Choice, found: list[Any], bin_name: str) -> list[Any]:
    return [
        line(model, one.times, one.counts, one.keys, bin_name)
        for model, one in zip(choice.models, found, strict=True)
    ]


def disk(values: dict[str, Any], _: str, theme: str) -> tuple[Any, str]:
    """The detections of the first model, and how many they are."""
    choice = Choice.read(values)
    if not choice.models:
        return polar_figure(
            [], choice.region, choice.colour, choice.east == "right", theme
        ), "Choose a model."
    found = detections(here().catalogue, choice.models[0], choice.period, choice.region)
    told = f"Model {choice.models[0]}: {found.total:,} detections."
    if len(choice.models) > 1:
        told = f"The first model chosen, {choice.models[0]}: {found.total:,} detections."
    if found.cells:
        told += f" More than {MOST_SPOTS:,} are shown as counts in cells of one area; a click on a cell looks into it."
        return density_figure(found.rows, choice.region, choice.east == "right", theme), told
    return polar_figure(found.rows, choice.region, choice.colour, choice.east == "right", theme), told


def filters(values: dict[str, Any]) -> tuple[str, str]:
    """The filters in words, and the address of what is shown, to be shared."""
    choice = Choice.read(values)
    told = choice.filters()
    return f"Filter: {told}." if told else "No filter: everything is shown.", f"{PATH}?{choice.query()}"


def period(zoom: dict[str, Any] | None) -> tuple[Any, Any]:
    """The period from a zoom of the series."""
    zoom = zoom or {}
    ends = zoom.get("xaxis.range") or [zoom.get("xaxis.range[0]"), zoom.get("xaxis.range[1]")]
    if ends[0] and ends[1]:
        return str(ends[0])[:10], str(ends[1])[:10]
    return ("", "") if zoom.get("xaxis.autorange") else (no_update, no_update)


def region(selected: dict[str, Any] | None, clicked: dict[str, Any] | None) -> tuple[Any, ...]:
    """The region that holds the selected spots or cells, or the cell that was clicked; then none is selected."""
    picked = (selected if "selectedData" in ctx.triggered[0]["prop_id"] else clicked) or {}
    points = [point for point in picked.get("points", []) if point.get("customdata")]
    spots = [point for point in points if isinstance(point["customdata"][0], str)]
    if not points or (spots and picked is clicked):
        raise PreventUpdate  # a spot that is clicked opens its drawing
    places = [point["customdata"][5:7] for point in spots]
    cells = [(r, r, angle, 0.0) for r, angle in places] or [
        tuple(point["customdata"][1:5]) for point in points
    ]
    held = Region.around(cells)
    return held.r_from, held.r_to, held.pa_from, held.pa_to, None, None


def clear(_: int) -> tuple[Any, ...]:
    """No period and no region."""
    return ("",) * len(FILTERS)


def opened(series_click: Any, disk_click: Any, chosen: list[str]) -> Any:
    """The address of the drawing that was clicked."""
    on_series = ctx.triggered_id == Explore.SERIES
    point = ((series_click if on_series else disk_click) or {}).get("points", [{}])[0]
    data = point.get("customdata")
    key, number = (data[0], data[1]) if isinstance(data, list) else (data, None)
    if not isinstance(key, str) or not key:
        return no_update
    model = chosen[point["curveNumber"] if on_series else 0]
    return "/inference?" + urlencode({"model": model, "drawing": key} | ({"spot": number} if number else {}))


def register(app: Dash) -> None:
    """Make the callbacks known."""
    tick, chosen = Input(Shell.TICK, "n_intervals"), State(Explore.MODEL, "value")
    values = {name: Input(identity, "value") for name, identity in FIELDS.items()}
    figure = {"values": values, "_": Input(Explore.REVISION, "data"), "theme": Input(Shell.THEME, "data")}
    fields = [Output(FIELDS[name], "value", allow_duplicate=True) for name in FILTERS]
    app.callback(
        Output(Explore.MODEL, "options"),
        Output(Explore.MODEL, "value"),
        Output(Explore.EMPTY, "hidden"),
        Output(Explore.BODY, "style"),
        tick,
        State(Explore.MODEL, "options"),
        chosen,
    )(models)
    app.callback(
        Output(Explore.REVISION, "data"), tick, Input(Explore.MODEL, "value"), State(Explore.REVISION, "data")
    )(follow)
    app.callback(Output(Explore.SERIES, "figure"), Output(Explore.SERIES_NOTE, "children"), inputs=figure)(
        counts
    )
    app.callback(Output(Explore.POLAR, "figure"), Output(Explore.COUNT, "children"), inputs=figure)(disk)
    app.callback(
        Output(Explore.FILTERS, "children"),
        Output(Shell.ADDRESS, "data", allow_duplicate=True),
        inputs={"values": values},
        prevent_initial_call="initial_duplicate",
    )(filters)
    app.callback(*fields[:2], Input(Explore.SERIES, "relayoutData"), prevent_initial_call=True)(period)
    app.callback(
        *fields[2:],
        Output(Explore.POLAR, "selectedData"),
        Output(Explore.POLAR, "clickData"),
        Input(Explore.POLAR, "selectedData"),
        Input(Explore.POLAR, "clickData"),
        prevent_initial_call=True,
    )(region)
    app.callback(*fields, Input(Explore.CLEAR, "n_clicks"), prevent_initial_call=True)(clear)
    app.callback(
        Output(Shell.LOCATION, "href"),
        Input(Explore.SERIES, "clickData"),
        Input(Explore.POLAR, "clickData"),
        chosen,
        prevent_initial_call=True,
    )(opened)
    for button, identity in ((Explore.SERIES_SVG, Explore.SERIES), (Explore.POLAR_SVG, Explore.POLAR)):
        app.clientside_callback(
            ClientsideFunction("figures", "svg"),
            Output(button, "title"),
            Input(button, "n_clicks"),
            State(identity, "id"),
            prevent_initial_call=True,
        )
