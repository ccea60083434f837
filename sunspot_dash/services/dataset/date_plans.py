"""Plan the dates of many drawings, from a pattern of their names or from a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sunspot_dash.domain.drawing.corrections import NONE
from sunspot_dash.domain.drawing.name_pattern import NamePattern
from sunspot_dash.domain.drawing.names import UNDATED, folded
from sunspot_dash.errors import ParameterError
from sunspot_dash.io.corrections import read_corrections
from sunspot_dash.io.dates import read_dates
from sunspot_dash.services.dataset.corrections import check_date
from sunspot_dash.services.dataset.inventory import holdings
from sunspot_dash.text import counted, listed
from sunspot_dash.workspace import Workspace

When = tuple[str, str]  # 'YYYY-MM-DD' and 'HH:MM' (UT) or ""


@dataclass(frozen=True)
class DateChange:
    """A drawing, its date now, and its date in the pattern or the table."""

    name: str
    before: When
    after: When

    def cells(self) -> tuple[str, str, str]:
        """Return name, old and new date as text."""
        return self.name, " ".join(self.before).strip(), " ".join(self.after).strip()


@dataclass
class DatePlan:
    """What setting dates would change.

    Attributes:
        changes: drawings that get a date; kept: those that already have another date, which is kept.
        same: number of drawings that already have this date.
        undated: names of the drawings that remain undated.
        problems: one sentence for each date that cannot be used.
    """

    changes: list[DateChange] = field(default_factory=list)
    kept: list[DateChange] = field(default_factory=list)
    same: int = 0
    undated: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def summary(self) -> list[str]:
        """Describe what would not be changed, one sentence each."""
        lines = []
        if self.same:
            verb = "has" if self.same == 1 else "have"
            lines.append(f"{counted(self.same, 'drawing')} already {verb} this date")
        if self.kept:
            lines.append(
                f"{counted(len(self.kept), 'drawing')} with another date, which is kept: "
                f"{listed([change.name for change in self.kept])}"
            )
        if self.undated:
            lines.append(
                f"{counted(len(self.undated), 'drawing')} still without a date: {listed(self.undated)}"
            )
        return lines


def plan_by_pattern(workspace: Workspace, pattern: str, replace_dates: bool = False) -> DatePlan:
    """Plan the dates that a pattern of names gives to the workspace's drawings.

    Args:
        replace_dates: whether dates that are set by hand or in the name are replaced.

    Raises:
        ParameterError: the pattern is not valid.
        WorkspaceError: the corrections cannot be read.
    """
    rule = NamePattern(pattern)
    found: dict[str, When] = {}
    problems = []
    names = _names(workspace)
    for name in names:
        try:
            if when := rule.date_and_time(name):
                found[name] = checked(when)
        except (ValueError, ParameterError) as error:
            problems.append(f"{name}: {error}")
    return _plan(workspace, names, found, problems, replace_dates)


def plan_by_table(
    workspace: Workspace, content: bytes, file_name: str, replace_dates: bool = False
) -> DatePlan:
    """Plan the dates that a CSV table gives to the workspace's drawings; a name may lack its suffix.

    Args:
        content: the table (see `read_dates`); file_name: its name, for messages.
        replace_dates: as in `plan_by_pattern`.

    Raises:
        ParameterError: the table cannot be used.
        WorkspaceError: the corrections cannot be read.
    """
    table = read_dates(content, file_name)
    names = _names(workspace)
    known = _Known(names)
    found: dict[str, When] = {}
    problems = list(table.problems)
    for row in table.rows:
        try:
            name = known.find(row.name)
            if name in found:
                raise ParameterError(f"'{row.name}' is {name}, which an earlier line dates")
            found[name] = checked((row.date, row.time))
        except ParameterError as error:
            problems.append(f"line {row.line}: {error}")
    return _plan(workspace, names, found, problems, replace_dates)


class _Known:
    """The names of the drawings, found by exact name, by a name that differs in case or Unicode form, or by stem."""

    def __init__(self, names: list[str]) -> None:
        self._exact = set(names)
        self._alike: dict[str, list[str]] = {}
        for name in names:
            for key in {folded(name), folded(Path(name).stem)}:
                self._alike.setdefault(key, []).append(name)

    def find(self, name: str) -> str:
        """Return the name of a drawing; raise ParameterError if there is none, or several."""
        if name in self._exact:
            return name
        alike = self._alike.get(folded(name), [])
        if len(alike) == 1:
            return alike[0]
        if alike:
            raise ParameterError(f"'{name}' may be {' or '.join(alike[:3])}: write the whole name")
        raise ParameterError(f"no drawing is named '{name}': check the name, or add the drawing first")


def _names(workspace: Workspace) -> list[str]:
    return sorted({holding.path.name for holding in holdings(workspace)})


def checked(when: When) -> When:
    """Return a date and time after checking the date.

    Raises:
        ParameterError: the date is not one of an observation.
    """
    check_date(when[0])
    return when


def _plan(
    workspace: Workspace,
    names: list[str],
    found: Mapping[str, When],
    problems: list[str],
    replace_dates: bool,
) -> DatePlan:
    corrections = read_corrections(workspace.corrections_file)
    plan = DatePlan(problems=problems)
    for name in names:
        before = corrections.get(name, NONE).date_and_time(name)
        after = found.get(name)
        if after is None:
            if before[0] == UNDATED:
                plan.undated.append(name)
        elif after == before:
            plan.same += 1
        else:
            free = before[0] == UNDATED or replace_dates
            (plan.changes if free else plan.kept).append(DateChange(name, before, after))
    return plan
