"""A tour of five steps over the pages, which assets/tour.js shows; it starts at the click of a button only."""

from __future__ import annotations

from typing import NamedTuple

from dash import html

from sunspot_dash.web.components.icons import icon
from sunspot_dash.web.context import url
from sunspot_dash.web.ids import Tour


class Stop(NamedTuple):
    """A step of the tour: the page, its name, and what is done there."""

    path: str
    name: str
    text: str


STOPS = (
    Stop(
        "/dataset",
        "Dataset",
        "Drop your scans here: files, a folder, or a ZIP. Open a drawing in the list to see its labels and its limb, "
        "and to correct its date, observer or orientation.",
    ),
    Stop(
        "/train",
        "Train",
        "A shipped model finds spots at once, so you can skip this page at first. Later, train one on your own labels.",
    ),
    Stop(
        "/inference",
        "Inference",
        "Run a model on your drawings, then look at each: move the threshold, and spots, groups and sunspot number "
        "follow.",
    ),
    Stop(
        "/review",
        "Review",
        "Correct what the model got wrong, beginning with the most doubtful drawing. Every step can be undone.",
    ),
    Stop(
        "/explore",
        "Explore",
        "Sunspot number, butterfly diagram and groups over time, beside a reference series. Take tables and figures "
        "home.",
    ),
)


def card() -> html.Div:
    """Return the card of the tour, for the frame of all pages."""
    buttons = (
        ("Skip the tour", Tour.SKIP, "secondary"),
        ("Back", Tour.BACK, "secondary"),
        ("Next", Tour.NEXT, "primary"),
    )
    return html.Div(
        [
            *(
                html.Section(
                    [html.H2(f"{number} of {len(STOPS)}: {stop.name}"), html.P(stop.text, className="mb-2")],
                    hidden=True,
                    **{"data-href": url(stop.path)},  # type: ignore[arg-type]
                )
                for number, stop in enumerate(STOPS, start=1)
            ),
            html.Div(
                [
                    html.Button(text, id=identity, type="button", className=f"btn btn-sm btn-{colour}")
                    for text, identity, colour in buttons
                ],
                className="d-flex gap-2",
            ),
        ],
        id=Tour.CARD,
        className="tour",
        hidden=True,
        role="dialog",
        tabIndex=-1,
        **{"aria-label": "Tour"},  # type: ignore[arg-type]
    )


def start_button(name: str = "Take the tour", plain: bool = False) -> html.Button:
    """Return a button that starts the tour; `plain` for the navigation."""
    style = "start-tour" if plain else "start-tour btn btn-sm btn-outline-secondary"
    label = html.Span(name, className="name" if plain else "ms-1")
    return html.Button([icon("signpost-2"), label], type="button", className=style)


def offer() -> html.Div:
    """Return the offer of the tour, which a browser shows until the tour was started or declined once."""
    return html.Div(
        [
            html.Span(f"New here? A tour of {len(STOPS)} steps shows where things are."),
            start_button(),
            html.Button(
                "Not now", id=Tour.DECLINE, type="button", className="btn btn-sm btn-outline-secondary"
            ),
        ],
        className="tour-offer",
    )
