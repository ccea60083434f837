"""The links between the figures of the Explore page, which are redrawn when the selection or the results change."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext, suppress
from dataclasses import replace
from functools import lru_cache, wraps
from threading import Lock, Thread
from typing import Any
from urllib.parse import urlencode

from dash import Dash, Input, Output, State, no_update
from dash.exceptions import PreventUpdate

from sunspot_dash.errors import SunspotError
from sunspot_dash.services.catalogue.query import ALWAYS, WHOLE
from sunspot_dash.services.catalogue.sources import MODEL
from sunspot_dash.web.context import current_context, result_url, url
from sunspot_dash.web.ids import Explore, Shell
from sunspot_dash.web.pages.explore.filters import FIELDS, FILTERS, Choice

CACHED = 8  # figures per kind, for a reloaded page, an undone filter, another browser


def register_drawn(
    app: Dash,
    view: str,
    outputs: list[Output],
    draw: Callable[[Choice, str], Any],
    keep: bool = True,
    ahead: bool = False,
) -> None:
    """Register `draw(choice, theme)`, which fills the outputs while its view is shown.

    Args:
        keep: cache the result, which then may depend only on the selection, the theme and the catalogue.
        ahead: draw in the background while another view is shown and no filter is set, since drawing is slow.
    """
    one_at_a_time = Lock()

    @lru_cache(CACHED if keep else 0)
    def of_revision(choice: Choice, theme: str, _: str) -> Any:
        return draw(choice, theme)

    def with_others(choice: Choice, theme: str, revision: str) -> Any:
        # A view opened while it is drawn ahead waits for that result instead of drawing it again.
        with one_at_a_time if ahead else nullcontext():
            return of_revision(choice, theme, revision)

    def prepare(choice: Choice, theme: str) -> None:
        if not one_at_a_time.locked():
            with app.server.app_context(), suppress(SunspotError):
                with_others(choice, theme, current_context().catalogue.revision())

    @wraps(draw)
    def drawn(values: dict[str, Any], _: str, theme: str) -> Any:
        choice, theme = Choice.read(values), "dark" if theme == "dark" else "light"
        if choice.view != view:
            if ahead and choice.period == ALWAYS and choice.region == WHOLE:
                Thread(target=prepare, args=(replace(choice, view=view), theme), daemon=True).start()
            raise PreventUpdate
        return with_others(choice, theme, current_context().catalogue.revision())

    app.callback(
        output=outputs,
        inputs={
            "values": {name: Input(identity, "value") for name, identity in FIELDS.items()},
            "_": Input(Explore.REVISION, "data"),
            "theme": Input(Shell.THEME, "data"),
        },
    )(drawn)


def fields(*names: str) -> list[Output]:
    """Return these fields of the selection as outputs that several callbacks may set."""
    return [Output(FIELDS[name], "value", allow_duplicate=True) for name in names or FILTERS]


def register_opening(app: Dash, figure: str, per_model: bool = False) -> None:
    """Register a click on a point, which opens its drawing and rings its spot if it has one.

    Args:
        per_model: the figure has one trace per chosen model, in order; otherwise all points belong to the first model.
    """

    def opened(clicked: dict[str, Any] | None, chosen: list[str], counts: str) -> Any:
        point = (clicked or {}).get("points", [{}])[0]
        data = point.get("customdata")
        key, number = (data[0], data[1]) if isinstance(data, list) else (data, None)
        if not isinstance(key, str) or not key:
            return no_update
        model = chosen[point["curveNumber"] if per_model else 0]
        return drawing_address(model, counts, key, number)

    app.callback(
        Output(Explore.LOCATION, "href", allow_duplicate=True),
        Input(figure, "clickData"),
        State(Explore.MODEL, "value"),
        State(Explore.COUNTS, "value"),
        prevent_initial_call=True,
    )(opened)


def drawing_address(model: str, counts: str, key: str, spot: Any = None) -> str:
    """Return the address of a drawing: in the viewer for counts of the model, else on Review, which has the others."""
    if counts != MODEL:
        return url("/review?") + urlencode({"model": model, "drawing": key})
    return result_url(model, key, spot=spot or "")


def days_of(zoom: dict[str, Any] | None) -> tuple[Any, Any]:
    """Return the first and last day to which the user zoomed a time axis."""
    ends = zoomed(zoom)
    return (no_update, no_update) if ends is None else (str(ends[0])[:10], str(ends[1])[:10])


def register_period(app: Dash, figure: str) -> None:
    """Register a figure whose zoom in time sets the period."""
    app.callback(*fields("from", "to"), Input(figure, "relayoutData"), prevent_initial_call=True)(days_of)


def zoomed(zoom: dict[str, Any] | None, axis: str = "xaxis") -> tuple[Any, Any] | None:
    """Return the ends of a zoomed axis; ("", "") after a reset, None if the axis did not change."""
    zoom = zoom or {}
    ends = zoom.get(f"{axis}.range") or [zoom.get(f"{axis}.range[0]"), zoom.get(f"{axis}.range[1]")]
    if ends[0] is not None and ends[1] is not None:
        return ends[0], ends[1]
    return ("", "") if zoom.get(f"{axis}.autorange") else None
