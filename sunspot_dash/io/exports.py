"""Export formats; each function yields the bytes of one file in pieces, with few drawings in memory at a time."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from sunspot_dash.io.cells import cell
from sunspot_dash.io.stream import Outbox
from sunspot_dash.io.wide_table import Observed, SpotsParquet, wide_columns

if TYPE_CHECKING:
    import pandas as pd

ROWS = 2000  # table rows per piece


def csv_table(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """Yield a CSV table with a header; None is an empty cell."""
    # Row by row with `csv`: a DataFrame for each piece gives the same bytes, but takes twice as long.
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
    for drawing in drawings:
        if drawing.observation.numbered:
            table.add(wide_columns(drawing))
        if piece := outbox.take():
            yield piece
    table.close()
    yield outbox.take()


def silso_daily(days: np.ndarray, number: np.ndarray, sigma: np.ndarray, n: np.ndarray) -> Iterator[bytes]:
    """The columns of SILSO's SN_d_tot: every day from the first to the last, -1 where there is no drawing.

    Args:
        days: (d,) datetime64[D], ascending; number, sigma: (d,) float64, NaN for an unknown sigma; n: (d,) int.
    """
    return _every_day(days, {"{:4d}": [number], "{:5.1f}": [sigma]}, ("{:4d}", n, 1))


def silso_hemispheric(
    days: np.ndarray, numbers: Sequence[np.ndarray], sigmas: Sequence[np.ndarray], n: np.ndarray
) -> Iterator[bytes]:
    """The columns of SILSO's SN_d_hem; numbers and sigmas: (d,) of the disk, the north and the south."""
    return _every_day(days, {"{:3d}": numbers, "{:5.1f}": sigmas}, ("{:3d}", n, 3), lead=" ")


def _every_day(
    days: np.ndarray,
    values: Mapping[str, Sequence[np.ndarray]],
    drawings: tuple[str, np.ndarray, int],
    lead: str = "",
) -> Iterator[bytes]:
    """Lines of a SILSO table, in pieces.

    Args:
        values: format -> columns (d,); a whole-number format rounds.
        drawings: format, column, how many times it is written.
        lead: text before the first value.
    """
    import pandas as pd  # only where used: the web process starts without it

    if not len(days):
        return
    known = {f"{form} {i}": column for form, columns in values.items() for i, column in enumerate(columns)}
    every = pd.DatetimeIndex(np.arange(days[0], days[-1] + 1))
    table = pd.DataFrame(known, pd.DatetimeIndex(days)).reindex(every).fillna(-1.0)
    form, n, times = drawings
    observed = pd.Series(n, pd.DatetimeIndex(days)).reindex(every, fill_value=0)
    noon = (every.day_of_year - 0.5) / (365 + every.is_leap_year)
    written = pd.DataFrame(
        {
            "year": every.year.map("{:04d}".format),
            "month": every.month.map("{:02d}".format),
            "day": every.day.map("{:02d}".format),
            "decimal year": (every.year + noon).map("{:.3f}".format),
            **{name: _texts(table[name], name.split()[0]) for name in table},
            **{f"drawings {i}": _texts(observed, form) for i in range(times)},
            "definitive": "0",
        }
    )
    first = written.columns[4]
    written[first] = lead + written[first]
    for start in range(0, len(written), ROWS):
        some = written[start : start + ROWS]
        yield some.to_csv(sep=";", header=False, index=False, lineterminator="\n").encode()


def _texts(column: pd.Series, form: str) -> list[str]:
    """The values of a column as text; a whole-number format rounds them."""
    values = column.round().astype(int) if form.endswith("d}") else column
    return [form.format(value) for value in values.tolist()]
