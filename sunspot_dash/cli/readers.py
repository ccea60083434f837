"""`agreement` and `labels-to-check`: how well readers and model agree, and which labels of the dataset look wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sunspot_dash.cli.index import FromOption, ModelOption, ToOption, catalogue_of, period
from sunspot_dash.cli.options import JsonOption, WorkspaceOption
from sunspot_dash.cli.output import Column, print_table
from sunspot_dash.domain.drawing.names import printable
from sunspot_dash.errors import ParameterError
from sunspot_dash.files import atomic_write_text
from sunspot_dash.text import counted
from sunspot_dash.workspace import DEFAULT_ROOT

if TYPE_CHECKING:
    from sunspot_dash.services.drawing.label_check import Doubtful

READERS = (Column("one", 22, gap=2), Column("other", 22, gap=2))
POOLED = (
    *READERS,
    Column("drawings", 8, right=True, gap=2),
    Column("F1", 5, right=True, gap=2),
    Column("by drawing", 13, right=True, gap=2),
    *(Column(f"{name} (other - one)", 18, right=True, gap=2) for name in ("spots", "groups", "R")),
)
SINGLE = (
    Column("drawing", 24, gap=2),
    *READERS,
    Column("F1", 5, right=True, gap=2),
    *(Column(name, 9, right=True, gap=2) for name in ("spots", "groups", "R")),
)
CHECKED = (
    Column("drawing", 24, gap=2),
    Column("x, y (px)", 13, gap=2),
    Column("check", 15, gap=2),
    Column("likely", 6, right=True, gap=2),
    Column("reason"),
)
SHOWN = 40  # labels to check on a terminal


def agreement(
    model: ModelOption = "uset",
    first: FromOption = "",
    last: ToOption = "",
    as_json: JsonOption = False,
    workspace: WorkspaceOption = DEFAULT_ROOT,
) -> None:
    """Compare the people who have read the same drawings, blind or as a review, with each other and with a model.

    F1 is that of the spots, pooled; "by drawing" and the differences are mean ± standard deviation.
    """
    from sunspot_dash.services.review.agreement import REVIEW_NOTE, agreement
    from sunspot_dash.services.review.agreement_text import pooled_cells, single_cells

    when = period(first, last)
    found = agreement(catalogue_of(workspace, model), model, when)
    if as_json:
        typer.echo(json.dumps({"model": model, **found.as_dict()}, indent=1, ensure_ascii=False))
    elif found.drawings:
        print_table(POOLED, [pooled_cells(pair) for pair in found.pooled])
        typer.echo("")
        rows = [(drawing.name, pair) for drawing in found.drawings for pair in drawing.pairs]
        print_table(SINGLE, [[printable(name), *single_cells(pair)] for name, pair in rows])
        for drawing in found.drawings:
            for remark in drawing.remarks:
                typer.echo(f"{printable(drawing.name)}: {remark}")
        typer.echo(REVIEW_NOTE)
    else:
        typer.echo("no drawing of this period is reviewed or read blind to the end", err=True)
    if not found.drawings:
        raise typer.Exit(1)


def labels_to_check(
    model: Annotated[
        list[str] | None, typer.Option(help="a model to use, may be repeated; all with results by default")
    ] = None,
    csv: Annotated[Path | None, typer.Option("--csv", help="write a CSV table", show_default=False)] = None,
    as_json: JsonOption = False,
    workspace: WorkspaceOption = DEFAULT_ROOT,
) -> None:
    """List labels that look wrong: sure detections without a label, and labels that no network finds."""
    from sunspot_dash.services.drawing.label_check import WEAK_NOTE, check_labels, csv_of

    if csv and as_json:
        raise ParameterError("--csv writes a table and --json prints one: use only one of them")
    catalogue = catalogue_of(workspace)
    found = check_labels(catalogue.workspace, tuple(model or ()))
    compared = f"{counted(found.labels, 'label')} on {counted(found.drawings, 'drawing')}"
    if as_json:
        record = {"models": found.models, "drawings": found.drawings, "labels": found.labels}
        rows = [one.as_dict() for one in found.rows]
        typer.echo(json.dumps(record | {"to_check": rows}, indent=1, ensure_ascii=False))
    elif csv:
        atomic_write_text(csv, csv_of(found))
        typer.echo(f"{counted(len(found.rows), 'row')} written to {csv}")
    else:
        print_table(CHECKED, [_checked(one) for one in found.rows[:SHOWN]])
        more = len(found.rows) - SHOWN
        typer.echo(
            f"{counted(len(found.rows), 'label')} to check of {compared}, by {', '.join(found.models)}"
        )
        if more > 0:
            typer.echo(f"{more} more: use --csv or --json")
        if any(one.weak for one in found.rows):
            typer.echo(f"*: {WEAK_NOTE}")


def _checked(one: Doubtful) -> list[str]:
    likely = f"{one.likely:.2f}{'*' if one.weak else ' '}"
    return [printable(one.name), f"{one.x:.0f}, {one.y:.0f}", one.kind, likely, one.reason]
