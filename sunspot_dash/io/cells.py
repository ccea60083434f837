"""Text in the cells of CSV files."""

from __future__ import annotations

from typing import Any


def cell(value: Any) -> Any:
    """A value that a spreadsheet does not take for a formula; None is an empty cell."""
    if value is None:
        return ""
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r", "\n")):
        return "'" + value
    return value
