"""Read `failed.csv`: the drawings that failed in the last run of a model."""

from __future__ import annotations

import csv
from pathlib import Path

from sunspot_dash.file_names import FAILED_NAME


def read_failed(folder: Path) -> list[tuple[str, str]]:
    """Return (name, reason) of the drawings that failed; none without a file.

    Args:
        folder: the folder of the model's tables.
    """
    try:
        with (folder / FAILED_NAME).open(encoding="utf-8", errors="replace", newline="") as file:
            return [(row["name"], row["reason"] or "") for row in csv.DictReader(file)]
    except FileNotFoundError:
        return []
