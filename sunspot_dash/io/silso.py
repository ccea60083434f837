"""Read SILSO's files of sunspot numbers; none of them is bundled with this program."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sunspot_dash.domain.activity.timeseries import Means
from sunspot_dash.errors import SeriesError
from sunspot_dash.io.silso_forms import (
    FORMS,
    MISSING,
    Form,
    forms_with,
    has_header,
    recognised,
    split_line,
    with_points,
    without_end,
)

if TYPE_CHECKING:
    import pandas as pd

SOURCE = "WDC-SILSO, Royal Observatory of Belgium, Brussels, https://doi.org/10.24414/qnza-ac80"
LICENCE = "CC BY-NC 4.0, https://creativecommons.org/licenses/by-nc/4.0/: name the source, no commercial use"
URLS = {
    "daily": "https://www.sidc.be/SILSO/INFO/sndtotcsv.php",
    "monthly": "https://www.sidc.be/SILSO/INFO/snmtotcsv.php",
    "smoothed": "https://www.sidc.be/SILSO/INFO/snmstotcsv.php",
    "hemispheric": "https://www.sidc.be/SILSO/INFO/sndhemcsv.php",
    "estimated": "https://www.sidc.be/SILSO/DATA/EISN/EISN_current.csv",
}
# The largest file, the daily series since 1818, is 3 MB.
MAX_BYTES = 32 * 2**20


@dataclass(frozen=True, eq=False)
class SilsoSeries:
    """One of SILSO's series, n dates in ascending order.

    Attributes:
        form: one of FORMS; certain: whether its values leave no doubt about it.
        dates: (n,) datetime64[D], [M] for a monthly or smoothed series.
        number, sigma: (n,) float64, NaN where missing; observations: (n,) int64, 0 where unknown.
        definitive: (n,) bool, False for provisional and estimated values.
        north, south: (n,) float64 for "hemispheric", else empty.
    """

    form: str
    certain: bool
    dates: np.ndarray
    number: np.ndarray
    sigma: np.ndarray
    observations: np.ndarray
    definitive: np.ndarray
    north: np.ndarray
    south: np.ndarray

    @property
    def means(self) -> Means:
        """The known numbers, to compare with (`domain.activity.timeseries.compare`)."""
        known = np.isfinite(self.number)
        return Means(self.dates[known], self.number[known], self.observations[known])


def read_silso(path: Path, form: str = "") -> SilsoSeries:
    """Read one of SILSO's files.

    Raises:
        SeriesError: it cannot be read, or as `parse_silso`.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise SeriesError(f"{path.stat().st_size} bytes; SILSO's files stay below {MAX_BYTES}", path.name)
        content = path.read_bytes()
    except OSError as error:
        raise SeriesError(f"it cannot be read ({error.strerror})", path.name) from error
    return parse_silso(content, path.name, form)


