"""The command line in the process of a test: as `app.py` runs it, without the seconds that a new process takes."""

from __future__ import annotations

from dataclasses import dataclass
from unittest.mock import patch

import pytest
from typer.testing import CliRunner

from sunspot_dash import cli


@dataclass(frozen=True)
class Ran:
    """What a command printed, and its exit code."""

    stdout: str
    stderr: str
    code: int

    @property
    def text(self) -> str:
        return self.stdout + self.stderr


def run(*arguments: object, answer: str | None = None) -> Ran:
    """Run a command; an error for the user becomes what `main` makes of it, any other fails the test.

    Args:
        answer: what the user types.
    """
    done = CliRunner().invoke(cli.app, [str(argument) for argument in arguments], input=answer)
    if done.exception is None or isinstance(done.exception, SystemExit):
        return Ran(done.stdout, done.stderr, done.exit_code)
    with patch.object(cli, "app", side_effect=done.exception), pytest.raises(SystemExit) as end:
        cli.main()
    return Ran(done.stdout, f"{done.stderr}{end.value.code}\n", 1)
