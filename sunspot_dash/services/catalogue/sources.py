"""Where counts come from: the model, the reviewed drawings, or the reviewed ones and the model on all others.

A source is a text: the name of a model for its own counts, or "MODEL+reviewed" or "MODEL+either", which no model can be
named. The catalogue holds the rows of reviewed drawings under "MODEL+reviewed", so that whoever asks for a model
never gets them by mistake.
"""

from __future__ import annotations

from typing import Any

from sunspot_dash.errors import ParameterError

MODEL, REVIEWED, EITHER = "model", "reviewed", "either"
# Each with its description; the first is the default.
COUNTS = {
    MODEL: "model",
    REVIEWED: "reviewed only",
    EITHER: "reviewed, else model",
}
SIGN = "+"
OF_MODELS = f"instr(model, '{SIGN}') = 0"  # SQL: the rows of models themselves


def source_of(model: str, counts: str = MODEL) -> str:
    """Return the source for one of COUNTS.

    Raises:
        ParameterError: `counts` is not one of them.
    """
    if counts not in COUNTS:
        raise ParameterError(f"counts were '{counts}': use one of {', '.join(COUNTS)}")
    return model if counts == MODEL else f"{model}{SIGN}{counts}"


def split_source(source: str) -> tuple[str, str]:
    """Return the model and the counts of a source."""
    model, _, counts = source.partition(SIGN)
    return model, counts or MODEL


def reviewed_source(model: str) -> str:
    """Return the name under which the catalogue holds the reviewed drawings of a model."""
    return f"{model}{SIGN}{REVIEWED}"


def describe_source(source: str) -> str:
    """Return the source in words: "uset", "uset (reviewed only)"."""
    model, counts = split_source(source)
    return model if counts == MODEL else f"{model} ({COUNTS[counts]})"


def where_source(source: str, table: str = "") -> tuple[str, list[Any]]:
    """Return the SQL condition for the rows of a source, and its values.

    Args:
        table: result, spot or spot_group; needed where several are joined.
    """
    model, counts = split_source(source)
    prefix = f"{table}." if table else ""
    if counts != EITHER:
        return f"{prefix}model = ?", [source]
    reviewed = "select key from review where model = ? and reviewed_at <> ''"
    sql = f"{prefix}model in (?, ?) and not ({prefix}model = ? and {prefix}key in ({reviewed}))"
    return sql, [model, reviewed_source(model), model, model]
