"""Cells of CSV files."""

from __future__ import annotations

from typing import Any


def cell(value: Any) -> Any:
    """Return a value as a CSV cell, with text quoted that a spreadsheet would run as a formula; None is empty."""
    if value is None:
        return ""
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r", "\n")):
        return "'" + value
    return value
