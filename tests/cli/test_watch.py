"""The command `watch`."""

from __future__ import annotations

from sunspot_dash.services.watch.state import read_watch
from sunspot_dash.workspace import Workspace
from tests.command_line import run


def test_the_watching_is_switched_and_described(tmp_path):
    space = Workspace(tmp_path / "data").create()
    (space.images_to_run / "old.jpg").write_bytes(b"old")
    assert run("watch", "status", "--workspace", space.root).stdout.startswith("Off.")
    on = run("watch", "on", "--workspace", space.root)
    assert on.code == 0 and on.stdout.startswith("On since 20") and "No worker is running" in on.stdout
    assert list(read_watch(space).seen) == ["old.jpg"]
    assert run("watch", "off", "--workspace", space.root).stdout.startswith("Off.")
    space.watch_file.write_text("{")
    damaged = run("watch", "on", "--workspace", space.root)
    assert (
        damaged.code == 1
        and "watch.json cannot be read" in damaged.stderr
        and "Traceback" not in damaged.text
    )
