"""The table of all drawings, which loads its rows on demand."""

from __future__ import annotations

from typing import Any

from dash import Dash, Input, Output, html, no_update

from sunspot_dash.services.catalogue.drawings import page_of_drawings
from sunspot_dash.web.components.table import SELECTION, UNSEEN, in_place, table
from sunspot_dash.web.context import current_context

TEXT = {"filterOptions": ["contains", "startsWith"], "maxNumConditions": 1}
DATE = {"filterOptions": ["inRange", "equals"], "maxNumConditions": 1}
NUMBER = {
    "filterOptions": ["greaterThanOrEqual", "lessThanOrEqual", "equals", "inRange", "notBlank", "blank"],
    "maxNumConditions": 1,
}


def _number(field: str, name: str, width: int, tip: str, **more: Any) -> dict[str, Any]:
    about = {"headerTooltip": tip, "filter": "agNumberColumnFilter", "filterParams": NUMBER}
    return {"field": field, "headerName": name, "width": width, **about, **more}


COLUMNS = [
    {
        "field": "key",
        "headerName": "Picture",
        **UNSEEN,
        "cellRenderer": "Thumbnail",
        "width": 62,
        "sortable": False,
        "filter": False,
    },
    {
        "field": "name",
        "headerName": "Drawing",
        "flex": 1,
        "minWidth": 176,
        "tooltipField": "name",
        "filterParams": TEXT,
    },
    {
        "field": "date",
        "headerName": "Date (UT)",
        "width": 116,
        "filter": "agDateColumnFilter",
        "filterParams": DATE,
        "valueFormatter": {
            "function": "params.data && params.data.date + (params.data.corrected ? ' *' : '') "
            "+ (params.data.twin ? ' =' : '')"
        },
        "headerTooltip": "* corrected manually; = another drawing has the same time",
        "tooltipValueGetter": {
            "function": "params.data && params.data.twin "
            "? 'same time as ' + params.data.twin + ': delete the one that should not be counted' : null"
        },
    },
    _number(
        "limb",
        "Limb",
        92,
        "Limb-fit confidence in %: share of the circumference on which the last model run found the limb",
        valueFormatter={
            "function": "params.data && params.data.by_hand ? 'manual' "
            ": params.value == null ? '' : d3.format('.0f')(params.value) + ' %'"
        },
    ),
    _number("labels", "Labels", 100, "Spots listed in the COCO file; empty if the drawing is not listed"),
    _number("spots", "Spots", 98, "Spots detected by the last model"),
    {
        "field": "state",
        "headerName": "State",
        "cellClassRules": {"text-danger": "params.value === 'failed'"},
        "width": 100,
        "filterParams": TEXT,
        "tooltipField": "reason",
        "headerTooltip": "Whether the last model has processed the drawing",
    },
    {
        "field": "observer",
        "headerName": "Observer",
        "width": 122,
        "filterParams": TEXT,
        "tooltipField": "observer",
        "headerTooltip": "Entered under the drawing, or from an imported table of observers' totals",
    },
    {
        "field": "tags",
        "headerName": "Tags",
        "width": 128,
        "filterParams": TEXT,
        "tooltipField": "tags",
        "headerTooltip": "Free tags, entered below the list on the page Dataset",
    },
]


def drawings_table(
    identity: str, empty_text: str, click_ticks: bool = True, filters: dict[str, Any] | None = None
) -> html.Div:
    """Return the table of all drawings, selected by checkbox.

    Args:
        click_ticks: a click on a row selects it, too.
        filters: AG Grid filter model at first, which the user can change.
    """
    selection = {
        "mode": "multiRow",
        "checkboxes": True,
        "enableClickSelection": click_ticks,
        "headerCheckbox": False,
    }
    listing = table(
        identity,
        COLUMNS,
        "key",
        empty_text,
        endless=True,
        rowSelection=selection,
        rowHeight=46,
        selectionColumnDef={"width": 44, "pinned": "left", **SELECTION},
        enableBrowserTooltips=True,
    )
    listing.filterModel = filters or {}
    listing.style = {"height": "34rem"}
    return in_place(listing)


def rows(request: dict[str, Any] | None) -> Any:
    """Return the rows that a table requests."""
    if request is None:
        return no_update
    found, total = page_of_drawings(
        current_context().catalogue,
        (request["startRow"], request["endRow"]),
        [(sort["colId"], sort["sort"]) for sort in request.get("sortModel") or []],
        request.get("filterModel") or {},
    )
    return {"rowData": found, "rowCount": total}


def register_rows(app: Dash, identity: str) -> None:
    """Register the callback that loads the rows of a table of drawings."""
    app.callback(Output(identity, "getRowsResponse"), Input(identity, "getRowsRequest"))(rows)
