"""Format numbers with their nouns for messages."""

from __future__ import annotations


def counted(number: int, noun: str, plural: str = "") -> str:
    """Format a count as '1 drawing' or '2,300 drawings'; `plural` is for irregular nouns."""
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"
