"""A card with a figure, a note, a help text, and buttons that save the figure and its data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import dash_bootstrap_components as dbc
from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html

from sunspot_dash.figures.theme import blank, graph_config, text_figure
from sunspot_dash.web.components.feedback import LIVE


class FigureIds(NamedTuple):
    """Ids of a figure, of the note above it, and of the buttons that save it."""

    figure: str
    note: str = ""

    @property
    def svg(self) -> str:
        """Id of the button that saves the figure."""
        return f"{self.figure}-svg"

    @property
    def csv(self) -> str:
        """Id of the button that saves the data."""
        return f"{self.figure}-csv"


def figure_card(
    title: str,
    ids: FigureIds,
    help_text: Any,
    height: str = "30rem",
    options: Sequence[Any] = (),
    more: Sequence[Any] = (),
) -> dbc.Card:
    """Return the card: title, `options`, note, `more`, figure and `help_text`, one below the other."""
    image = {"format": "png", "filename": f"sunspot-{ids.figure}", "scale": 2}
    config: Any = graph_config(toImageButtonOptions=image)
    graph = dcc.Graph(id=ids.figure, figure=blank(), config=config, style={"height": height})
    parts = [
        figure_head(html.H2(title), ids),
        html.Div(list(options), className="options") if options else None,
        html.Div(id=ids.note, className="help figure-note", **LIVE),
        *more,
        # The height is kept while the script that draws is loading.
        html.Div(graph, role="figure", style={"minHeight": height}, **{"aria-label": title}),  # type: ignore[arg-type]
        html.P(help_text, className="help mb-0"),
    ]
    return dbc.Card(dbc.CardBody(parts, className="figure-card"), className="h-100")


def figure_head(heading: html.H2 | html.H3, ids: FigureIds) -> html.Div:
    """Return the heading of a figure, with the buttons that save the figure."""
    parts = [heading, html.Span(className="room"), *save_buttons(heading.children, ids)]
    return html.Div(parts, className="figure-head")


def save_buttons(title: str, ids: FigureIds) -> list[html.Button]:
    """Return the buttons that save a figure and its data."""
    return [
        html.Button(
            form,
            id=identity,
            type="button",
            className="tool",
            title=f"Save {what} as {form}",
            **{"aria-label": f"Save as {form}: {title}"},  # type: ignore[arg-type]
        )
        for form, what, identity in (("SVG", "the figure", ids.svg), ("CSV", "its data", ids.csv))
    ]


def no_model(theme: str) -> tuple[Any, str]:
    """Return the figure and the note shown while no model is chosen."""
    return text_figure("Choose a model", theme), "Choose a model."


def register_saving(app: Dash, *cards: FigureIds) -> None:
    """Register the save buttons of these cards."""
    for ids in cards:
        for form, button in (("svg", ids.svg), ("csv", ids.csv)):
            app.clientside_callback(
                ClientsideFunction("figures", form),
                Output(button, "title"),
                Input(button, "n_clicks"),
                State(ids.figure, "id"),
                prevent_initial_call=True,
            )
