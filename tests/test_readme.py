"""What the README says of commands, kinds and variables is what there is."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import typer
from typer.main import get_command

from jobs.tasks import KINDS
from sunspot_dash.cli import app
from sunspot_dash.settings import QueueSettings

README = (Path(__file__).resolve().parents[1] / "README.md").read_text("utf-8")


def test_every_variable_is_told_with_its_default() -> None:
    told = dict(re.findall(r"^\| `(SUNSPOT_\w+)` \| .*\((.*?)\) \|$", README, flags=re.MULTILINE))
    fields = {f"SUNSPOT_{name.upper()}": field.default for name, field in QueueSettings.model_fields.items()}
    assert told.keys() == fields.keys()
    assert {name: told[name] for name in told if fields[name]} == {
        k: f"{v:g}" for k, v in fields.items() if v
    }


def test_every_kind_of_job_is_told() -> None:
    for kind in KINDS:
        assert f"`{kind}`" in README


def test_every_command_that_is_shown_can_be_parsed() -> None:
    shown = re.findall(r"python app\.py ([a-z][^`\n]*)", README)
    assert len(shown) > 10
    for line in shown:
        words = shlex.split(line, comments=True)
        command: typer.core.TyperGroup = get_command(app)  # type: ignore[assignment]
        while isinstance(command, typer.core.TyperGroup):
            name = words.pop(0)
            if name == "COMMAND":
                break
            assert name in command.commands, f"{name} of '{line}'"
            command = command.commands[name]  # type: ignore[assignment]
        options = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= options | {"--help"}, line
