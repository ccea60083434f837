"""Format numbers with their nouns for messages."""

from __future__ import annotations

from collections.abc import Sequence

NAMED = 3  # names in a message


def listed(names: Sequence[str]) -> str:
    """Join names as 'a and b' or 'a, b and c'; of more, the first ones as 'a, b, c, ...'."""
    if len(names) > NAMED:
        return f"{', '.join(names[:NAMED])}, ..."
    return " and ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)


def counted(number: int, noun: str, plural: str = "") -> str:
    """Format a count as '1 drawing' or '2,300 drawings'; `plural` is for irregular nouns."""
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"
