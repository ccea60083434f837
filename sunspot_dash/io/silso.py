"""SILSO's files of sunspot numbers: four forms, told apart by their content.

    daily        SN_d_tot_V2.0.csv  year;month;day;decimal year;number;sigma;observations;definitive
    monthly      SN_m_tot_V2.0.csv  year;month;decimal year;number;sigma;observations;definitive
    hemispheric  SN_d_hem_V2.0.csv  year;month;day;decimal year;total;N;S;sigma x 3;observations x 3;definitive
    estimated    EISN_current.csv   year,month,day,decimal year,number,sigma,stations used,stations available,

They have no header, and -1 where a value is missing. Nothing of them is bundled with this program.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from sunspot_dash.domain.activity.timeseries import Means
from sunspot_dash.errors import SeriesError

SOURCE = "WDC-SILSO, Royal Observatory of Belgium, Brussels, https://doi.org/10.24414/qnza-ac80"
LICENCE = "CC BY-NC 4.0, https://creativecommons.org/licenses/by-nc/4.0/: name the source, no commercial use"
URLS = {
    "daily": "https://www.sidc.be/SILSO/INFO/sndtotcsv.php",
    "monthly": "https://www.sidc.be/SILSO/INFO/snmtotcsv.php",
    "hemispheric": "https://www.sidc.be/SILSO/INFO/sndhemcsv.php",
    "estimated": "https://www.sidc.be/SILSO/DATA/EISN/EISN_current.csv",
}
MISSING = -1.0
# The longest of them, daily since 1818, has 3 MB.
MAX_BYTES = 32 * 2**20


@dataclass(frozen=True)
class _Form:
    """Columns of a form: separator, how many, and where its figures stand (of the disk, then of N and S)."""

    separator: str
    columns: int
    dated_by_day: bool
    numbers: tuple[int, ...]
    sigmas: tuple[int, ...]
    observations: int
    definitive: int | None


FORMS = {
    "daily": _Form(";", 8, True, (4,), (5,), 6, 7),
    "monthly": _Form(";", 7, False, (3,), (4,), 5, 6),
    "hemispheric": _Form(";", 14, True, (4, 5, 6), (7, 8, 9), 10, 13),
    "estimated": _Form(",", 8, True, (4,), (5,), 6, None),
}


@dataclass(frozen=True, eq=False)
class SilsoSeries:
    """One of SILSO's series, n dates in ascending order.

    Attributes:
        form: one of FORMS; dates: (n,) datetime64[D], of the month's [M] for "monthly".
        number, sigma: (n,) float64, NaN where missing; observations: (n,) int64, 0 where unknown.
        definitive: (n,) bool, False for provisional and estimated values.
        north, south, north_sigma, south_sigma: (n,) float64 for "hemispheric", else empty.
    """

    form: str
    dates: np.ndarray
    number: np.ndarray
    sigma: np.ndarray
    observations: np.ndarray
    definitive: np.ndarray
    north: np.ndarray = field(default_factory=lambda: np.zeros(0))
    south: np.ndarray = field(default_factory=lambda: np.zeros(0))
    north_sigma: np.ndarray = field(default_factory=lambda: np.zeros(0))
    south_sigma: np.ndarray = field(default_factory=lambda: np.zeros(0))

    @property
    def means(self) -> Means:
        """The numbers where there are any, to compare with (`domain.activity.timeseries.compare`)."""
        known = np.isfinite(self.number)
        return Means(self.dates[known], self.number[known], self.observations[known])


def read_silso(path: Path) -> SilsoSeries:
    """Read one of SILSO's files.

    Raises:
        SeriesError: it cannot be read, or is none; as of `parse_silso`.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise SeriesError(f"{path.stat().st_size} bytes; SILSO's files stay below {MAX_BYTES}", path.name)
        content = path.read_bytes()
    except OSError as error:
        raise SeriesError(f"it cannot be read ({error.strerror})", path.name) from error
    return parse_silso(content, path.name)


