"""The synthetic demo is created only in an empty workspace, and removed without a trace."""

from __future__ import annotations

import shutil

from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.services.catalogue.indexer import Indexer
from sunspot_dash.services.dataset.label_versions import versions
from sunspot_dash.services.demo.sample_data import (
    add_demo,
    demo_note,
    demo_warning,
    has_demo,
    is_unused,
    remove_demo,
)
from sunspot_dash.services.models.inference import infer_folder
from sunspot_dash.workspace import Workspace


def test_the_demo_is_created_and_removed(tmp_path, quick_weights):
    space = Workspace(tmp_path / "data").create()
    shutil.copyfile(quick_weights, space.model("uset").weights)
    catalogue = Catalogue(space)
    Indexer(catalogue).refresh()
    before = {path for path in space.root.rglob("*") if path.is_file()}
    assert is_unused(space) and not has_demo(space)
    add_demo(space, days=1)
    assert has_demo(space) and not is_unused(space)
    (name,) = (path.name for path in space.images.iterdir())
    assert name.startswith("usd") and "_synthetic" in name
    assert demo_note(space, 1).startswith("These are synthetic sample drawings")
    assert demo_note(space, 3).startswith("1 of the 3 drawings are synthetic")
    infer_folder(space, "uset", space.images)
    Indexer(catalogue).refresh()
    assert demo_warning(catalogue, "uset").startswith("synthetic samples are counted, too (1 of 1 drawing)")
    assert demo_warning(catalogue, "uset", ("2090-01-01", "")) == demo_warning(catalogue, "other") == ""
    (space.images / "usd195601010900.png").write_bytes(b"a user's own")
    remove_demo(space)
    assert [version.cause for version in versions(space)] == ["demo removed", "demo added"]
    shutil.rmtree(space.label_versions)
    after = {path for path in space.root.rglob("*") if path.is_file()}
    assert after - before == {space.images / "usd195601010900.png"} and not has_demo(space)
    assert demo_note(space, 1) == demo_warning(catalogue, "uset") == ""
