"""Two compared models on one drawing, beside each other: hits, misses and false alarms of each."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from sunspot_dash.domain.scoring.comparison import Judged
from sunspot_dash.errors import SunspotError
from sunspot_dash.figures.judged import judged_figure
from sunspot_dash.figures.theme import graph_config
from sunspot_dash.services.catalogue.catalogue import key_of
from sunspot_dash.services.dataset.label_choice import labels_stamp
from sunspot_dash.services.drawing.images import original, picture_address, row_of
from sunspot_dash.services.models.comparison import Comparison
from sunspot_dash.web.components.feedback import sentence, still_reading
from sunspot_dash.web.context import current_context, result_url, url
from sunspot_dash.web.ids import Compare
from sunspot_dash.web.readers.answers import StillReading

AGAIN = "models-compare"
GRAPHS = (Compare.LEFT, Compare.RIGHT)


def pair_view(found: Comparison, name: str, theme: str) -> Any:
    """Return both results on a drawing of a comparison, or why they cannot be shown."""
    from sunspot_dash.services.models.side_by_side import side_by_side  # imports scipy

    context = current_context()
    key = key_of(name)
    try:
        row = row_of(context.catalogue, key)
        path = original(context.catalogue, key)
        state = repr(labels_stamp(context.workspace))
        shown = context.answers.get(side_by_side, context.workspace, found, name, path, state=state)
    except StillReading as error:
        return still_reading(error, AGAIN)
    except SunspotError as error:
        return dbc.Alert(sentence(error), color="danger")
    address = url(picture_address(row, "view"))
    config: Any = graph_config(scrollZoom=True)
    columns = []
    for graph, side, result, judged in zip(GRAPHS, found.sides, shown.results, shown.judged, strict=True):
        size = (result.width, result.height)
        drawn = judged_figure(address, size, result.disk, judged, theme)
        columns.append(
            dbc.Col(
                [
                    html.Div(
                        [
                            html.Strong(side.model),
                            html.A("Open in Inference", href=result_url(side.model, key)),
                        ],
                        className="d-flex justify-content-between small",
                    ),
                    _counts(judged),
                    html.Div(
                        dcc.Graph(id=graph, figure=drawn, config=config, style={"aspectRatio": "1"}),
                        role="figure",
                        **{"aria-label": f"{name}, {side.model}"},  # type: ignore[arg-type]
                    ),
                ],
                md=6,
            )
        )
    return [html.H3(name), dbc.Row(columns, className="g-3")]


def _counts(judged: Judged) -> html.Div:
    parts = (
        ("hit", len(judged.hits), "hits"),
        ("miss", len(judged.misses), "missed (dashed, diamond)"),
        ("false-alarm", len(judged.false_alarms), "false alarms (circle)"),
    )
    return html.Div(
        [html.Span(f"{number} {text}", className=f"judged judged-{kind}") for kind, number, text in parts],
        className="judgement mb-1",
    )
