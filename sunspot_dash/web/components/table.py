"""A table in the theme of the page."""

from __future__ import annotations

from typing import Any

import dash_ag_grid as dag
from dash import html

THEME = {
    "function": "themeQuartz.withPart(colorSchemeVariable).withParams({spacing: 5, cellHorizontalPadding: 8})"
}  # colours and heights are in assets/tokens.css

UNSEEN = {"headerClass": "unseen"}  # the name of a column is for screen readers only
WRAPPED = {"wrapText": True, "autoHeight": True}
SELECTION = {"headerName": "Selected", **UNSEEN}  # the column of checkboxes


def moment(field: str, name: str, width: int) -> dict[str, Any]:
    """Return a column of times, ISO to the minute, without their year, which is in the tooltip."""
    shown = {"function": "params.value.slice(5)"}
    return {
        "field": field,
        "headerName": name,
        "width": width,
        "valueFormatter": shown,
        "tooltipField": field,
    }


def clicked_row(cell: dict[str, Any] | None) -> str:
    """Return the id of the row of a clicked cell, "" while its row is being loaded: it has no id yet."""
    return str((cell or {}).get("rowId") or "")


def table(
    identity: str,
    columns: list[dict[str, Any]],
    key: str,
    empty_text: str,
    endless: bool = False,
    **options: Any,
) -> dag.AgGrid:
    """Return a table in which one row can be selected.

    Args:
        identity: id; columns: AG Grid column definitions; key: field that identifies a row.
        empty_text: shown if there are no rows.
        endless: the table requests its rows in blocks (`getRowsRequest`) instead of getting all as `rowData`.
        options: further AG Grid options.
    """
    more: dict[str, Any] = {"rowModelType": "infinite"} if endless else {"rowData": []}
    return dag.AgGrid(
        id=identity,
        columnDefs=columns,
        getRowId=f"params.data.{key}.toString()",
        defaultColDef={"sortable": True, "resizable": True, "filter": True},
        dashGridOptions={
            "theme": THEME,
            "rowSelection": {"mode": "singleRow", "checkboxes": False, "enableClickSelection": True},
            "localeText": {"noRowsToShow": empty_text},
            "selectionColumnDef": SELECTION,
            # Tab leaves the table; the arrow keys move inside it.
            "tabToNextCell": {"function": "false"},
            "tabToNextHeader": {"function": "false"},
            **options,
        },
        style={"height": "26rem"},
        **more,
    )


def in_place(listing: dag.AgGrid) -> html.Div:
    """Return a table in a box of its height, which shows empty rows until the table is drawn."""
    return html.Div(listing, className="table-place", style=listing.style)


def sideways(content: Any) -> html.Div:
    """Return a plain table in a box that scrolls sideways where the window is too narrow, also with the arrow keys."""
    return html.Div(content, className="table-responsive", tabIndex=0)
