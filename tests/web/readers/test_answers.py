"""Answers that need the labels: at once for small files, otherwise from the background."""

from __future__ import annotations

import json
import os
import time

import pytest

from sunspot_dash.errors import CocoError
from sunspot_dash.services.dataset import label_cache
from sunspot_dash.services.dataset.labels import label_report
from sunspot_dash.web.readers import answers
from sunspot_dash.web.readers.answers import Answers, StillReading
from sunspot_dash.web.readers.pool import Readers
from sunspot_dash.workspace import Workspace
from tests.waiting import PATIENCE_SECONDS, wait_for

LARGE = label_cache.SMALL_BYTES
CONTENT = json.dumps(
    {"images": [{"id": 1, "file_name": "a.png", "width": 9, "height": 9}], "annotations": []}
)


@pytest.fixture
def space(tmp_path) -> Workspace:
    return Workspace(tmp_path / "data").create()


@pytest.fixture
def found(space):
    readers = Readers(space)
    yield Answers(space, readers)
    readers.end()


def test_a_small_file_is_read_at_once(space, found):
    space.annotations_file.write_text(CONTENT)
    assert found.get(os.getpid) == os.getpid() and found.get(label_report, space).missing == {"a.png": ""}


def test_a_large_file_is_read_by_a_reader_while_the_page_says_so(space, found, monkeypatch):
    monkeypatch.setattr(answers, "PATIENCE_SECONDS", 0.0)
    space.annotations_file.write_text(CONTENT + " " * LARGE)
    with pytest.raises(StillReading, match=r"^reading labels …"):
        found.get(label_report, space)

    def ready() -> bool:
        try:
            return found.get(label_report, space).missing == {"a.png": ""}
        except StillReading:
            return False

    wait_for(ready, "the labels are not read")
    assert label_cache.are_labels_cached(space)


def test_an_answer_is_computed_once_for_a_state(space, found, monkeypatch):
    monkeypatch.setattr(answers, "PATIENCE_SECONDS", PATIENCE_SECONDS)
    space.annotations_file.write_text(CONTENT + " " * LARGE)
    first = found.get(time.monotonic_ns)
    assert found.get(time.monotonic_ns) == first != found.get(time.monotonic_ns, state="another")
    space.annotations_file.write_text(CONTENT + " " * (LARGE + 1))
    assert found.get(time.monotonic_ns) != first


def test_an_error_is_passed_on_and_not_kept(space, found, monkeypatch):
    monkeypatch.setattr(answers, "PATIENCE_SECONDS", PATIENCE_SECONDS)
    space.annotations_file.write_text("[]" + " " * LARGE)
    for _ in range(2):
        with pytest.raises(CocoError, match="no list 'images'"):
            found.get(label_report, space)
    space.annotations_file.write_text(CONTENT + " " * LARGE)
    assert found.get(label_report, space).listed == 1


def test_only_the_latest_answers_are_kept(space, found, monkeypatch):
    monkeypatch.setattr(answers, "PATIENCE_SECONDS", PATIENCE_SECONDS)
    monkeypatch.setattr(answers, "KEPT", 1)
    space.annotations_file.write_text(CONTENT + " " * LARGE)
    first = found.get(time.monotonic_ns)
    found.get(time.monotonic_ns, state="another")
    assert found.get(time.monotonic_ns) != first
