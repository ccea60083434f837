"""Callbacks that run in the browser and draw there, instead of returning something."""

from __future__ import annotations

from collections.abc import Callable

from dash import ClientsideFunction, Dash, Input, Output


def scripts(app: Dash, namespace: str, drawn: str) -> Callable[..., None]:
    """Return a function that registers a script of a namespace by its name and inputs.

    Args:
        drawn: id of a store for the output that Dash requires; the function takes another output as `to`.
    """

    def script(name: str, *inputs: Input, to: Output | None = None) -> None:
        app.clientside_callback(
            ClientsideFunction(namespace, name),
            to or Output(drawn, "data", allow_duplicate=True),
            *inputs,
            prevent_initial_call="initial_duplicate",
        )

    return script
