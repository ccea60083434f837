"""Values of parameters in words."""

from __future__ import annotations

from typing import Any


def in_words(value: Any) -> str:
    """Return a value as text: yes or no, an empty text for one that is not set, a list with commas."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(map(in_words, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
