"""Run the command line as `app.py` does, but in the process of the test, which saves seconds."""

from __future__ import annotations

from dataclasses import dataclass
from unittest.mock import patch

import pytest
from typer.testing import CliRunner

from sunspot_dash import cli


@dataclass(frozen=True)
class Ran:
    """The output of a command, and its exit code."""

    stdout: str
    stderr: str
    code: int

    @property
    def text(self) -> str:
        return self.stdout + self.stderr


def run(*arguments: object, answer: str | None = None) -> Ran:
    """Run a command; handle errors for the user as `main` does, and let others fail the test.

    Args:
        answer: the input of the user.
    """
    done = CliRunner().invoke(cli.app, [str(argument) for argument in arguments], input=answer)
    if done.exception is None or isinstance(done.exception, SystemExit):
        return Ran(done.stdout, done.stderr, done.exit_code)
    with patch.object(cli, "app", side_effect=done.exception), pytest.raises(SystemExit) as end:
        cli.main()
    return Ran(done.stdout, f"{done.stderr}{end.value.code}\n", 1)
