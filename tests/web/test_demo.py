"""The jobs of the demo are removed with its drawings."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from jobs.control import submit
from jobs.ledger import Ledger
from jobs.recovery import open_ledger
from sunspot_dash.errors import QueueError
from sunspot_dash.services.demo.sample_data import TRAININGS, has_demo
from sunspot_dash.web import demo
from sunspot_dash.web.app import create_app
from sunspot_dash.web.context import NAME
from sunspot_dash.web.demo import begin_demo, end_demo
from sunspot_dash.web.uploads import DEMO_STOPPED, HEADER
from sunspot_dash.workspace import Workspace


@pytest.fixture
def ledger(tmp_path) -> Ledger:
    """The queue of a workspace with a demo of one drawing, and no worker."""
    space = Workspace(tmp_path / "data").create()
    begin_demo(space, days=1)
    return open_ledger(space)


def test_removing_the_demo_removes_only_its_own_queued_jobs(ledger):
    assert [job.kind for job in ledger.live()] == ["infer", *["train"] * len(TRAININGS)]
    own = submit(ledger, "probe", {})
    end_demo(ledger)
    assert [job.number for job in ledger.all()] == [own.number]
    assert [folder.name for folder in ledger.workspace.runs.iterdir()] == [str(own.number)]
    assert not has_demo(ledger.workspace) and not list(ledger.workspace.images.iterdir())


def test_nothing_is_removed_while_a_job_of_the_demo_still_runs(ledger, monkeypatch):
    monkeypatch.setattr(demo, "END_SECONDS", 0.1)
    training = ledger.live()[1]
    held = ledger.claim(training.number, "a worker", "cpu")
    with pytest.raises(QueueError, match=f"job {training.number} of the demo has not ended yet"):
        end_demo(ledger)
    assert has_demo(ledger.workspace) and len(list(ledger.workspace.images.iterdir())) == 1
    ledger.finish(held, "cancelled", "asked to cancel")
    end_demo(ledger)
    assert ledger.all() == [] and not has_demo(ledger.workspace)


def test_an_upload_to_the_dataset_cancels_the_trainings_of_the_demo(ledger):
    trainings = [job.number for job in ledger.live() if job.kind == "train"]
    server = create_app(ledger.workspace, refresh=False).server
    content = cv2.imencode(".png", np.full((20, 30), 7, np.uint8))[1].tobytes()
    try:
        for role, cancelled in (("run", False), ("labelled", True)):
            answer = server.test_client().put(
                f"/upload/{role}?name=usd20010101090{len(role)}.png",
                data=content + role.encode(),
                headers={HEADER: "upload", "Host": "localhost"},
            )
            assert (DEMO_STOPPED in answer.get_json()["reason"]) == cancelled
            live = {job.number for job in ledger.live()}
            assert live.isdisjoint(trainings) if cancelled else live.issuperset(trainings)
    finally:
        server.extensions[NAME].readers.end()


def test_the_demo_starts_only_in_an_unused_workspace(ledger):
    begin_demo(ledger.workspace)
    assert len(ledger.all()) == 1 + len(TRAININGS)
