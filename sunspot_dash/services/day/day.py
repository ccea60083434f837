"""One drawing as the work of a day: its numbers, what changed since the last one, and the steps that are open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sunspot_dash.domain.activity.observation import observation_time
from sunspot_dash.domain.activity.reviewed import notes_on, observe
from sunspot_dash.domain.activity.sunspot_number import wolf
from sunspot_dash.domain.drawing.disk import GOOD_CONFIDENCE
from sunspot_dash.domain.drawing.orientation import PRESETS
from sunspot_dash.errors import SunspotError
from sunspot_dash.io.journals import read_journals
from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.services.catalogue.query import where_dated
from sunspot_dash.services.catalogue.sources import EITHER, reviewed_source, source_of, where_source
from sunspot_dash.services.dataset.corrections import correction_of
from sunspot_dash.services.dataset.orientation import orientation_of
from sunspot_dash.services.day.files import written
from sunspot_dash.services.export.formats import ENDS
from sunspot_dash.services.review.record import review_of
from sunspot_dash.text import counted

CALIBRATED, REVIEWED, TYPED, WRITTEN = "Limb found", "Spots reviewed", "Groups typed", "Files written"


@dataclass(frozen=True)
class Step:
    """A step of the day: whether it is done, and the details."""

    name: str
    done: bool
    text: str


@dataclass(frozen=True)
class Counts:
    """The numbers of a drawing, reviewed if it is, else those of the model.

    Attributes:
        groups, spots: of the disk; north, south: (groups, spots) of each half.
        intervals: ends of the intervals of groups, spots and R by column of the catalogue; {} if there are none.
        reviewed: whether a person finished the drawing.
    """

    groups: int
    spots: int
    north: tuple[int, int]
    south: tuple[int, int]
    intervals: dict[str, float]
    reviewed: bool

    @property
    def number(self) -> int:
        """R with k = 1."""
        return int(wolf(self.groups, self.spots))


@dataclass(frozen=True)
class Day:
    """The drawing of a day.

    Attributes:
        key, name, date, time: of the drawing; version: of its file, for the address of its picture.
        model: whose result is shown; "" if no model has processed the drawing.
        counts: None without a result.
        before: date and counts of the last drawing of an earlier day, None without one.
        steps: of the day, in order.
    """

    key: str
    name: str
    date: str
    time: str
    version: int
    model: str
    counts: Counts | None
    before: tuple[str, Counts] | None
    steps: tuple[Step, ...]

    @property
    def complete(self) -> bool:
        """Whether no step is open."""
        return all(step.done for step in self.steps)


def day_of(catalogue: Catalogue, date: str = "") -> Day | None:
    """Return the last drawing of a date, by default of the newest one; None without a dated drawing."""
    where, values = where_dated((date, date))
    found = catalogue.rows(
        f"select key, name, date, time, modified_ns from drawing where {where} order by date desc, time desc, name "
        "limit 1",
        values,
    )
    if not found:
        return None
    drawing = found[0]
    model = catalogue.last_model()
    row = _result(catalogue, model, "key = ?", [drawing["key"]])
    before = _result(catalogue, model, "date < ?", [drawing["date"]])
    return Day(
        drawing["key"],
        drawing["name"],
        drawing["date"],
        drawing["time"],
        drawing["modified_ns"],
        model if row else "",
        _counts(row) if row else None,
        (before["date"], _counts(before)) if before else None,
        _steps(catalogue, model, drawing, row),
    )


def dates_beside(catalogue: Catalogue, date: str) -> tuple[str, str]:
    """Return the dates of the last drawing before a date and of the first one after it, "" without one."""
    where, _ = where_dated()
    (row,) = catalogue.rows(
        f"select (select max(date) from drawing where {where} and date < ?) as before, "
        f"(select min(date) from drawing where {where} and date > ?) as after",
        [date, date],
    )
    return row["before"] or "", row["after"] or ""


def _result(catalogue: Catalogue, model: str, where: str, values: list[Any]) -> Any:
    """Return the newest row of a result whose groups are known, of the reviewed drawing if there is one."""
    of_source, own = where_source(source_of(model, EITHER)) if model else ("false", [])
    rows = catalogue.rows(
        f"select * from result where {of_source} and {where} and spot_groups is not null "
        "order by date desc, time desc limit 1",
        [*own, *values],
    )
    return rows[0] if rows else None


def _counts(row: Any) -> Counts:
    known = {end: row[end] for end in ENDS if row[end] is not None}
    return Counts(
        row["spot_groups"],
        row["spots"],
        (row["north_groups"], row["north_spots"]),
        (row["south_groups"], row["south_spots"]),
        known,
        "+" in row["model"],
    )


def _steps(catalogue: Catalogue, model: str, drawing: Any, row: Any) -> tuple[Step, ...]:
    if row is None:
        waiting = "no model has processed this drawing yet"
        return (
            Step(CALIBRATED, False, waiting),
            Step(REVIEWED, False, ""),
            Step(TYPED, False, ""),
            Step(WRITTEN, False, ""),
        )
    limb = "set by hand" if row["by_hand"] else f"limb fit {100 * row['disk_confidence']:.0f} %"
    calibrated = bool(row["by_hand"]) or row["disk_confidence"] >= GOOD_CONFIDENCE
    typed, groups = _typed(catalogue, model, drawing)
    return (
        Step(CALIBRATED, calibrated, limb if calibrated else f"{limb}: check the limb"),
        _reviewed(catalogue, model, drawing["key"], row["spots"]),
        Step(TYPED, typed == groups, "no groups" if not groups else f"{typed} of {groups}"),
        _written(catalogue, model, drawing),
    )


def _reviewed(catalogue: Catalogue, model: str, key: str, spots: int) -> Step:
    found = catalogue.rows(
        "select reviewed_by, reviewed_at from review where model = ? and key = ? and reviewed_at <> ''",
        [model, key],
    )
    if not found:
        return Step(REVIEWED, False, f"{counted(spots, 'spot')} of the model")
    by, at = found[0]["reviewed_by"], found[0]["reviewed_at"]
    return Step(REVIEWED, True, f"{counted(spots, 'spot')}, by {by} at {at[11:16]} UT")


def _typed(catalogue: Catalogue, model: str, drawing: Any) -> tuple[int, int]:
    """Return how many groups have both types chosen by a person, and how many there are."""
    workspace = catalogue.workspace
    try:
        reviewed = review_of(workspace, model, drawing["name"])
    except SunspotError:
        return 0, 0
    orientation = correction_of(workspace, drawing["name"]).orientation(
        PRESETS[orientation_of(workspace, model)]
    )
    seen = observe(reviewed, orientation, observation_time(drawing["date"], drawing["time"]))
    notes = notes_on(reviewed, seen)
    return sum(bool(note.zurich and note.mcintosh) for note in notes), len(notes)


def _written(catalogue: Catalogue, model: str, drawing: Any) -> Step:
    found = written(catalogue.workspace, drawing["date"])
    if not found:
        return Step(WRITTEN, False, "")
    at, names = found
    gestures, _ = read_journals(catalogue.workspace.reviews, drawing["name"])
    stamps = catalogue.rows(
        "select max(stamp) from result where key = ? and model in (?, ?)",
        [drawing["key"], model, reviewed_source(model)],
    )
    last = max([one.at.timestamp() for one in gestures], default=0.0)
    newer = max(last, (stamps[0][0] or 0) / 1e9)
    if newer > at:
        return Step(WRITTEN, False, "written before the last change")
    return Step(WRITTEN, True, ", ".join(names))
