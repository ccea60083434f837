"""Numbers with their nouns, as every message tells them."""

from __future__ import annotations


def counted(number: int, noun: str, plural: str = "") -> str:
    """'1 drawing', '2,300 drawings'; `plural` where it is not the noun with an s."""
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"
