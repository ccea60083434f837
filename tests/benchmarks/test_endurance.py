"""The instruments of the endurance test see a fault when there is one."""

from __future__ import annotations

import io
from collections import Counter

from PIL import Image

from benchmarks import upload_races
from benchmarks.kill_outcome import Outcome
from benchmarks.server_load import SIDE, large_png
from jobs.recovery import open_ledger
from sunspot_dash.services.dataset.labels import ACCEPTED, UploadResult
from sunspot_dash.settings import QueueSettings
from sunspot_dash.workspace import Workspace


def test_lost_and_doubled_jobs_are_counted(tmp_path):
    ledger = open_ledger(Workspace(tmp_path / "data"), QueueSettings(queue=""))
    jobs = [ledger.accept("probe", "short", {}) for _ in range(3)]
    for job in jobs[:2]:
        ledger.finish(ledger.claim(job.number, "w", "cpu"), "done", "finished")
    (ledger.folder(2) / "events.jsonl").write_text('{"kind":"unit","attempt":1,"done":1}\n' * 2)
    outcome = Outcome(Counter(child=2), [ledger.get(job.number) for job in jobs], ledger)
    assert outcome.lost() == ["job 3 is queued after ['queued']"]
    assert outcome.doubled() == ["job 2 repeated a step: [1, 1]"]
    assert "2 kills (2 child); 3 jobs accepted, 2 faults" in str(outcome)


def test_a_lost_upload_is_noticed(tmp_path, monkeypatch):
    space = Workspace(tmp_path / "data").create()
    monkeypatch.setattr(upload_races, "WAYS", ("threads",))
    assert upload_races.race_uploads(space, 0, 12) == []
    assert len(list(space.images.iterdir())) + len(list(space.images_to_run.iterdir())) >= 11
    monkeypatch.setattr(upload_races, "accept_upload", lambda *_: UploadResult(ACCEPTED, "lost.png"))
    faults = upload_races.race_uploads(space, 0, 2)
    assert any("lost.png, which does not hold it" in fault for fault in faults)


def test_the_large_drawing_has_119_megapixels_in_two_megabytes():
    content = large_png(1)
    assert 1.9e6 < len(content) < 2.1e6 and content != large_png(2)
    with Image.open(io.BytesIO(content)) as image:
        assert image.size == (SIDE, SIDE) and 118e6 < SIDE * SIDE < 120e6
        assert image.format == "PNG" and image.mode == "L"