def parse_silso(content: bytes, name: str, form: str = "") -> SilsoSeries:
    """Parse a file's content.

    Args:
        name: of the file, for messages only.
        form: one of FORMS; by default it is recognised from the columns and their values.

    Raises:
        SeriesError: the content has none of SILSO's forms, or a line is wrong; the message names the line.
    """
    try:
        text = with_points(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise SeriesError(f"it is not text (byte {error.start}); {_expected()}", name) from error
    lines = {number: line.strip() for number, line in enumerate(text.splitlines(), 1) if line.strip()}
    if not lines:
        raise SeriesError(f"it is empty; {_expected()}", name)
    first = next(iter(lines.values()))
    if has_header(first, next(islice(lines.values(), 1, None), "")):
        del lines[next(iter(lines))]
        first = next(iter(lines.values()))
    layout = split_line(first)
    if layout is None:
        raise SeriesError(f'its first line is "{first[:60]}"; {_expected()}', name)
    separator, columns = layout
    if form and form not in forms_with(columns):
        titles = " or ".join(FORMS[other].title for other in forms_with(columns))
        raise SeriesError(
            f"its {columns} columns are those of a {titles} series, not {FORMS[form].title}", name
        )
    table = _table(lines, separator, columns, name)
    found, certain = (form, True) if form else recognised(table, separator)
    return _series(table, found, certain, name)


def _series(table: pd.DataFrame, name: str, certain: bool, file: str) -> SilsoSeries:
    form = FORMS[name]
    dates = _dates(table, form, file)
    values = table[[*form.numbers, *form.sigmas]]
    _check_values(values, file)
    numbers, sigmas = np.split(values.mask(values == MISSING).to_numpy().T, 2)
    definitive = table[form.definitive] == 1 if form.definitive is not None else np.zeros(len(table))
    north, south = numbers[1:] if len(numbers) > 1 else (np.zeros(0), np.zeros(0))
    return SilsoSeries(
        form=name,
        certain=certain,
        dates=dates,
        number=numbers[0],
        sigma=sigmas[0],
        observations=table[form.observations].clip(lower=0).to_numpy().astype(np.int64),
        definitive=np.asarray(definitive, bool),
        north=north,
        south=south,
    )


def _table(lines: Mapping[int, str], separator: str, columns: int, name: str) -> pd.DataFrame:
    """Return the numbers of a file, float64, with columns 0, 1, ..., indexed by line.

    Raises:
        SeriesError: a line has too few or too many columns, or a value that is not a number.
    """
    import pandas as pd  # only where used: the web process starts without it

    kept = [without_end(line, separator) for line in lines.values()]
    for number, line in zip(lines, kept, strict=True):
        if line.count(separator) != columns - 1:
            raise SeriesError(
                f"line {number} has {line.count(separator) + 1} columns, the first line {columns}", name
            )
    layout: dict[str, Any] = {
        "sep": separator, "header": None, "names": range(columns), "index_col": False, "na_filter": False,
        "quoting": csv.QUOTE_NONE, "skipinitialspace": True,
    }  # fmt: skip
    text = "\n".join(kept)
    try:
        table = pd.read_csv(io.StringIO(text), dtype=np.float64, **layout)
    except ValueError as error:
        cells = pd.read_csv(io.StringIO(text), dtype=str, **layout)
        wrong = cells.apply(pd.to_numeric, errors="coerce").isna().to_numpy()
        row, column = np.argwhere(wrong)[0] if wrong.any() else (0, 0)
        raise SeriesError(
            f"line {list(lines)[row]}: '{cells.iat[row, column]}' in column {column + 1} is not a number",
            name,
        ) from error
    return table.set_axis(list(lines))


def _check_values(values: pd.DataFrame, name: str) -> None:
    """Refuse negative and infinite values.

    Raises:
        SeriesError: the first of them, with its line.
    """
    right = (values.ge(0) & np.isfinite(values)) | (values == MISSING)
    if right.to_numpy().all():
        return
    row, column = np.argwhere(~right.to_numpy())[0]
    raise SeriesError(
        f"line {values.index[row]}: {values.iat[row, column]:g} in column {values.columns[column] + 1}, "
        "expected 0 or more, or -1 where there is none",
        name,
    )


def _dates(table: pd.DataFrame, form: Form, name: str) -> np.ndarray:
    """(n,) datetime64[D], or [M], of the first columns.

    Raises:
        SeriesError: there is no such date, or it does not come after the one before.
    """
    import pandas as pd

    parts = table[[0, 1, 2]].set_axis(["year", "month", "day"], axis=1)
    if not form.dated_by_day:
        parts["day"] = 1
    possible = (parts == np.floor(parts)).all(axis=1) & parts["year"].between(1600, 2199)
    possible &= parts["month"].between(1, 12) & parts["day"].between(1, 31)
    stamps = pd.to_datetime(parts.where(possible, 1).astype(int), errors="coerce")
    possible &= stamps.notna()
    if not possible.all():
        wrong = possible.idxmin()
        shown = "-".join(f"{part:g}" for part in table.loc[wrong, : 1 + form.dated_by_day])
        raise SeriesError(f"line {wrong}: there is no date {shown}", name)
    dates = np.asarray(stamps.to_numpy().astype("datetime64[D]" if form.dated_by_day else "datetime64[M]"))
    late = np.diff(dates) <= np.timedelta64(0)
    if late.any():
        at = int(np.argmax(late)) + 1
        raise SeriesError(
            f"line {table.index[at]}: {dates[at]} does not come after {dates[at - 1]}; sort the lines by date",
            name,
        )
    return dates


def _expected() -> str:
    return "expected SILSO's SN_d_tot, SN_m_tot, SN_ms_tot, SN_d_hem or EISN_current in its CSV form"
