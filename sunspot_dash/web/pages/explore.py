"""Counts over time and detections on the disk, linked: a period chosen on the one filters the other."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import dash_bootstrap_components as dbc
from dash import Dash, Input, Output, State, ctx, dcc, html, no_update

from sunspot_dash.figures.polar import COLOURED, density_figure, polar_figure
from sunspot_dash.figures.series import BINS, MOST_POINTS, binned, series_figure
from sunspot_dash.services.explore import detections, series
from sunspot_dash.web.components.messages import LIVE, empty
from sunspot_dash.web.context import here
from sunspot_dash.web.ids import Explore, Shell

PATH = "/explore"


def layout(
    model: str = "", bin: str = "drawing", colour: str = "date", east: str = "right", **period: str
) -> html.Div:
    """The page; its address carries all that was chosen."""
    models = here().catalogue.models()
    if not models:
        return html.Div(
            [
                html.H1("Explore"),
                empty(
                    "Nothing to explore yet",
                    "Run a model over drawings first.",
                    "Run inference",
                    "/inference",
                ),
            ]
        )
    controls = [
        _labelled(
            "Model",
            dbc.Select(id=Explore.MODEL, options=models, value=model if model in models else models[0]),
        ),
        _labelled(
            "Counts",
            dbc.Select(id=Explore.BIN, options=_options(BINS), value=bin if bin in BINS else "drawing"),
        ),
        _labelled("From", dbc.Input(id=Explore.FROM, type="date", value=period.get("from", ""))),
        _labelled("To", dbc.Input(id=Explore.TO, type="date", value=period.get("to", ""))),
        _labelled("Colour", dbc.Select(id=Explore.COLOUR, options=_options(COLOURED), value=colour)),
        _labelled(
            "East",
            dbc.Select(
                id=Explore.EAST,
                options=_options({"right": "right, as on the sheet", "left": "left, as in the sky"}),
                value=east,
            ),
        ),
        dbc.Col(dbc.Button("Whole period", id=Explore.RESET, outline=True, color="secondary"), width="auto"),
    ]
    return html.Div(
        [
            html.H1("Explore"),
            dbc.Row(controls, className="g-2 align-items-end mb-3"),
            html.P(id=Explore.COUNT, className="help", **LIVE),
            dbc.Row(
                [
                    dbc.Col(_figure_card("Sunspots over time", Explore.SERIES), lg=7),
                    dbc.Col(_figure_card("Detections on the disk", Explore.POLAR), lg=5),
                ],
                className="g-3",
            ),
            html.P(
                "Click a point to open its drawing. Zoom the series to filter the disk.",
                className="help mt-2",
            ),
        ]
    )


def _options(names: dict[str, str]) -> list[dict[str, str]]:
    return [{"value": value, "label": label} for value, label in names.items()]


def _labelled(text: str, control: Any) -> dbc.Col:
    return dbc.Col(
        [html.Label(text, htmlFor=control.id, className="form-label small mb-0"), control], md=2, xs=6
    )


def _figure_card(title: str, identity: str) -> dbc.Card:
    graph = dcc.Graph(id=identity, config={"displaylogo": False}, style={"height": "32rem"})
    return dbc.Card(dbc.CardBody([html.H2(title), graph], className="figure-card"))


def counts(model: str, bin_name: str, first: str, last: str, theme: str) -> Any:
    """The series, its shown range as chosen."""
    found = series(here().catalogue, model)
    if bin_name == "drawing" and len(found.times) > MOST_POINTS:
        bin_name = "month"  # more points than the eye can tell apart
    if bin_name == "drawing":
        figure = series_figure(found.times, found.counts, found.keys, bin_name, theme)
    else:
        times, means = binned(found.times, found.counts, bin_name)
        figure = series_figure(times, means, [""] * len(times), bin_name, theme)
    if first or last:
        times = [time[:10] for time in found.times] or [first or last]
        figure.update_xaxes(range=[first or times[0], f"{last or times[-1]} 23:59"])
        figure.update_layout(uirevision=f"{bin_name} {first} {last}")
    return figure


def disk(model: str, first: str, last: str, look: tuple[str, str], theme: str) -> tuple[Any, str]:
    """The detections of the period, and how many they are."""
    colour, east = look
    found = detections(here().catalogue, model, first or "", last or "")
    if found.cells:
        figure = density_figure(found.rows, east == "right", theme)
        return figure, f"{found.total} detections, shown as how many lie in each cell of the disk"
    return polar_figure(found.rows, colour, east == "right", theme), f"{found.total} detections"


def period(zoom: dict[str, Any] | None, _: int | None) -> tuple[Any, Any]:
    """The period from a zoom of the series, or none of it."""
    if ctx.triggered_id == Explore.RESET:
        return "", ""
    zoom = zoom or {}
    ends = zoom.get("xaxis.range") or [zoom.get("xaxis.range[0]"), zoom.get("xaxis.range[1]")]
    if ends[0] and ends[1]:
        return str(ends[0])[:10], str(ends[1])[:10]
    return ("", "") if zoom.get("xaxis.autorange") else (no_update, no_update)


def address(model: str, bin_name: str, first: str, last: str, look: tuple[str, str]) -> str:
    """The address of what is shown, to be shared."""
    colour, east = look
    chosen = {"model": model, "bin": bin_name, "from": first, "to": last, "colour": colour, "east": east}
    return f"{PATH}?" + urlencode({name: value for name, value in chosen.items() if value})


def opened(series_click: Any, disk_click: Any, model: str) -> Any:
    """The address of the drawing that was clicked."""
    point = ((series_click if ctx.triggered_id == Explore.SERIES else disk_click) or {}).get("points", [{}])[
        0
    ]
    data = point.get("customdata")
    key, number = (data[0], data[1]) if isinstance(data, list) else (data, None)
    if not isinstance(key, str) or not key:
        return no_update
    query = {"model": model, "drawing": key} | ({"spot": number} if number else {})
    return "/inference?" + urlencode(query)


def register(app: Dash) -> None:
    """Make the callbacks known."""
    model, theme = Input(Explore.MODEL, "value"), Input(Shell.THEME, "data")
    first, last = Input(Explore.FROM, "value"), Input(Explore.TO, "value")
    look = (Input(Explore.COLOUR, "value"), Input(Explore.EAST, "value"))
    name = Input(Explore.BIN, "value")
    app.callback(Output(Explore.SERIES, "figure"), inputs=[model, name, first, last, theme])(counts)
    app.callback(
        Output(Explore.POLAR, "figure"),
        Output(Explore.COUNT, "children"),
        inputs=[model, first, last, look, theme],
    )(disk)
    app.callback(
        Output(Explore.FROM, "value"),
        Output(Explore.TO, "value"),
        Input(Explore.SERIES, "relayoutData"),
        Input(Explore.RESET, "n_clicks"),
        prevent_initial_call=True,
    )(period)
    app.callback(
        Output(Shell.ADDRESS, "data", allow_duplicate=True),
        inputs=[model, name, first, last, look],
        prevent_initial_call=True,
    )(address)
    app.callback(
        Output(Shell.LOCATION, "href"),
        Input(Explore.SERIES, "clickData"),
        Input(Explore.POLAR, "clickData"),
        State(Explore.MODEL, "value"),
        prevent_initial_call=True,
    )(opened)
