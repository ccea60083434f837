"""The pulse: the same while nothing changes, another one with each change that a page shows."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from jobs import control
from jobs.recovery import open_ledger
from sunspot_dash.errors import QueueUnavailableError
from sunspot_dash.io.tags import write_tags
from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.web.context import Context
from sunspot_dash.web.pulse import AT_LEAST_SECONDS, pulse
from sunspot_dash.workspace import Workspace

NOW = 1_000_000 * AT_LEAST_SECONDS


@pytest.fixture
def context(tmp_path) -> Context:
    space = Workspace(tmp_path / "data").create()
    return Context(space, open_ledger(space), Catalogue(space))


def test_it_stays_while_nothing_changes_and_is_renewed_after_a_time(context):
    first = pulse(context, NOW)
    assert pulse(context, NOW + AT_LEAST_SECONDS - 1) == first
    assert pulse(context, NOW + AT_LEAST_SECONDS) != first


CHANGES: dict[str, Callable[[Context], object]] = {
    "index": lambda context: context.catalogue.set_mark("revision", "2"),
    "labels": lambda context: context.workspace.annotations_file.write_text("{}"),
    "tags": lambda context: write_tags(context.workspace.tags_file, {"a.png": ("bad scan",)}),
    "model": lambda context: (context.workspace.trained_models / "new.pth").write_bytes(b""),
    "default model": lambda context: context.workspace.models_file.write_text("{}"),
    "trash": lambda context: context.workspace.trash.mkdir(),
    "reference": lambda context: (context.workspace.references / "silso.csv").write_text(""),
    "comparison": lambda context: (context.workspace.comparisons / "a").mkdir(),
}


@pytest.mark.parametrize("what", CHANGES)
def test_it_changes_with(context, what):
    first = pulse(context, NOW)
    CHANGES[what](context)
    assert pulse(context, NOW) != first


def test_each_time_has_another_one_while_a_job_waits_or_runs(context):
    first = pulse(context, NOW)
    job = control.submit(context.ledger, "tables", {})
    waiting = pulse(context, NOW)
    assert waiting != first and pulse(context, NOW + 1) != waiting
    context.ledger.cancel(job.number)
    ended = pulse(context, NOW)
    assert ended not in (first, waiting) and pulse(context, NOW + 1) == ended


def test_an_outage_of_the_queue_and_its_end_change_it(context, monkeypatch):
    first = pulse(context, NOW)
    with monkeypatch.context() as patch:

        def away() -> None:
            raise QueueUnavailableError("Redis", "refused", "start it")

        patch.setattr(context.ledger, "live", away)
        assert pulse(context, NOW) != first
    assert pulse(context, NOW) == first
