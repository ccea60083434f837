"""Patterns of file names that contain a date, as in `drawing_%Y%m%d_%H%M`."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import PurePath

from sunspot_dash.errors import ParameterError

DIRECTIVES = {
    "Y": "[0-9]{4}", "m": "[0-9]{2}", "d": "[0-9]{2}", "H": "[0-9]{2}", "M": "[0-9]{2}", "S": "[0-9]{2}",
    "j": "[0-9]{3}", "b": "[A-Za-z]{3}", "B": "[A-Za-z]+",
}  # fmt: skip
EXAMPLE = "drawing_%Y%m%d_%H%M"
MEANING = (
    "%Y year, %m month (%b or %B its English name), %d day, %j day of the year, %H hour, %M minute, %S second; "
    "* any text"
)
MEANINGS = {
    "Y": "year", "m": "month", "b": "month", "B": "month", "d": "day", "j": "day of the year", "H": "hour",
    "M": "minute", "S": "second",
}  # fmt: skip
MONTHS, DAYS = frozenset("mbB"), frozenset("d")
LONGEST = 200
MOST_STARS = 2  # each further one would multiply the time of a name that does not match


class NamePattern:
    """A pattern of file names with or without their suffix; capital and small letters are equal.

    Directives are those of `strptime` in MEANING. A month, day, hour, minute or second may have one digit where no
    other directive is beside it.

    Raises:
        ParameterError: the pattern contains an unknown or repeated directive, or does not give a whole date.
    """

    def __init__(self, pattern: str) -> None:
        self.text = pattern.strip()
        tokens = re.findall(r"%.|%$|[^%]", self.text, re.DOTALL)
        self._directives = [token[1:] for token in tokens if token[0] == "%" and token != "%%"]
        self._check()
        self._expression = re.compile(
            "".join(map(_expression, ["", *tokens], tokens, [*tokens[1:], ""])), re.I
        )

    def date_and_time(self, name: str) -> tuple[str, str] | None:
        """Return ('YYYY-MM-DD', 'HH:MM') of a file name, the time "" if the pattern has none; None without a match.

        Raises:
            ValueError: the name matches, but the date does not exist.
        """
        match = self._expression.fullmatch(PurePath(name).stem) or self._expression.fullmatch(name)
        if match is None:
            return None
        form = " ".join(f"%{directive}" for directive in self._directives)
        try:
            when = datetime.strptime(" ".join(match.groups()), form)
        except ValueError as error:
            parts = ", ".join(
                f"{MEANINGS[directive]} {value}"
                for directive, value in zip(self._directives, match.groups(), strict=True)
            )
            raise ValueError(f"this date does not exist ({parts})") from error
        return when.strftime("%Y-%m-%d").zfill(10), when.strftime("%H:%M") if "H" in self._directives else ""

    def _check(self) -> None:
        used = set(self._directives)
        unknown = sorted(used - set(DIRECTIVES))
        reason = ""
        if len(self.text) > LONGEST:
            reason = f"it is longer than {LONGEST} characters"
        elif self.text.count("*") > MOST_STARS:
            reason = f"it has more than {MOST_STARS} *"
        elif unknown:
            reason = f"%{unknown[0]} is not known"
        elif len(used) < len(self._directives):
            reason = "a directive occurs twice"
        elif "Y" not in used or not ("j" in used or (MONTHS & used and DAYS & used)):
            reason = "it does not give a year, a month and a day"
        elif used & set("MS") and "H" not in used:
            reason = "it gives a minute without an hour"
        if reason:
            raise ParameterError(
                f"pattern '{self.text[:LONGEST]}': {reason}; write it as in {EXAMPLE} ({MEANING})"
            )


def _expression(before: str, token: str, after: str) -> str:
    """Return the regular expression of a token between its neighbours."""
    if token == "*":
        return ".*?"
    if token[0] != "%" or token == "%%":
        return re.escape(token[-1])
    digits = DIRECTIVES[token[1:]]
    alone = not any(other[:1] == "%" and other != "%%" for other in (before, after))
    return f"({digits.replace('{2}', '{1,2}') if alone else digits})"
