"""The rows of values of an INSERT statement, as MySQL and SQLite write them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sunspot_dash.errors import ParameterError

QUOTED = r"'(?:[^'\\]|\\.|'')*'"
TOKEN = re.compile(rf"\s*(?:(?P<text>{QUOTED})|(?P<mark>[(),;])|(?P<bare>[^\s(),;']+))", re.DOTALL)
ESCAPED = re.compile(r"\\(.)|''", re.DOTALL)
LETTERS = {"n": "\n", "r": "\r", "t": "\t", "0": "\0"}


def rows_of(text: str, start: int) -> Iterator[list[str | None]]:
    """Yield the rows "(1, 'a'), (2, NULL)" from a place in a text until the semicolon; NULL is None.

    Raises:
        ParameterError: the statement is cut off, or does not list rows.
    """
    row: list[str | None] | None = None
    while token := TOKEN.match(text, start):
        start = token.end()
        mark = token["mark"]
        if mark == ";":
            break
        if mark == "(":
            if row is not None:
                break
            row = []
        elif mark == ")":
            if row is None:
                break
            yield row
            row = None
        elif mark is None:
            if row is None:
                break
            row.append(_text(token["text"]) if token["text"] else _bare(token["bare"]))
    if row is not None or not token:
        raise ParameterError("an INSERT statement of the SQL file is cut off, or computes its values")


def _bare(word: str) -> str | None:
    return None if word.upper() == "NULL" else word


def _text(quoted: str) -> str:
    return ESCAPED.sub(lambda found: LETTERS.get(found[1], found[1]) if found[1] else "'", quoted[1:-1])
