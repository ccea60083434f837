"""Format numbers with their nouns for messages."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

NAMED = 3  # names in a message


def listed(names: Sequence[str]) -> str:
    """Join the first names as 'a, b, c, ...'."""
    return ", ".join(islice(names, NAMED)) + (", ..." if len(names) > NAMED else "")


def counted(number: int, noun: str, plural: str = "") -> str:
    """Format a count as '1 drawing' or '2,300 drawings'; `plural` is for irregular nouns."""
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"
