"""The catalogue rows of a result and of its review: one for the drawing, one per spot, one per group."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np

from sunspot_dash.domain.activity.group_shapes import GroupShape, group_shapes
from sunspot_dash.domain.activity.observation import Observation, observation_time, uncertain_positions
from sunspot_dash.domain.activity.reviewed import notes_on, observe, types_of
from sunspot_dash.domain.activity.uncertainty import Intervals
from sunspot_dash.domain.drawing.names import UNDATED
from sunspot_dash.domain.drawing.orientation import Orientation
from sunspot_dash.domain.review.doubt import candidates_of
from sunspot_dash.domain.review.gestures import Gesture
from sunspot_dash.domain.review.group_notes import NOTHING, GroupNote
from sunspot_dash.domain.review.replay import replay
from sunspot_dash.domain.spots.detections import DrawingResult
from sunspot_dash.domain.sun.position_error import Uncertain
from sunspot_dash.services.catalogue.catalogue import key_of
from sunspot_dash.services.catalogue.doubt import forget_doubt_near
from sunspot_dash.services.catalogue.sources import reviewed_source

Row = tuple[Any, ...]
Sigmas = tuple[Uncertain, Uncertain]  # of spots and groups
# Of a drawing: its observation and its uncertainty, and for each group its shape and what a person noted about it.
Seen = tuple[Observation, Sigmas, Sequence[GroupShape], Sequence[GroupNote]]
RESULT_TABLES = ("result", "spot", "spot_group", "review")


class Rows:
    """The rows of several drawings of one model, written in one transaction."""

    def __init__(self, model: str) -> None:
        self.model = model
        self.tables: dict[str, list[Row]] = {table: [] for table in RESULT_TABLES}

    def add(
        self,
        result: DrawingResult,
        when: tuple[str, str],
        file: tuple[str, int],
        orientation: Orientation,
        observation: Observation,
        intervals: Intervals | None,
    ) -> None:
        """Add a drawing; `file` is the name and the modification time (ns) of its result file."""
        # The doubt itself depends on the neighbours: it is computed when they are all written.
        doubt = (*candidates_of(result)[1:], None, "", 1)
        shapes = group_shapes(observation, result.whole_spots, result.disk, orientation)
        sigmas = uncertain_positions(observation, orientation, bool(when[1]))
        seen = (observation, sigmas, shapes, [NOTHING] * len(shapes))
        self._add(self.model, result, when, file, seen, _ends(intervals) + doubt)

    def add_review(
        self,
        result: DrawingResult,
        when: tuple[str, str],
        file: str,
        orientation: Orientation,
        gestures: Sequence[Gesture],
    ) -> None:
        """Add the review of a drawing, and the reviewed drawing if somebody finished it."""
        try:
            drawing = replay(result, gestures)
            observation = observe(drawing, orientation, observation_time(*when))
            shapes = group_shapes(observation, result.whole_spots, result.disk, orientation)
            sigmas = uncertain_positions(observation, orientation, bool(when[1]))
            seen = (observation, sigmas, shapes, notes_on(drawing, observation))
        except (ValueError, ArithmeticError):
            return  # an outline with coordinates beyond all drawings
        disputed = {dispute.key for dispute in drawing.disputes}
        finish = finish_columns((drawing.finished_by, drawing.finished_at) if drawing.finished_at else None)
        spots = len(observation.numbered)
        own = (self.model, key_of(result.name))
        self.tables["review"].append((*own, len(gestures), *finish, len(disputed), len(drawing.lost), spots))
        if drawing.is_reviewed:
            stamp = max(gesture.at for gesture in gestures).timestamp()
            file_stamp = (file, int(stamp * 1e9))
            nothing = (*_ends(None), None, None, None, None, "", 0)
            self._add(reviewed_source(self.model), result, when, file_stamp, seen, nothing)

    def _add(
        self,
        source: str,
        result: DrawingResult,
        when: tuple[str, str],
        file: tuple[str, int],
        seen: Seen,
        uncertain: Row,
    ) -> None:
        own = (source, key_of(result.name))
        observation = seen[0]
        counts = observation.counts
        numbers = [
            counts.groups,
            counts.north_groups,
            counts.north_spots,
            counts.south_groups,
            counts.south_spots,
        ]
        # Groups of an undated drawing are unknown, which is not the same as zero.
        known = [None] * 5 if when[0] == UNDATED else [int(number[0]) for number in numbers]
        limb = (result.threshold, result.disk.confidence, int(result.disk.by_hand))
        spots = len(observation.numbered)
        self.tables["result"].append((*own, result.name, *when, *file, spots, *limb, *known, *uncertain))
        self.tables["spot"] += _spots(own, when[0], *seen[:2])
        self.tables["spot_group"] += _groups(own, when, *seen)

    def write(self, database: sqlite3.Connection) -> None:
        """Replace the rows of these drawings and of their reviews."""
        keys = list(dict.fromkeys(row[1] for row in self.tables["result"]))
        forget_doubt_near(database, self.model, keys)
        forget_rows(database, self.model, keys)
        self._insert(database)
        forget_doubt_near(database, self.model, keys)

    def write_reviews(self, database: sqlite3.Connection, keys: Iterable[str]) -> None:
        """Replace the rows of the reviews of these drawings; those of their results stay."""
        forget_reviews(database, self.model, keys)
        self._insert(database)

    def _insert(self, database: sqlite3.Connection) -> None:
        for table, rows in self.tables.items():
            if rows:
                database.executemany(f"insert into {table} values ({', '.join('?' * len(rows[0]))})", rows)


def forget_rows(database: sqlite3.Connection, model: str, keys: Iterable[str]) -> None:
    """Delete the rows of drawings and of their reviews."""
    rows = [(name, key) for key in keys for name in (model, reviewed_source(model))]
    for table in RESULT_TABLES:
        database.executemany(f"delete from {table} where model = ? and key = ?", rows)


def forget_reviews(database: sqlite3.Connection, model: str, keys: Iterable[str]) -> None:
    """Delete the rows of the reviews of drawings."""
    keys = list(keys)
    for table in RESULT_TABLES:
        name = model if table == "review" else reviewed_source(model)
        database.executemany(
            f"delete from {table} where model = ? and key = ?", [(name, key) for key in keys]
        )


def finish_columns(finish: tuple[str, datetime] | None) -> tuple[str, str]:
    """Return the columns `reviewed_by` and `reviewed_at` ("YYYY-MM-DD HH:MM:SS", UT); both "" if not reviewed."""
    return (finish[0], f"{finish[1].astimezone(UTC):%Y-%m-%d %H:%M:%S}") if finish else ("", "")


def _ends(intervals: Intervals | None) -> Row:
    """Return the columns `spots_low` to `number_high`."""
    if intervals is None:
        return (None,) * 6
    each = (intervals.spots, intervals.groups, intervals.number)
    return tuple(end for interval in each for end in (interval.low, interval.high))


def _spots(own: Row, date: str, observation: Observation, sigmas: Sigmas) -> list[Row]:
    if not observation.numbered:
        return []
    spots = [spot for _, spot in observation.numbered]
    places = observation.places
    columns = (
        *(values.tolist() for values in (observation.radius_fraction, observation.position_angle_deg)),
        [spot.area_px for spot in spots],
        [spot.confidence for spot in spots],
        *(
            _known(values)
            for values in (
                observation.areas.corrected_msh,
                places.latitude_deg,
                places.carrington_longitude_deg,
                places.cmd_deg,
            )
        ),
        [int(number) or None for number in observation.group],
        _known(sigmas[0].latitude_deg),
        _known(sigmas[0].longitude_deg),
    )
    return [
        (*own, number, date, spot.x, spot.y, *values)
        for (number, spot), *values in zip(observation.numbered, *columns, strict=True)
    ]


def _groups(
    own: Row,
    when: tuple[str, str],
    observation: Observation,
    sigmas: Sigmas,
    shapes: Sequence[GroupShape],
    notes: Sequence[GroupNote],
) -> list[Row]:
    groups = observation.groups
    longitude = (observation.ephemeris.l0_deg + groups.cmd_deg) % 360
    largest = [observation.numbered[i][0] for i in groups.largest.tolist()]
    columns = (
        groups.number, groups.spots, groups.area, groups.latitude_deg, longitude, groups.cmd_deg, groups.extent_deg,
    )  # fmt: skip
    known = zip(*(column.tolist() for column in columns), largest, strict=True)
    typed = [
        (one.bipolar, one.length_deg, one.whole_msh, *types_of(one, note), int(bool(note.zurich)))
        for one, note in zip(shapes, notes, strict=True)
    ]
    ends = zip(_known(sigmas[1].latitude_deg), _known(sigmas[1].longitude_deg), strict=True)
    return [
        (*own, row[0], *when, *row[1:], *types, *sigma)
        for row, types, sigma in zip(known, typed, ends, strict=True)
    ]


def _known(values: np.ndarray) -> list[float | None]:
    return [None if np.isnan(value) else value for value in values.tolist()]