def parse_silso(content: bytes, name: str) -> SilsoSeries:
    """The series in a file's content; `name` is for the message only.

    Raises:
        SeriesError: the content is none of SILSO's forms, or a line does not fit: which one, and why.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SeriesError(f"it is no text (byte {error.start}); {_expected()}", name) from error
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if not lines:
        raise SeriesError(f"it is empty; {_expected()}", name)
    form_name = _sniff(lines[0][1])
    if form_name is None:
        raise SeriesError(f'its first line is "{lines[0][1][:60].strip()}"; {_expected()}', name)
    form = FORMS[form_name]
    values = np.array([_row(line, number, form, name) for number, line in lines])
    dates = _dates(values, form, [number for number, _ in lines], name)
    figures = values[:, [*form.numbers, *form.sigmas]].T
    figures = np.where(figures == MISSING, np.nan, figures)
    of_numbers, of_sigmas = np.split(figures, 2)
    definitive = (
        values[:, form.definitive] == 1 if form.definitive is not None else np.zeros(len(values), bool)
    )
    halves = (*of_numbers[1:], *of_sigmas[1:])
    observations = np.maximum(values[:, form.observations], 0).astype(np.int64)
    return SilsoSeries(form_name, dates, of_numbers[0], of_sigmas[0], observations, definitive, *halves)


def _sniff(line: str) -> str | None:
    """The form that a line has: by its separator and number of columns, all of them numbers."""
    for name, form in FORMS.items():
        fields = _fields(line, form)
        if len(fields) == form.columns and all(re.fullmatch(r"-?\d+(\.\d*)?", value) for value in fields):
            return name
    return None


def _fields(line: str, form: _Form) -> list[str]:
    fields = [value.strip() for value in line.split(form.separator)]
    # SILSO ends the lines of its estimates with a comma.
    return fields[:-1] if form.separator == "," and fields[-1] == "" else fields


def _row(line: str, number: int, form: _Form, name: str) -> list[float]:
    fields = _fields(line, form)
    if len(fields) != form.columns:
        raise SeriesError(f"line {number} has {len(fields)} columns, the first line {form.columns}", name)
    try:
        row = [float(value) for value in fields]
    except ValueError as error:
        raise SeriesError(f"line {number}: {str(error).split(': ')[-1]} is no number", name) from error
    for column in (*form.numbers, *form.sigmas):
        if not (row[column] >= 0 or row[column] == MISSING) or row[column] == np.inf:
            wanted = "0 or more, or -1 where there is none"
            raise SeriesError(
                f"line {number}: {fields[column]} in column {column + 1}, expected {wanted}", name
            )
    return row


def _dates(values: np.ndarray, form: _Form, lines: list[int], name: str) -> np.ndarray:
    """(n,) datetime64 of the first columns, checked one by one: there is such a day, and it comes after the last."""
    year, month = values[:, 0], values[:, 1]
    day = values[:, 2] if form.dated_by_day else np.ones(len(values))
    possible = (year >= 1600) & (year < 2200) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)
    whole = np.nan_to_num(np.stack([year, month, day]), posinf=0)
    possible &= (whole == np.floor(whole)).all(axis=0)
    whole = np.where(possible, whole, np.array([[1600], [1], [1]])).astype(np.int64)
    months = ((whole[0] - 1970) * 12 + whole[1] - 1).astype("datetime64[M]")
    dates = months.astype("datetime64[D]") + (whole[2] - 1)
    possible &= dates.astype("datetime64[M]") == months
    if not possible.all():
        wrong = int(np.argmin(possible))
        shown = "-".join(f"{part:g}" for part in values[wrong, : 2 + form.dated_by_day])
        raise SeriesError(f"line {lines[wrong]}: there is no date {shown}", name)
    dates = dates if form.dated_by_day else months
    late = np.diff(dates) <= np.timedelta64(0)
    if late.any():
        wrong = int(np.argmax(late)) + 1
        raise SeriesError(f"line {lines[wrong]}: {dates[wrong]} does not come after {dates[wrong - 1]}", name)
    return dates


def _expected() -> str:
    return "expected SILSO's SN_d_tot, SN_m_tot, SN_d_hem or EISN_current in its CSV form"
