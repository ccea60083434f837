"""The catalogue rows of a result: one for the drawing, one per spot, one per group, one for its review."""

from __future__ import annotations

import sqlite3
from typing import Any

import numpy as np

from sunspot_dash.domain.activity.observation import Observation
from sunspot_dash.domain.drawing.names import UNDATED
from sunspot_dash.domain.review.doubt import candidates_of
from sunspot_dash.domain.spots.detections import DrawingResult
from sunspot_dash.services.catalogue.catalogue import key_of
from sunspot_dash.services.catalogue.doubt import forget_doubt_near

Row = tuple[Any, ...]
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
        observation: Observation,
    ) -> None:
        """Add a drawing; `file` is the name and the modification time (ns) of its result file."""
        own = (self.model, key_of(result.name))
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
        # The doubt itself depends on the neighbours: it is computed when they are all written.
        doubt = (*candidates_of(result)[1:], None, "", 1)
        self.tables["result"].append((*own, result.name, *when, *file, spots, *limb, *known, *doubt))
        self.tables["spot"] += _spots(own, when[0], observation)
        self.tables["spot_group"] += _groups(own, when, observation)

    def write(self, database: sqlite3.Connection) -> None:
        """Replace the rows of these drawings."""
        keys = [row[:2] for row in self.tables["result"]]
        forget_doubt_near(database, self.model, [key for _, key in keys])
        for table, rows in self.tables.items():
            database.executemany(f"delete from {table} where model = ? and key = ?", keys)
            if rows:
                database.executemany(f"insert into {table} values ({', '.join('?' * len(rows[0]))})", rows)
        forget_doubt_near(database, self.model, [key for _, key in keys])


def _spots(own: Row, date: str, observation: Observation) -> list[Row]:
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
    )
    return [
        (*own, number, date, spot.x, spot.y, *values)
        for (number, spot), *values in zip(observation.numbered, *columns, strict=True)
    ]


def _groups(own: Row, when: tuple[str, str], observation: Observation) -> list[Row]:
    groups = observation.groups
    longitude = (observation.ephemeris.l0_deg + groups.cmd_deg) % 360
    largest = [observation.numbered[i][0] for i in groups.largest.tolist()]
    columns = (
        groups.number, groups.spots, groups.area, groups.latitude_deg, longitude, groups.cmd_deg, groups.extent_deg,
    )  # fmt: skip
    rows = zip(*(column.tolist() for column in columns), largest, groups.bipolar.tolist(), strict=True)
    return [(*own, row[0], *when, *row[1:]) for row in rows]


def _known(values: np.ndarray) -> list[float | None]:
    return [None if np.isnan(value) else value for value in values.tolist()]
