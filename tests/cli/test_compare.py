"""The command that compares two models."""

from __future__ import annotations

import json

from sunspot_dash.workspace import Workspace
from tests.command_line import run
from tests.compared import CHILD, NAMES, PARENT, put_drawings, put_models


def test_two_models_are_compared_on_the_chosen_drawings(tmp_path):
    space = Workspace(tmp_path / "data").create()
    put_models(space)
    put_drawings(space)
    where = ("--workspace", space.root)
    done = run("compare", PARENT, CHILD, "--only", NAMES[0], "--json", tmp_path / "figures.json", *where)
    assert done.code == 0 and "child scores higher than parent: F1 1.000 instead of 0.750" in done.stdout
    assert "drawings 1941-48" in done.stdout and "spots of >50 px2 at R 740" in done.stdout
    figures = json.loads((tmp_path / "figures.json").read_text())
    assert figures["first"]["spots"] == {"tp": 3, "misses": 1, "false_alarms": 1}
    for options, fault in (
        (("--truth", "kept-apart"), "no reviewed drawing was kept apart for child"),
        (("--device", "tpu"), "--device was 'tpu'"),
    ):
        done = run("compare", PARENT, CHILD, *options, *where)
        assert done.code == 1 and fault in done.stderr and done.stderr.count("\n") == 1
