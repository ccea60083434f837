"""A card with a figure, a note, a help text, and a button that saves the figure."""

from __future__ import annotations

from typing import Any, NamedTuple

import dash_bootstrap_components as dbc
from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html

from sunspot_dash.figures.theme import blank, graph_config, text_figure
from sunspot_dash.web.components.feedback import LIVE


class FigureIds(NamedTuple):
    """Ids of a figure, of the note above it, and of its save button."""

    figure: str
    note: str
    button: str


def figure_card(title: str, ids: FigureIds, help_text: Any, height: str = "32rem", *more: Any) -> dbc.Card:
    """Return the card, with `more` between the note and the figure; `help_text` is below it."""
    image = {"format": "png", "filename": f"sunspot-{ids.figure}", "scale": 2}
    config: Any = graph_config(toImageButtonOptions=image)
    graph = dcc.Graph(id=ids.figure, figure=blank(), config=config, style={"height": height})
    save = dbc.Button("Save as SVG", id=ids.button, outline=True, color="secondary", size="sm")
    parts = [
        html.Div([html.H2(title), save], className="d-flex justify-content-between align-items-start"),
        # Room for three lines, so that the figure does not move.
        html.P(id=ids.note, className="help mb-0", style={"minHeight": "4.5em"}, **LIVE),
        *more,
        html.Div(graph, role="figure", **{"aria-label": title}),  # type: ignore[arg-type]
        html.P(help_text, className="help mb-0"),
    ]
    return dbc.Card(dbc.CardBody(parts, className="figure-card"), className="h-100")


def no_model(theme: str) -> tuple[Any, str]:
    """Return the figure and the note shown while no model is chosen."""
    return text_figure("Choose a model", theme), "Choose a model."


def register_saving(app: Dash, *cards: FigureIds) -> None:
    """Register the save buttons of these cards."""
    for ids in cards:
        app.clientside_callback(
            ClientsideFunction("figures", "svg"),
            Output(ids.button, "title"),
            Input(ids.button, "n_clicks"),
            State(ids.figure, "id"),
            prevent_initial_call=True,
        )
