"""The day of a drawing: numbers, steps, what changed, and the files."""

from __future__ import annotations

import pytest

from sunspot_dash.domain.review.gestures import Act
from sunspot_dash.domain.review.group_notes import GroupNote
from sunspot_dash.errors import ParameterError
from sunspot_dash.io.interchange.dpd import read_dpd
from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.services.catalogue.indexer import Indexer
from sunspot_dash.services.day.day import Day, dates_beside, day_of
from sunspot_dash.services.day.files import write_files
from sunspot_dash.services.review.record import Intent, record
from sunspot_dash.workspace import PRETRAINED, Workspace
from tests.labelled import put_labelled
from tests.web.detections import put_results


@pytest.fixture
def catalogue(tmp_path, archive) -> Catalogue:
    space = put_labelled(Workspace(tmp_path / "data").create(), archive)
    put_results(space, pictures=False)
    catalogue = Catalogue(space)
    Indexer(catalogue).refresh()
    return catalogue


def states(day: Day) -> list[bool]:
    return [step.done for step in day.steps]


def review(catalogue: Catalogue, day: Day, *intents: Intent) -> Day:
    for intent in intents:
        record(catalogue.workspace, PRETRAINED, day.name, intent)
    Indexer(catalogue).refresh()
    found = day_of(catalogue, day.date)
    assert found
    return found


def test_the_newest_drawing_is_shown_with_its_numbers_and_those_before(catalogue):
    day = day_of(catalogue)
    dates = [row["date"] for row in catalogue.rows("select date from drawing order by date")]
    assert day and day.date == dates[-1] and day.model == PRETRAINED and day.before
    assert day.before[0] == dates[-2]
    counts = day.counts
    assert counts and counts.number == 10 * counts.groups + counts.spots and not counts.reviewed
    assert counts.north[0] + counts.south[0] == counts.groups
    assert states(day) == [True, False, False, False] and not day.complete
    assert dates_beside(catalogue, day.date) == (dates[-2], "")
    assert dates_beside(catalogue, dates[0]) == ("", dates[1])


def test_steps_are_done_by_reviewing_typing_and_writing_and_open_again_by_a_change(catalogue):
    day = day_of(catalogue)
    assert day and day.counts
    day = review(catalogue, day, Intent("Ada", Act.FINISH))
    assert states(day) == [True, True, False, False] and "by Ada" in day.steps[1].text
    members: dict[int, list[str]] = {}
    for row in catalogue.rows(
        "select number, spot_group from spot where key = ? and model = ?", [day.key, PRETRAINED]
    ):
        members.setdefault(row["spot_group"], []).append(str(row["number"]))
    note = GroupNote("D", "Dso").text
    day = review(catalogue, day, *(Intent("Ada", Act.DESCRIBE, keys, text=note) for keys in members.values()))
    assert states(day) == [True, True, True, False]
    assert day.steps[2].text == f"{len(members)} of {len(members)}"
    folder = write_files(catalogue, PRETRAINED, day.date)
    day = day_of(catalogue, day.date)
    assert day and day.complete and "DigiSun" in day.steps[3].text
    groups = [one for one in read_dpd((folder / f"{day.date}_dpd.txt").read_text()) if not one.spot]
    assert day.counts and len(groups) == day.counts.groups
    day = review(catalogue, day, Intent("Ada", Act.REOPEN))
    assert states(day) == [True, False, True, False]
    assert day.steps[3].text == "written before the last change"


def test_a_drawing_without_a_result_has_open_steps(catalogue, archive):
    space = catalogue.workspace
    source = next((archive / "images").iterdir())
    (space.images / "usd195801010900.jpg").write_bytes(source.read_bytes())
    Indexer(catalogue).refresh()
    day = day_of(catalogue)
    assert day and (day.date, day.model, day.counts) == ("1958-01-01", "", None)
    assert states(day) == [False] * 4 and day.before


def test_without_a_dated_drawing_there_is_none(tmp_path):
    catalogue = Catalogue(Workspace(tmp_path / "data").create())
    assert day_of(catalogue) is None and day_of(catalogue, "1956-04-17") is None


@pytest.mark.parametrize("date", ["", "../etc", "2024-13-01"])
def test_files_are_written_for_dates_only(catalogue, date):
    with pytest.raises(ParameterError, match="not a date"):
        write_files(catalogue, PRETRAINED, date)
