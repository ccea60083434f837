"""The forms of SILSO's files, and how the form of a file is recognised from its columns and values.

    daily        SN_d_tot_V2.0.csv   year;month;day;decimal year;number;sigma;observations;definitive
    estimated    EISN_current.csv    year,month,day,decimal year,number,sigma,stations used,stations available,
    monthly      SN_m_tot_V2.0.csv   year;month;decimal year;number;sigma;observations;definitive
    smoothed     SN_ms_tot_V2.0.csv  the columns of "monthly"; 13-month smoothed numbers
    hemispheric  SN_d_hem_V2.0.csv   year;month;day;decimal year;total;N;S;sigma x 3;observations x 3;definitive

None has a header, and -1 stands where a value is missing. The separator says nothing about the form, because a
spreadsheet changes it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

SEPARATORS = ";,\t"
MISSING = -1.0
# Measured on SN_m_tot since 1749: over any 24 months or more, the mean second difference of monthly means is at least
# 1.08 times their mean first difference, and that of their smoothed values is below it in 99 % of all spans (over 36
# months: at least 1.16, and at most 1.04).
ROUGHNESS = 1.1
FEWEST_MONTHS, CERTAIN_MONTHS = 12, 24


@dataclass(frozen=True)
class Form:
    """The columns of a form: how many, and the places of its values (of the disk, then of N and S).

    Attributes:
        title: the series in words. unit: what a value is a mean of, "day" or "month".
    """

    title: str
    columns: int
    unit: str
    numbers: tuple[int, ...]
    sigmas: tuple[int, ...]
    observations: int
    definitive: int | None

    @property
    def dated_by_day(self) -> bool:
        """Whether the date has a day."""
        return self.unit == "day"


FORMS = {
    "daily": Form("daily", 8, "day", (4,), (5,), 6, 7),
    "monthly": Form("monthly", 7, "month", (3,), (4,), 5, 6),
    "smoothed": Form("13-month smoothed", 7, "month", (3,), (4,), 5, 6),
    "hemispheric": Form("daily hemispheric", 14, "day", (4, 5, 6), (7, 8, 9), 10, 13),
    "estimated": Form("estimated daily (EISN)", 8, "day", (4,), (5,), 6, None),
}


def split_line(line: str) -> tuple[str, int] | None:
    """Return the (separator, number of columns) of a line of numbers, or None if no form has such a line."""
    for separator in SEPARATORS:
        values = without_end(line, separator).split(separator)
        if forms_with(len(values)) and all(re.fullmatch(r"-?\d+(\.\d*)?", value.strip()) for value in values):
            return separator, len(values)
    return None


def has_header(first: str, second: str) -> bool:
    """Whether a file of numbers, given by its first two lines, begins with the names of its columns."""
    layout = split_line(second)
    if layout is None or split_line(first) is not None:
        return False
    separator, columns = layout
    return len(without_end(first, separator).split(separator)) == columns


def with_points(text: str) -> str:
    """Return a text with decimal points where a spreadsheet, which separates by ';' or tabs, wrote decimal commas."""
    return text if "." in text or not re.search("[;\t]", text) else text.replace(",", ".")


def without_end(line: str, separator: str) -> str:
    """Return a line without the separator at its end, which EISN's lines have."""
    return line.removesuffix(separator)


def forms_with(columns: int) -> list[str]:
    """Return the names of the forms with this number of columns."""
    return [name for name, form in FORMS.items() if form.columns == columns]


def recognised(table: pd.DataFrame, separator: str) -> tuple[str, bool]:
    """Return the form of a table of numbers, and whether its values leave no doubt.

    Args:
        table: (n, columns) float64 with columns 0, 1, ..., as many as a form has.
    """
    forms = forms_with(table.shape[1])
    if "estimated" in forms:
        return _daily_or_estimated(table, separator)
    return _monthly_or_smoothed(table) if "smoothed" in forms else (forms[0], True)


def _daily_or_estimated(table: pd.DataFrame, separator: str) -> tuple[str, bool]:
    """Distinguish the two by the last column: 1 or 0 (provisional), or the stations available, at least those used."""
    daily = bool(table[7].isin([0, 1]).all())
    estimated = bool((table[7] >= table[6]).all())
    if daily != estimated:
        return ("daily" if daily else "estimated"), True
    return ("estimated" if separator == "," else "daily"), False


def _monthly_or_smoothed(table: pd.DataFrame) -> tuple[str, bool]:
    """Distinguish the two: only smoothed values are missing at an end of the series, and only they are smooth."""
    numbers = table[FORMS["smoothed"].numbers[0]].to_numpy()
    if numbers[0] == MISSING or numbers[-1] == MISSING:
        return "smoothed", True
    known = numbers[numbers != MISSING]
    if len(known) < FEWEST_MONTHS:
        return "monthly", False
    steps = np.abs(np.diff(known)).mean()
    smooth = np.abs(np.diff(known, 2)).mean() < ROUGHNESS * steps
    return ("smoothed" if smooth else "monthly"), len(known) >= CERTAIN_MONTHS
