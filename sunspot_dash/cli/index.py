"""Open the catalogue of a workspace for a command, and parse the options that select from it."""

from __future__ import annotations

import re
import sqlite3
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sunspot_dash.errors import ParameterError, WorkspaceError
from sunspot_dash.workspace import Workspace

if TYPE_CHECKING:
    from sunspot_dash.services.catalogue.catalogue import Catalogue

ModelOption = Annotated[str, typer.Option(help="name of a model with results")]
CountsOption = Annotated[
    str,
    typer.Option(
        help="what is counted: model, reviewed (reviewed drawings only) or either (reviewed, else the model)"
    ),
]
FromOption = Annotated[str, typer.Option("--from", help="first date, YYYY-MM-DD", show_default=False)]
ToOption = Annotated[str, typer.Option("--to", help="last date, YYYY-MM-DD", show_default=False)]


def catalogue_of(workspace: Path, model: str = "") -> Catalogue:
    """Open the catalogue of a workspace after bringing its index up to date.

    Args:
        model: one that must have results.

    Raises:
        WorkspaceError: there is no workspace, or its index cannot be updated.
        ParameterError: the model has no results.
    """
    from sunspot_dash.services.catalogue.catalogue import Catalogue
    from sunspot_dash.services.catalogue.indexer import Indexer

    space = Workspace(workspace)
    if not space.format_file.exists():
        raise WorkspaceError(f"there is no workspace at {workspace}: check --workspace")
    try:
        catalogue = Catalogue(space.create())
        Indexer(catalogue).refresh()
    except (OSError, sqlite3.Error) as error:
        raise WorkspaceError(f"the index of {workspace} cannot be updated ({error})") from error
    known = catalogue.models()
    if model and model not in known:
        hint = f"models with results: {', '.join(known)}" if known else "run `infer` first"
        raise ParameterError(f"model '{model}' has no results in {workspace}: {hint}")
    return catalogue


def period(first: str, last: str) -> tuple[str, str]:
    """Validate two dates and return them; "" means no limit.

    Raises:
        ParameterError: one is not a date, or the first is after the last.
    """
    for option, text in (("--from", first), ("--to", last)):
        try:
            if text and not re.fullmatch(r"\d{4}-\d\d-\d\d", text):
                raise ValueError
            date.fromisoformat(text or "2000-01-01")
        except ValueError as error:
            raise ParameterError(f"{option} was '{text}': write a date such as 1956-04-17") from error
    if first and last and first > last:
        raise ParameterError(f"--from {first} is after --to {last}")
    return first, last


def warn_of_demo(catalogue: Catalogue, model: str, when: tuple[str, str]) -> None:
    """Print a warning if synthetic drawings are among those of a result."""
    from sunspot_dash.services.demo.sample_data import demo_warning

    if warning := demo_warning(catalogue, model, when):
        typer.echo(f"warning: {warning}", err=True)
