"""A drawer: a panel at the right of the window, a sheet on a phone. Its content stays when it is closed."""

from __future__ import annotations

from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, html

from sunspot_dash.web.components.icons import icon


def drawer(
    ids: tuple[str, str, str], title: str, content: Any, wide: bool = False, closed: bool = True
) -> html.Div:
    """Return a drawer.

    Args:
        ids: its own and those of the buttons that open and close it.
        wide: it has room for tables.
    """
    name = f"{ids[0]}-title"
    close = html.Button(
        [icon("x-lg"), html.Span("Close", className="visually-hidden")],
        id=ids[2],
        type="button",
        className="tool ms-auto",
    )
    return html.Div(
        [html.Div([html.H2(title, id=name), close], className="drawer-head"), html.Div(content)],
        id=ids[0],
        className="drawer drawer-wide" if wide else "drawer",
        hidden=closed,
        role="dialog",
        **{"aria-labelledby": name},  # type: ignore[arg-type]
    )


def register_drawer(app: Dash, identity: str, opener: str, closer: str) -> None:
    """Let two buttons, and the Escape key, open and close a drawer."""
    app.clientside_callback(
        ClientsideFunction("sunspot", "drawer"),
        Output(identity, "hidden"),
        Input(opener, "n_clicks"),
        Input(closer, "n_clicks"),
        prevent_initial_call=True,
    )
