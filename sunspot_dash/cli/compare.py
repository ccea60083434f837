"""`compare`: two models on the same drawings."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from jobs.tasks.parameters import Compare
from sunspot_dash.cli.options import WorkspaceOption, help_of, options_of
from sunspot_dash.cli.output import progress
from sunspot_dash.files import atomic_write_bytes
from sunspot_dash.ml.config import CompareConfig
from sunspot_dash.workspace import DEFAULT_ROOT, Workspace


@options_of(CompareConfig)
def compare(
    first: Annotated[str, typer.Argument(help=help_of(Compare, "first"))],
    second: Annotated[str, typer.Argument(help=help_of(Compare, "second"))],
    json_file: Annotated[Path | None, typer.Option("--json", help="write all figures to this file")] = None,
    workspace: WorkspaceOption = DEFAULT_ROOT,
    **values: Any,
) -> None:
    """Compare two models on labelled or reviewed drawings: F1, counts, eras, sizes, drawings that differ most.

    Each model is scored at its own threshold. The comparison is stored, and shown on the page Models.
    """
    from sunspot_dash.services.models.compare import compare_models
    from sunspot_dash.services.models.comparison import STORED
    from sunspot_dash.services.models.comparison_text import table

    space = Workspace(workspace).existing().create()
    with progress() as report:
        found = compare_models(space, first, second, CompareConfig(**values), report)
    typer.echo(table(found))
    if json_file:
        atomic_write_bytes(json_file, STORED.dump_json(found, indent=1) + b"\n")
