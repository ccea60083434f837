"""The index of a workspace, as the commands that read it want it: brought up to date first."""

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

ModelOption = Annotated[str, typer.Option(help="name of a model that was run over drawings")]
FromOption = Annotated[str, typer.Option("--from", help="first date, YYYY-MM-DD", show_default=False)]
ToOption = Annotated[str, typer.Option("--to", help="last date, YYYY-MM-DD", show_default=False)]
JsonOption = Annotated[bool, typer.Option("--json", help="for programs")]


def catalogue_of(workspace: Path, model: str) -> Catalogue:
    """The catalogue with all that is there now.

    Raises:
        WorkspaceError: there is no workspace, or its index cannot be made.
        ParameterError: the model has no results in it.
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
        raise WorkspaceError(f"the index of {workspace} cannot be brought up to date ({error})") from error
    known = catalogue.models()
    if model not in known:
        there = f"there are those of {', '.join(known)}" if known else "run `infer` first"
        raise ParameterError(f"model '{model}' has no results in {workspace}: {there}")
    return catalogue


def period(first: str, last: str) -> tuple[str, str]:
    """Dates for a service, "" for an open end.

    Raises:
        ParameterError: one is no date, or they are the wrong way round.
    """
    for option, text in (("--from", first), ("--to", last)):
        try:
            if text and not re.fullmatch(r"\d{4}-\d\d-\d\d", text):
                raise ValueError
            date.fromisoformat(text or "2000-01-01")
        except ValueError as error:
            raise ParameterError(f"{option} was '{text}': a date as 1956-04-17 is expected") from error
    if first and last and first > last:
        raise ParameterError(f"--from {first} is after --to {last}")
    return first, last
