"""A stored comparison of two models: verdict, scores, curves, eras, sizes, and the drawings that differ most."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from sunspot_dash.domain.scoring.comparison import FIGURES, DrawingPair, Row
from sunspot_dash.figures.precision_recall import Curve, precision_recall_figure
from sunspot_dash.figures.theme import graph_config
from sunspot_dash.services.models.comparison import Comparison
from sunspot_dash.services.models.comparison_text import (
    NAMES,
    counts_of,
    differs,
    f1_of,
    figure,
    remarks,
    verdict,
)
from sunspot_dash.text import listed
from sunspot_dash.web.components.figure_card import FigureIds, figure_head
from sunspot_dash.web.components.table import sideways, table
from sunspot_dash.web.components.terms import explain
from sunspot_dash.web.ids import Compare

NUMBER = "text-end text-nowrap"
INTERVAL = "text-end"
CURVE = FigureIds(Compare.CURVE)
HELP = (
    "Each model is scored at its own threshold. Recall is the share of the true spots that are found, precision the "
    "share of the detections that are true; F1 joins both. The 95 % interval shows how much the difference would vary "
    "by chance with drawings of other days: if it includes 0, neither model is shown to be better."
)
ROWS_HELP = "F1, with the numbers of true and of found spots."
CURVE_HELP = (
    "Each line is one model over all thresholds, the marker its own threshold. The upper right is best."
)
DIFFER_HELP = "Click a drawing to see both results beside each other."


def comparison_view(found: Comparison, stale: Sequence[str], theme: str) -> list[Any]:
    """Return the comparison; `stale` are the models that have changed since."""
    changed = f"Changed or deleted since this comparison: {listed(stale)}. Compare again."
    curves = [Curve(side.model, side.threshold, side.curve) for side in found.sides]
    config: Any = graph_config()
    graph = dcc.Graph(
        id=CURVE.figure,
        figure=precision_recall_figure(curves, theme),
        config=config,
        style={"height": "22rem"},
    )
    curve = [
        figure_head(html.H3("Precision and recall"), CURVE),
        html.Div(graph, role="figure", **{"aria-label": "Precision and recall"}),  # type: ignore[arg-type]
        html.P([CURVE_HELP, explain("F1")], className="help"),
    ]
    return [
        *([dbc.Alert(changed, color="warning")] if stale else []),
        html.P(verdict(found), className="fw-semibold mb-1"),
        *(html.P(remark, className="small mb-1") for remark in remarks(found)),
        html.P(f"Compared {found.made_at[:16].replace('T', ' ')} UT.", className="help"),
        dbc.Row(
            [
                dbc.Col([*_pooled(found), html.P(HELP, className="help")], lg=6),
                dbc.Col(curve, lg=6),
                dbc.Col(_rows("By years", "Drawings of", found.eras, found), lg=6),
                dbc.Col(
                    _rows("By size of the spots", "Area, px² on a disk of radius 740 px", found.sizes, found),
                    lg=6,
                ),
            ],
            className="g-3",
        ),
        html.H3("Drawings that differ most", className="mt-3"),
        html.P(DIFFER_HELP, className="help mb-1"),
        _drawings(found),
    ]


def _pooled(found: Comparison) -> list[Any]:
    rows = [
        (
            NAMES[name].capitalize(),
            *(figure(getattr(side.spots, name)) for side in found.sides),
            differs(found.differences[name]),
        )
        for name in FIGURES
    ]
    for title, attribute in (("True spots", "truth"), ("Found spots", "predicted")):
        rows.append((title, *(f"{getattr(side.spots, attribute):,}" for side in found.sides), ""))
    for title in counts_of(found.first):
        rows.append((title.capitalize(), *(counts_of(side)[title] for side in found.sides), ""))
    heads = ("", found.first.model, found.second.model, "Difference (95 % interval)")
    return [html.H3("Scores"), _table(heads, rows)]


def _rows(title: str, head: str, rows: Sequence[Row], found: Comparison) -> list[Any]:
    cells = [(row.name, f1_of(row.first), f1_of(row.second)) for row in rows]
    return [
        html.H3(title),
        _table((head, found.first.model, found.second.model), cells),
        html.P(ROWS_HELP, className="help"),
    ]


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> html.Div:
    look = ("", NUMBER, NUMBER, INTERVAL)

    def cells(kind: Any, values: Sequence[str]) -> html.Tr:
        return html.Tr([kind(value, className=name) for value, name in zip(values, look, strict=False)])

    body = html.Tbody([cells(html.Td, row) for row in rows])
    return sideways(dbc.Table([html.Thead(cells(html.Th, heads)), body], size="sm", className="small mb-1"))


def _drawings(found: Comparison) -> Any:
    columns: list[dict[str, Any]] = [
        {"field": "name", "headerName": "Drawing", "flex": 1, "minWidth": 170, "tooltipField": "name"},
        {
            "field": "differ",
            "headerName": "Found by one only",
            "width": 160,
            "headerTooltip": "Spots that only one of the two models found",
        },
        {"field": "truth", "headerName": "True spots", "width": 114},
        *_columns(found.first.model, "first"),
        *_columns(found.second.model, "second"),
    ]
    listing = table(Compare.TABLE, columns, "name", "No drawings")
    listing.rowData = [_row(pair) for pair in found.drawings]
    listing.defaultColDef = {"sortable": True, "resizable": True, "filter": False}
    listing.style = {"height": f"{min(len(found.drawings) + 3, 13) * 2.2}rem"}
    return listing


def _columns(model: str, side: str) -> list[dict[str, Any]]:
    parts = [
        {"field": side, "headerName": "Found", "width": 84},
        {"field": f"f1_{side}", "headerName": "F1", "width": 84},
    ]
    return [{"headerName": model, "headerTooltip": model, "children": parts}]


def _row(pair: DrawingPair) -> dict[str, Any]:
    return {
        "name": pair.name,
        "differ": pair.disagreement,
        "truth": pair.first.truth,
        "first": pair.first.predicted,
        "second": pair.second.predicted,
        "f1_first": figure(pair.first.f1),
        "f1_second": figure(pair.second.f1),
    }
