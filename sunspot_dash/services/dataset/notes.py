"""Sentences on the drawings of a run or an import: what was left out, has several pages, or has no date."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from sunspot_dash.domain.drawing.corrections import NONE, Correction
from sunspot_dash.domain.drawing.names import UNDATED
from sunspot_dash.text import counted, listed


def undated(
    paths: Iterable[Path], corrections: Mapping[str, Correction], failed: Iterable[tuple[str, str]]
) -> list[str]:
    """Return the names of the drawings without a date, neither in the name nor set by hand.

    Args:
        failed: (name, reason) of files that are not drawings after all.
    """
    without = {name for name, _ in failed}
    names = (path.name for path in paths if path.name not in without)
    return [name for name in names if corrections.get(name, NONE).date_and_time(name)[0] == UNDATED]


def run_notes(left_out: str, several_pages: list[str], without_date: list[str]) -> list[str]:
    """Return what a user should know about a run besides its counts, one sentence each.

    Args:
        left_out: what else is in the folder (see `FolderContent.left_out`).
        several_pages: drawings with several pages, with the number.
        without_date: names of undated drawings.
    """
    notes = [f"left out: {left_out}"] if left_out else []
    if several_pages:
        verb = "has" if len(several_pages) == 1 else "have"
        notes.append(
            f"{counted(len(several_pages), 'drawing')} {verb} several pages, of which the first is used: "
            f"{listed(several_pages)}"
        )
    if without_date:
        verb = "has" if len(without_date) == 1 else "have"
        notes.append(
            f"{counted(len(without_date), 'drawing')} {verb} no date ({listed(without_date)}) and no positions on the "
            "Sun: set dates on the Dataset page or with the command `dates`"
        )
    return notes
