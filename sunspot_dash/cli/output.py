"""Tables and progress: formatted with rich on a terminal, as plain lines in a pipe or a file."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import typer

from sunspot_dash.progress import LABELS, ProgressLines, duration

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

Report = Callable[[dict[str, Any]], None]


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes:
        title: its heading.
        width: least width in a plain line; 0 for the last column.
        right: whether cells are aligned right.
        gap: spaces after the cell in a plain line.
    """

    title: str
    width: int = 0
    right: bool = False
    gap: int = 0

    def plain(self, cell: str) -> str:
        return (cell.rjust(self.width) if self.right else cell.ljust(self.width)) + " " * self.gap


def say(line: str, err: bool = False) -> None:
    """Print a line, if that is possible: a closed terminal or a full disk must not end what runs."""
    with suppress(OSError):
        typer.echo(line, err=err)


def on_terminal() -> bool:
    """Return whether standard output is a terminal that can be formatted."""
    return sys.stdout.isatty() and os.environ.get("TERM", "") != "dumb"


def print_table(
    columns: Sequence[Column], rows: Sequence[Sequence[str]], title: str = "", plain_heading: bool = True
) -> None:
    """Print a table.

    Args:
        title: printed above the table.
        plain_heading: whether plain lines have the titles of the columns above them.
    """
    if on_terminal():
        _print_rich_table(columns, rows, title)
        return
    lines = [[column.title for column in columns]] if plain_heading else []
    for line in ([title] if title else []) + [_plain_line(columns, cells) for cells in [*lines, *rows]]:
        typer.echo(line)


def _plain_line(columns: Sequence[Column], cells: Sequence[str]) -> str:
    return "".join(column.plain(cell) for column, cell in zip(columns, cells, strict=True)).rstrip()


def _print_rich_table(columns: Sequence[Column], rows: Sequence[Sequence[str]], title: str) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, title=Text(title) if title else None, title_justify="left", pad_edge=False)
    for column in columns:
        table.add_column(
            Text(column.title.strip()), justify="right" if column.right else "left", overflow="fold"
        )
    for cells in rows:
        table.add_row(*(Text(cell.strip()) for cell in cells))
    Console().print(table)


@contextmanager
def progress() -> Iterator[Report]:
    """Yield a callable that shows the events of long work: as one bar with the time left, or as lines."""
    if not on_terminal():
        yield ProgressLines(typer.echo)
        return
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[left]}"),
    )
    with Progress(*columns, transient=True) as bar:
        yield _Bar(bar, bar.add_task("starting", total=None, left=""))


class _Bar:
    """Turns events into the state of one bar; prints the lines of plans and epochs above it."""

    def __init__(self, bar: Progress, task: TaskID) -> None:
        self._bar, self._task = bar, task
        self._lines = ProgressLines(lambda line: bar.console.print(line, markup=False, highlight=False))

    def __call__(self, event: dict[str, Any]) -> None:
        if event["kind"] in ("plan", "epoch"):
            self._lines(event)
        if event["kind"] not in LABELS:
            return
        description, done, total = share_done(event)
        left = event.get("seconds_left")
        self._bar.update(
            self._task,
            description=description,
            completed=done,
            total=total,
            left=f"{duration(left)} left" if left else "",
        )


def share_done(event: dict[str, Any]) -> tuple[str, int, int]:
    """Return an event's description, and how many of how many units are done: in a training, steps of all epochs."""
    if event["kind"] == "step":
        epoch, epochs = event["epoch"], event["epochs"]
        description = f"epoch {epoch}/{epochs}, step {event['step']}/{event['of']}"
        return description, (epoch - 1) * event["of"] + event["step"], epochs * event["of"]
    return f"{LABELS[event['kind']]} {event['done']}/{event['of']}", event["done"], event["of"]
