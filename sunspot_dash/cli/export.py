"""`export`: write a model's results as a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sunspot_dash.cli.index import (
    CountsOption,
    FromOption,
    ModelOption,
    ToOption,
    catalogue_of,
    period,
    warn_of_demo,
)
from sunspot_dash.cli.options import WorkspaceOption
from sunspot_dash.services.catalogue.sources import MODEL, source_of
from sunspot_dash.workspace import DEFAULT_ROOT


def export(
    form: Annotated[
        str,
        typer.Option(
            "--format",
            help="csv, json, parquet, silso, silso-hemispheric, votable, ecsv, dpd, rgo, digisun-sql, "
            "digisun-csv, coco, html or bundle",
        ),
    ],
    model: ModelOption = "uset",
    counts: CountsOption = MODEL,
    output: Annotated[
        Path | None,
        typer.Option(help="file or folder to write to; default: a file named after the model, here"),
    ] = None,
    first: FromOption = "",
    last: ToOption = "",
    workspace: WorkspaceOption = DEFAULT_ROOT,
) -> None:
    """Write a table, a daily series in SILSO's format, an offline report, or all of them in one ZIP with hashes."""
    from sunspot_dash.services.export.formats import check_format, export_file, file_name

    check_format(form)
    when = period(first, last)
    catalogue = catalogue_of(workspace, model)
    source = source_of(model, counts)
    warn_of_demo(catalogue, source, when)
    path = output or Path(file_name(source, form, when))
    if path.is_dir():
        path = path / file_name(source, form, when)
    size = export_file(catalogue, source, form, path, when)
    typer.echo(f"{path}  {size / 1e6:.1f} MB" if size > 1e5 else f"{path}  {size} bytes")
