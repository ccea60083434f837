"""`dates`: set the dates of many drawings from a pattern of their names or from a table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sunspot_dash.cli.options import WorkspaceOption
from sunspot_dash.cli.output import Column, print_table, progress
from sunspot_dash.domain.drawing.name_pattern import EXAMPLE, MEANING
from sunspot_dash.domain.drawing.names import printable
from sunspot_dash.errors import ParameterError
from sunspot_dash.text import counted
from sunspot_dash.workspace import DEFAULT_ROOT, Workspace

if TYPE_CHECKING:
    from sunspot_dash.services.dataset.date_plans import DatePlan

SHOWN = 20  # drawings in a preview
COLUMNS = (Column("drawing", 32, gap=2), Column("now", 16, gap=2), Column("new (UT)"))


def dates(
    pattern: Annotated[str, typer.Option(help=f"pattern of the names, such as {EXAMPLE}: {MEANING}")] = "",
    csv: Annotated[
        Path | None, typer.Option(help="table of name, date and, in the same or another column, time")
    ] = None,
    apply: Annotated[
        bool, typer.Option("--apply", help="set the dates; without it they are only shown")
    ] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="also replace dates that are set by hand or in the name")
    ] = False,
    remember: Annotated[
        bool, typer.Option("--remember", help="with --apply: also date new uploads by the pattern")
    ] = False,
    forget: Annotated[bool, typer.Option("--forget", help="no longer date new uploads by a pattern")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="undo the last --apply")] = False,
    workspace: WorkspaceOption = DEFAULT_ROOT,
) -> None:
    """Set the dates of drawings whose names the program cannot read. Shows them first; --apply sets them."""
    from sunspot_dash.services.dataset import date_plans
    from sunspot_dash.services.dataset import dates as service

    if sum(map(bool, (pattern, csv, undo, forget))) != 1:
        raise ParameterError("use one of --pattern, --csv, --undo and --forget")
    if remember and not (pattern and apply):
        raise ParameterError("--remember needs --pattern and --apply")
    space = Workspace(workspace).existing().create()
    if forget:
        service.store_pattern(space, "")
        typer.echo("new uploads are dated by their names only")
        return
    if undo:
        typer.echo(f"{counted(service.undo_dates(space), 'date')} restored")
        if remembered := service.stored_pattern(space):
            typer.echo(f"new uploads are still dated by {remembered}; --forget ends that")
        _rebuild_tables(space)
        return
    if pattern:
        plan = date_plans.plan_by_pattern(space, pattern, replace)
    else:
        plan = date_plans.plan_by_table(space, _content(csv), csv.name if csv else "", replace)
    _show(plan)
    if apply:
        number = service.set_dates(space, plan)
        typer.echo(f"{counted(number, 'date')} set{'; --undo restores the previous ones' if number else ''}")
        if remember:
            service.store_pattern(space, pattern)
            typer.echo("new uploads are dated by this pattern; --forget ends that")
        if plan.changes:
            _rebuild_tables(space)
    elif plan.changes:
        typer.echo(f"{counted(len(plan.changes), 'date')} can be set: repeat the command with --apply")
    if not (plan.changes or plan.same):
        raise typer.Exit(1)


def _content(path: Path | None) -> bytes:
    try:
        return path.read_bytes() if path else b""
    except OSError as error:
        raise ParameterError(f"{path} cannot be read ({error.strerror})") from error


def _show(plan: DatePlan) -> None:
    if plan.changes:
        print_table(COLUMNS, [tuple(map(printable, change.cells())) for change in plan.changes[:SHOWN]])
    if len(plan.changes) > SHOWN:
        typer.echo(f"and {len(plan.changes) - SHOWN:,} more")
    for line in plan.summary():
        typer.echo(line)
    for problem in plan.problems:
        typer.echo(f"left out: {printable(problem)}", err=True)


def _rebuild_tables(space: Workspace) -> None:
    from sunspot_dash.services.models.publish import publish_all

    with progress() as report:
        models = publish_all(space, report)
    if models:
        typer.echo(f"tables rebuilt: {', '.join(models)}")
