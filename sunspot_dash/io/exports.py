"""Export formats; each function yields the bytes of one file in pieces, with few drawings in memory at a time."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import numpy as np
import pyarrow as pa

from sunspot_dash.io.cells import cell
from sunspot_dash.io.stream import Outbox
from sunspot_dash.io.tables import Observed
from sunspot_dash.io.wide_table import SpotsParquet, wide_columns

ROWS = 2000  # of a table in a piece


def csv_table(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """Yield a CSV table with a header; None is an empty cell."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    rows = iter(rows)
    while batch := list(islice(rows, ROWS)):
        writer.writerows([cell(value) for value in row] for row in batch)
        yield _drain(text)
    yield _drain(text)


def _drain(text: io.StringIO) -> bytes:
    """Empty the buffer and return its content as UTF-8."""
    content = text.getvalue()
    text.seek(0)
    text.truncate()
    return content.encode("utf-8", "backslashreplace")


def json_drawings(about: Mapping[str, Any], drawings: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """Yield one JSON object: the entries of `about`, and "drawings" with one line per drawing."""
    yield (json.dumps(about, indent=1, allow_nan=False)[:-2] + ',\n "drawings": [').encode()
    separator = "\n"
    for drawing in drawings:
        yield (separator + json.dumps(drawing, allow_nan=False)).encode()
        separator = ",\n"
    yield b"\n ]\n}\n"


def parquet_spots(drawings: Iterable[Observed]) -> Iterator[bytes]:
    """Yield the wide table as Parquet: one row per counted spot, with the columns of `io.wide_table`."""
    outbox = Outbox()
    table = SpotsParquet(pa.PythonFile(outbox, mode="w"))
    for result, when, orientation, observation in drawings:
        if observation.numbered:
            table.add(wide_columns(result, when, orientation, observation))
        if piece := outbox.take():
            yield piece
    table.close()
    yield outbox.take()


def silso_daily(days: np.ndarray, number: np.ndarray, sigma: np.ndarray, n: np.ndarray) -> Iterator[bytes]:
    """The columns of SILSO's SN_d_tot: every day from the first to the last, -1 where there is no drawing.

    Args:
        days: (d,) datetime64[D], ascending; number, sigma: (d,) float64, NaN for an unknown sigma; n: (d,) int.
    """
    at = _every(days)
    for start in range(0, len(at), ROWS):
        lines = []
        for day, i in at[start : start + ROWS]:
            lines.append(
                f"{_date(day)};{_whole(number, i):4d};{_real(sigma, i):5.1f};{int(n[i]) if i >= 0 else 0:4d};0\n"
            )
        yield "".join(lines).encode()


def silso_hemispheric(
    days: np.ndarray, numbers: Sequence[np.ndarray], sigmas: Sequence[np.ndarray], n: np.ndarray
) -> Iterator[bytes]:
    """The columns of SILSO's SN_d_hem; numbers and sigmas: (d,) of the disk, the north and the south."""
    at = _every(days)
    for start in range(0, len(at), ROWS):
        lines = []
        for day, i in at[start : start + ROWS]:
            figures = [f"{_whole(number, i):3d}" for number in numbers]
            figures += [f"{_real(sigma, i):5.1f}" for sigma in sigmas]
            figures += [f"{int(n[i]) if i >= 0 else 0:3d}"] * 3
            lines.append(f"{_date(day)}; {';'.join(figures)};0\n")
        yield "".join(lines).encode()


def _every(days: np.ndarray) -> list[tuple[np.datetime64, int]]:
    """Every day from the first to the last, with its place in `days`, -1 where it has none."""
    if not len(days):
        return []
    every = np.arange(days[0], days[-1] + 1)
    place = np.full(len(every), -1)
    place[(days - days[0]).astype(int)] = np.arange(len(days))
    return list(zip(every, place.tolist(), strict=True))


def _date(day: np.datetime64) -> str:
    """'year;month;day;decimal year of its noon'."""
    year = day.astype("datetime64[Y]")
    length = ((year + 1).astype("datetime64[D]") - year.astype("datetime64[D]")).astype(int)
    passed = (day - year.astype("datetime64[D]")).astype(int) + 0.5
    text = str(day)
    return f"{text.replace('-', ';')};{int(text[:4]) + passed / length:.3f}"


def _whole(values: np.ndarray, i: int) -> int:
    return -1 if i < 0 or np.isnan(values[i]) else round(float(values[i]))


def _real(values: np.ndarray, i: int) -> float:
    return -1.0 if i < 0 or np.isnan(values[i]) else float(values[i])
