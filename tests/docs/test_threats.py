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


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_threat_is_held_by_tests_that_exist(row: list[str]) -> None:
    threat, answer, named = row
    assert threat and answer
    tests = re.findall(r"`([\w/]+\.py)::(\w+)`", named)
    assert tests and len(tests) == named.count("::")
    for path, name in tests:
        functions = ast.walk(ast.parse((TESTS / path).read_text("utf-8")))
        assert any(isinstance(node, ast.FunctionDef) and node.name == name for node in functions), f"{path}::{name}"
