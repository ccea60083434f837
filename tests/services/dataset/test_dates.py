"""Dates of many drawings: planned, set, undone, and given to new uploads."""

from __future__ import annotations

import io

import cv2
import numpy as np
import pytest

from sunspot_dash.domain.drawing.corrections import Correction
from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.errors import ParameterError, WorkspaceError
from sunspot_dash.io.corrections import read_corrections, write_corrections
from sunspot_dash.services.dataset import date_plans, dates
from sunspot_dash.services.dataset.archives import import_folder
from sunspot_dash.services.dataset.date_plans import DateChange
from sunspot_dash.services.dataset.uploads import accept_upload
from sunspot_dash.workspace import Workspace

PATTERN = "drawing_%Y%m%d_%H%M"
NONE = ("undated", "")
HAND = Correction("1960-02-03", "", Disk(1, 2, 3, 1.0, by_hand=True))


def picture(shade: int) -> bytes:
    return cv2.imencode(".png", np.full((20, 30), shade, np.uint8))[1].tobytes()


@pytest.fixture
def space(tmp_path) -> Workspace:
    """Two drawings to date, one dated by hand, one dated in its name, one that no pattern matches, an archive."""
    space = Workspace(tmp_path / "data").create()
    for shade, name in enumerate(("drawing_19570117_0930.png", "drawing_19570230_0930.png", "other.png")):
        (space.images_to_run / name).write_bytes(picture(shade))
    for shade, name in enumerate(("drawing_19570118_0930.png", "usd195701190930.png"), start=5):
        (space.images / name).write_bytes(picture(shade))
    archive = tmp_path / "archive"
    archive.mkdir()
    (archive / "drawing_19570120_0800.png").write_bytes(picture(9))
    import_folder(space, archive, "uccle")
    write_corrections(space.corrections_file, {"drawing_19570118_0930.png": HAND})
    return space


def corrected(space: Workspace) -> dict[str, tuple[str | None, str]]:
    return {name: (one.date, one.time) for name, one in read_corrections(space.corrections_file).items()}


def test_a_pattern_dates_undated_drawings_and_keeps_other_dates(space):
    plan = date_plans.plan_by_pattern(space, PATTERN)
    assert plan.changes == [
        DateChange("drawing_19570117_0930.png", NONE, ("1957-01-17", "09:30")),
        DateChange("drawing_19570120_0800.png", NONE, ("1957-01-20", "08:00")),
    ]
    assert [change.name for change in plan.kept] == ["drawing_19570118_0930.png"] and plan.same == 0
    assert plan.undated == ["drawing_19570230_0930.png", "other.png"]
    assert plan.problems == [
        "drawing_19570230_0930.png: this date does not exist (year 1957, month 02, day 30, hour 09, minute 30)"
    ]
    assert len(corrected(space)) == 1, "a plan changes nothing"
    assert dates.set_dates(space, plan) == 2
    assert corrected(space) == {
        "drawing_19570117_0930.png": ("1957-01-17", "09:30"),
        "drawing_19570118_0930.png": ("1960-02-03", ""),
        "drawing_19570120_0800.png": ("1957-01-20", "08:00"),
    }
    again = date_plans.plan_by_pattern(space, PATTERN)
    assert not again.changes and again.same == 2


def test_dates_are_replaced_only_on_request_and_all_else_is_kept(space):
    plan = date_plans.plan_by_pattern(space, PATTERN, replace_dates=True)
    assert len(plan.changes) == 3 and not plan.kept
    dates.set_dates(space, plan)
    found = read_corrections(space.corrections_file)["drawing_19570118_0930.png"]
    assert (found.date, found.time, found.disk) == ("1957-01-18", "09:30", HAND.disk)
    assert dates.undo_dates(space) == 3
    assert read_corrections(space.corrections_file) == {"drawing_19570118_0930.png": HAND}


def test_a_table_dates_drawings_by_name_or_stem_and_names_the_lines_of_errors(space):
    table = (
        b"name,date,time\nOTHER,1957-03-01,10:00\nnone.png,1957-03-02,\nusd195701190930.png,1957-03-03,\n"
        b"other.png,1957-03-04,\ndrawing_19570117_0930.png,2957-01-01,\nx.png,yesterday,\n"
    )
    plan = date_plans.plan_by_table(space, table, "dates.csv")
    assert plan.changes == [DateChange("other.png", NONE, ("1957-03-01", "10:00"))]
    assert plan.kept == [DateChange("usd195701190930.png", ("1957-01-19", "09:30"), ("1957-03-03", ""))]
    assert [problem.split(":")[0] for problem in plan.problems] == ["line 7", "line 3", "line 5", "line 6"]
    assert "no drawing is named 'none.png'" in plan.problems[1]
    dates.set_dates(space, plan)
    assert corrected(space)["other.png"] == ("1957-03-01", "10:00")


def test_a_date_changed_meanwhile_is_neither_overwritten_nor_undone(space):
    plan = date_plans.plan_by_pattern(space, PATTERN)
    found = read_corrections(space.corrections_file)
    by_hand = Correction("1999-09-09")
    write_corrections(space.corrections_file, found | {"drawing_19570117_0930.png": by_hand})
    assert dates.set_dates(space, plan) == 1 and dates.undoable(space) == 1
    write_corrections(
        space.corrections_file,
        read_corrections(space.corrections_file) | {"drawing_19570120_0800.png": by_hand},
    )
    assert dates.undo_dates(space) == 0
    assert corrected(space)["drawing_19570120_0800.png"] == ("1999-09-09", "")
    with pytest.raises(ParameterError, match="undone already"):
        dates.undo_dates(space)


def test_a_damaged_record_is_an_error_that_says_what_to_do(space):
    (space.dataset / "dates.previous.json").write_text("{}")
    with pytest.raises(WorkspaceError, match="delete it"):
        dates.undo_dates(space)


def test_new_uploads_are_dated_by_the_stored_pattern(space):
    with pytest.raises(ParameterError, match="not known"):
        dates.store_pattern(space, "%Q")
    dates.store_pattern(space, PATTERN)
    assert dates.stored_pattern(space) == PATTERN

    def upload(shade: int, name: str) -> str:
        return accept_upload(space, "run", name, io.BytesIO(picture(shade))).reason

    assert upload(20, "drawing_19570301_0800.png") == "dated 1957-03-01 08:00 UT by the pattern of names"
    assert upload(21, "unknown.png") == "no date in the name: set it on the drawing"
    assert upload(22, "drawing_29570301_0800.png") == "no date in the name: set it on the drawing"
    assert upload(23, "usd195703020800.png") == ""
    assert (
        corrected(space)["drawing_19570301_0800.png"] == ("1957-03-01", "08:00")
        and len(corrected(space)) == 2
    )
    dates.store_pattern(space, "")
    assert upload(24, "drawing_19570303_0800.png") == "no date in the name: set it on the drawing"
