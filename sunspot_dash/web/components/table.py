"""A table of rows, in the page's own look."""

from __future__ import annotations

from typing import Any

import dash_ag_grid as dag

THEME = {
    "function": "themeQuartz.withPart(colorSchemeVariable)"
    ".withParams({spacing: 5, cellHorizontalPadding: 8, fontSize: 13})"
}  # follows data-ag-theme-mode (assets/theme.js)


def table(
    identity: str, columns: list[dict[str, Any]], key: str, none: str, endless: bool = False, **options: Any
) -> dag.AgGrid:
    """Rows of which one may be chosen.

    Args:
        identity: its id; columns: as AG Grid has them; key: the field that tells rows apart.
        none: what it says when it is empty.
        endless: rows are asked for page by page (`getRowsRequest`), instead of all being sent as `rowData`.
        options: of AG Grid, besides.
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
            "localeText": {"noRowsToShow": none},
            "rowHeight": 34,
            "headerHeight": 38,
            **options,
        },
        style={"height": "26rem"},
        **more,
    )
