"""`models`: the registry on the command line."""

from __future__ import annotations

import json

from sunspot_dash.services.models.default import default_model
from sunspot_dash.workspace import Workspace
from tests.command_line import run
from tests.services.models.registered import add_model


def test_models_are_listed_changed_and_restored(tmp_path, quick_weights):
    space = Workspace(tmp_path / "data").create()
    mine = add_model(space, quick_weights, "mine", metrics={"f1": 0.8})
    add_model(space, quick_weights, "child", parent="mine", parent_sha256=mine.weights_sha256)

    def models(*words: str, code: int = 0) -> str:
        done = run("models", *words, "--workspace", space.root)
        assert done.code == code, done.text
        return done.text

    assert [line.split()[0] for line in models().splitlines()] == ["model", "uset", "child", "mine"]
    assert "mine → child" in models("show", "child")
    models("rename", "mine", "ours")
    models("notes", "ours", "good")
    models("default", "ours")
    models("archive", "child")
    found = {one["name"]: one for one in json.loads(models("--json"))}
    assert list(found) == ["ours", "uset", "child"] and default_model(space) == "ours"
    assert found["ours"]["notes"] == "good" and found["ours"]["f1"] == 0.8
    assert found["child"]["archived"] and found["child"]["parent"] == "ours"
    models("archive", "child", "--undo")
    assert "models restore" in models("delete", "child")
    assert "error: 'ours' is the default model" in models("delete", "ours", code=1)
    models("restore")
    assert "child" in space.known_models()
    models("export", "ours", "--output", str(tmp_path / "ours.zip"))
    assert "error: there is a model 'ours' already" in models("import", str(tmp_path / "ours.zip"), code=1)
    assert "unknown format" in models("export", "ours", "--format", "h5", code=1)
