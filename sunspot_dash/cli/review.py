"""`review-labels`: take labels that were edited in CVAT or Label Studio as a review."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sunspot_dash.cli.index import ModelOption, catalogue_of
from sunspot_dash.cli.options import WorkspaceOption
from sunspot_dash.domain.drawing.names import printable
from sunspot_dash.text import counted
from sunspot_dash.workspace import DEFAULT_ROOT


def review_labels(
    labels: Annotated[Path, typer.Argument(help="COCO file, as `export --format coco` writes it")],
    by: Annotated[str, typer.Option(help="name of the person who edited it")],
    model: ModelOption = "uset",
    apply: Annotated[
        bool, typer.Option("--apply", help="record the changes; without it they are only counted")
    ] = False,
    workspace: WorkspaceOption = DEFAULT_ROOT,
) -> None:
    """Take labels that were edited elsewhere as a review: spots are matched by place. Shows the changes first."""
    from sunspot_dash.services.review.labels import take_labels

    taken = take_labels(catalogue_of(workspace, model), model, labels, by, apply)
    for name, number in taken.changed.items():
        typer.echo(f"{printable(name)}: {counted(number, 'change')}")
    for name, reason in taken.skipped:
        typer.echo(f"{printable(name)}: skipped, {reason}")
    total = counted(sum(taken.changed.values()), "change")
    drawings = counted(len(taken.changed), "drawing")
    typer.echo(
        f"{total} recorded; {drawings} reviewed by {by.strip()}"
        if apply
        else f"{total} on {drawings}; use --apply to record them"
    )
