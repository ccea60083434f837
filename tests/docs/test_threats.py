"""Every threat in the documentation is held by tests that exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
PAGE = TESTS.parent / "docs" / "developers" / "threats.md"
ROWS = [
    [cell.strip() for cell in line.strip("|\n").split(" | ")]
    for line in PAGE.read_text("utf-8").splitlines()
    if line.startswith("| ") and not line.startswith("| threat")
]


NAMES = {
    node.name
    for path in TESTS.rglob("test_*.py")
    for node in ast.walk(ast.parse(path.read_text("utf-8")))
    if isinstance(node, ast.FunctionDef)
}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_threat_is_held_by_tests_that_exist(row: list[str]) -> None:
    threat, answer, tests = row
    named = re.findall(r"`(\w+)`", tests)
    assert threat and answer and named
    assert [name for name in named if name not in NAMES] == []
