"""`watch ...`: run the default model on new scans by itself."""

from __future__ import annotations

from pathlib import Path

import typer

from jobs.recovery import open_ledger
from sunspot_dash.cli.options import WorkspaceOption
from sunspot_dash.workspace import DEFAULT_ROOT, Workspace

app = typer.Typer(
    no_args_is_help=True,
    help="Run the default model on each new scan in images_to_run. A worker (`python app.py worker`) does it.",
)


@app.command()
def on(workspace: WorkspaceOption = DEFAULT_ROOT) -> None:
    """Run the default model on every new scan from now on, not on those that are in the folder already."""
    _switch(workspace, True)


@app.command()
def off(workspace: WorkspaceOption = DEFAULT_ROOT) -> None:
    """Stop running the default model on new scans; jobs that were submitted continue."""
    _switch(workspace, False)


@app.command()
def status(workspace: WorkspaceOption = DEFAULT_ROOT) -> None:
    """Print whether the default model runs on new scans, what ran last, and the scans that were refused."""
    from jobs.tasks.watch_status import status_lines
    from sunspot_dash.services.watch.state import read_watch

    space = Workspace(workspace).existing()
    for line in status_lines(open_ledger(space), read_watch(space)):
        typer.echo(line)


def _switch(workspace: Path, on: bool) -> None:
    from sunspot_dash.services.watch.state import switch

    switch(Workspace(workspace).existing().create(), on)
    status(workspace)
