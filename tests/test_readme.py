"""The README and the documentation name only commands, paths and options that exist."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import typer
from typer.main import get_command

from jobs.tasks import KINDS
from sunspot_dash.cli import app

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
TEXTS = sorted([README, ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")])
COMMAND = re.compile(r"python app\.py ([a-z][^`\n]*)")
# A path of this repository; other folders, such as those of a workspace, are not here.
PATH = re.compile(r"(?<![\w/.-])((?:assets|benchmarks|docs|jobs|sunspot_dash|tests|\.ci)/[\w./-]*|\w+\.py\b)")
MOST_README_LINES = 120

texts = pytest.mark.parametrize("path", TEXTS, ids=lambda path: str(path.relative_to(ROOT)))


def paths_in(text: str) -> set[str]:
    """Return the paths of this repository that a text names in backticks or in a command."""
    marked = " ".join(re.findall(r"`([^`\n]+)`", text) + re.findall(r"```\n(.*?)```", text, flags=re.DOTALL))
    return {found.rstrip("./") for found in PATH.findall(marked)}


def test_the_readme_is_short_and_shows_one_picture() -> None:
    text = README.read_text("utf-8")
    assert text.count("\n") <= MOST_README_LINES
    (picture,) = re.findall(r"!\[[^]]+\]\(([^)]+)\)", text)
    assert (ROOT / picture).is_file()


def test_the_readme_links_to_files_that_exist() -> None:
    links = re.findall(r"(?<!!)\[[^]]+\]\(([^):]+)\)", README.read_text("utf-8"))
    assert len(links) > 15
    assert [link for link in links if not (ROOT / link.partition("#")[0]).is_file()] == []


@texts
def test_every_path_named_exists(path: Path) -> None:
    assert sorted(name for name in paths_in(path.read_text("utf-8")) if not (ROOT / name).exists()) == []


@texts
def test_every_command_can_be_parsed(path: Path) -> None:
    for line in COMMAND.findall(path.read_text("utf-8")):
        words = shlex.split(line, comments=True)
        command: typer.core.TyperGroup = get_command(app)  # type: ignore[assignment]
        while isinstance(command, typer.core.TyperGroup):
            name = words.pop(0)
            assert name in command.commands, f"{name} of '{line}'"
            command = command.commands[name]  # type: ignore[assignment]
        options = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= options | {"--help"}, line
        if words[:1] and command.name == "submit":
            assert words[0] in KINDS or words[0].isupper(), line


def test_there_are_commands_and_paths_to_check() -> None:
    everything = "\n".join(path.read_text("utf-8") for path in TEXTS)
    assert len(COMMAND.findall(everything)) > 30
    assert len(paths_in(everything)) > 80


def test_a_walkthrough_has_at_most_ten_files() -> None:
    walks = (ROOT / "docs" / "developers" / "walks.md").read_text("utf-8").split("\n## ")[1:]
    assert len(walks) == 3
    for walk in walks:
        assert 3 < len(paths_in(walk)) <= 10, walk.partition("\n")[0]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("see `sunspot_dash/ml/losses.py`", {"sunspot_dash/ml/losses.py"}),
        ("`data/output/logs/NAME.log` and `job.json`", set()),
        ("`python benchmarks/uset.py report`, then `app.py`", {"benchmarks/uset.py", "app.py"}),
        ("```\npython3 install.py run\n```", {"install.py"}),
        ("a job that runs in jobs/tasks without backticks", set()),
    ],
)
def test_paths_are_found(text: str, named: set[str]) -> None:
    assert paths_in(text) == named
