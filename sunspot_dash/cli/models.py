"""`models ...`: list, describe, mark, rename, delete, export and import models."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from jobs.control import without_jobs_of
from jobs.recovery import open_ledger
from sunspot_dash.cli.options import JsonOption, WorkspaceOption
from sunspot_dash.cli.output import Column, print_table, progress
from sunspot_dash.text import counted
from sunspot_dash.workspace import DEFAULT_ROOT, Workspace


class ListsByDefault(TyperGroup):
    """The group without a command lists the models."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Insert the command `list` where none is given."""
        named = bool(args) and (not args[0].startswith("-") or args[0] == "--help")
        return super().parse_args(ctx, args if named else ["list", *args])


app = typer.Typer(
    cls=ListsByDefault,
    help="List the models, and rename, delete, export or import one. Without a command: list.",
)
NameArgument = Annotated[str, typer.Argument(help="name of the model", show_default=False)]
COLUMNS = (
    *(Column("model", 24, gap=2), Column("F1", 6, right=True, gap=2), Column("date", 10, gap=2)),
    *(Column("parent", 20, gap=2), Column("MB", 6, right=True, gap=2), Column("remarks")),
)


@app.command("list")
def list_models(as_json: JsonOption = False, workspace: WorkspaceOption = DEFAULT_ROOT) -> None:
    """List the models: the default first, archived ones last."""
    from sunspot_dash.services.models.registry import registered

    found = registered(_space(workspace))
    if as_json:
        typer.echo(json.dumps([_record(model) for model in found], indent=1))
        return
    print_table(COLUMNS, [_cells(model) for model in found])


@app.command()
def show(name: NameArgument, workspace: WorkspaceOption = DEFAULT_ROOT) -> None:
    """Print what is known about a model: its card, lineage and notes."""
    from sunspot_dash.services.models.facts import facts_of, lineage_text
    from sunspot_dash.services.models.lineage import ancestors, children
    from sunspot_dash.services.models.registry import cards_of, registered_model

    space = _space(workspace)
    model, cards = registered_model(space, name), cards_of(space)
    lineage = lineage_text(name, ancestors(cards, name), children(cards, name))
    for title, value in [*facts_of(model), ("Lineage", lineage), ("Notes", model.notes or "none")]:
        typer.echo(f"{title:<20}{value}")


@app.command()
def default(name: NameArgument, workspace: WorkspaceOption = DEFAULT_ROOT) -> None:
    """Make a model the default: the one that runs if no other is chosen."""
    from sunspot_dash.services.models.default import make_default

    make_default(_space(workspace), name)
    typer.echo(f"'{name}' is the default model")


@app.command()
def notes(
    name: NameArgument,
    text: Annotated[str, typer.Argument(help="the new notes; '' removes them", show_default=False)],
    workspace: WorkspaceOption = DEFAULT_ROOT,
) -> None:
    """Replace the notes on a model."""
    from sunspot_dash.services.models.registry import set_notes

    set_notes(_space(workspace), name, text)
    typer.echo(f"notes on '{name}' saved")


@app.command()
def archive(
    name: NameArgument,
    undo: Annotated[bool, typer.Option("--undo", help="take it out of the archive")] = False,
    workspace: WorkspaceOption = DEFAULT_ROOT,
) -> None:
    """Hide a model where one is chosen; its files and results stay."""
    from sunspot_dash.services.models import registry

    registry.archive(_space(workspace), name, not undo)
    typer.echo(f"'{name}' is {'no longer archived' if undo else 'archived'}")


@app.command()
def rename(
    name: NameArgument,
    new: Annotated[str, typer.Argument(help="its new name", show_default=False)],
    workspace: WorkspaceOption = DEFAULT_ROOT,
) -> None:
    """Rename a model, with its results and everything else that carries its name. Not while `infer` or `train` runs."""
    from sunspot_dash.services.models.rename import rename_model

    space = _space(workspace)
    with without_jobs_of(open_ledger(space), name):
        rename_model(space, name, new)
    typer.echo(f"'{name}' is now '{new}'")
    if space.results_of(new).is_dir():
        _rebuild_tables(space)


@app.command()
def delete(
    name: NameArgument,
    results: Annotated[bool, typer.Option("--results", help="also its results, pictures and scores")] = False,
    workspace: WorkspaceOption = DEFAULT_ROOT,
) -> None:
    """Move a model to the trash, where it stays for 30 days; its results are kept unless --results is given."""
    from sunspot_dash.services.models.removal import delete_model

    space = _space(workspace)
    with without_jobs_of(open_ledger(space), name):
        deletion = delete_model(space, name, results)
    typer.echo(f"'{name}' deleted; `models restore {deletion.number}` restores it")
    if results:
        _rebuild_tables(space)


@app.command()
def restore(
    number: Annotated[
        str, typer.Argument(help="as printed by `models delete`; by default the last", show_default=False)
    ] = "",
    workspace: WorkspaceOption = DEFAULT_ROOT,
) -> None:
    """Undo the deletion of a model."""
    from sunspot_dash.services.models.removal import deleted_models, restore_model

    space = _space(workspace)
    last = next((deletion.number for deletion in deleted_models(space)), "")
    deletion = restore_model(space, number or last)
    typer.echo(
        f"'{deletion.names[0]}' restored: {counted(len(deletion.paths), 'file or folder', 'files and folders')}"
    )
    _rebuild_tables(space)


@app.command()
def export(
    name: NameArgument,
    form: Annotated[
        str,
        typer.Option(
            "--format",
            help="zip (weights and card), safetensors, or onnx (the network alone, without the candidate classifier)",
        ),
    ] = "zip",
    output: Annotated[
        Path | None, typer.Option(help="file to write; default: NAME with its ending, here")
    ] = None,
    workspace: WorkspaceOption = DEFAULT_ROOT,
) -> None:
    """Write a model as a file for another workspace or another program."""
    from sunspot_dash.services.models.exports import check_format, export_model

    path = output or Path(f"{name}{check_format(form).suffix}")
    size = export_model(_space(workspace), name, form, path)
    typer.echo(f"{path}  {size / 1e6:.1f} MB")


@app.command("import")
def import_files(
    files: Annotated[
        list[Path],
        typer.Argument(help="a .zip or .safetensors of an export, or a .pth with or without its .json"),
    ],
    name: Annotated[str, typer.Option(help="its name; default: as on its card, else as its file")] = "",
    workspace: WorkspaceOption = DEFAULT_ROOT,
) -> None:
    """Add a model from files. They are checked first, and a model that exists is never replaced."""
    from sunspot_dash.services.models.imports import import_model

    typer.echo(f"'{import_model(_space(workspace), files, name)}' imported")


def _space(workspace: Path) -> Workspace:
    return Workspace(workspace).existing().create()


def _record(model: Any) -> dict[str, Any]:
    f1, measured_on = model.score
    fields = ("name", "default", "archived", "shipped", "fault", "date", "parent", "size_bytes", "notes")
    return {**{field: getattr(model, field) for field in fields}, "f1": f1, "f1_measured_on": measured_on}


def _cells(model: Any) -> tuple[str, ...]:
    f1, _ = model.score
    marks = [word for word in ("default", "shipped", "archived") if getattr(model, word)]
    marks += [f"cannot be used: {model.fault}"] if model.fault else []
    return (
        model.name,
        "" if f1 is None else f"{f1:.3f}",
        model.date,
        model.parent,
        f"{model.size_bytes / 1e6:.1f}",
        "; ".join([*marks, *model.notes.splitlines()[:1]]),
    )


def _rebuild_tables(space: Workspace) -> None:
    from sunspot_dash.services.models.publish import publish_all

    with progress() as report:
        publish_all(space, report)
