"""`ephemeris` and `check-orientation`: the Sun's position angles, and the orientation of a model's drawings."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer

from sunspot_dash.cli.index import ModelOption, catalogue_of
from sunspot_dash.cli.options import JsonOption, WorkspaceOption
from sunspot_dash.cli.output import Column, print_table
from sunspot_dash.errors import ParameterError
from sunspot_dash.workspace import DEFAULT_ROOT

COLUMNS = (
    Column("UT", 20),
    Column("P/°", 9, right=True),
    Column("B0/°", 9, right=True),
    Column("L0/°", 9, right=True),
    Column("semidiameter/°", 16, right=True),
    Column("rotation", 12, right=True),
)
DIGITS = (".3f", ".3f", ".2f", ".5f", ".3f")
YEARS = (1600, 2200)


def ephemeris(
    dates: Annotated[
        list[str], typer.Argument(help="dates, with or without a time in UT: 1956-04-17 or 1956-04-17T08:30")
    ],
    as_json: JsonOption = False,
) -> None:
    """Print the Sun's P, B0 and L0, its semidiameter, and the Carrington rotation number.

    A date without a time means 0 h UT. Angles are in degrees; P is measured from north through east.
    """
    import numpy as np  # every command would wait for it

    from sunspot_dash.domain.sun.ephemeris import sun

    times = [_parse_time(text) for text in dates]
    found = sun(np.array([time.replace(tzinfo=None) for time in times], "datetime64[s]"))
    rows = list(zip(*(values.tolist() for values in vars(found).values()), strict=True))
    if as_json:
        names = list(vars(found))
        records = [
            {
                "time": f"{time:%Y-%m-%dT%H:%M:%SZ}",
                **dict(zip(names, (round(x, 5) for x in row), strict=True)),
            }
            for time, row in zip(times, rows, strict=True)
        ]
        typer.echo(json.dumps(records, indent=1))
        return
    cells = [
        (
            f"{time:%Y-%m-%d %H:%M:%S}",
            *(format(value, digits) for value, digits in zip(row, DIGITS, strict=True)),
        )
        for time, row in zip(times, rows, strict=True)
    ]
    print_table(COLUMNS, cells)


def _parse_time(text: str) -> datetime:
    try:
        when = datetime.fromisoformat(text)
        when = when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise ParameterError(f"'{text}' is not a date: write 1956-04-17 or 1956-04-17T08:30 (UT)") from error
    if not YEARS[0] <= when.year < YEARS[1]:
        raise ParameterError(f"'{text}': the ephemeris is valid from {YEARS[0]} to {YEARS[1]}")
    return when


def check_orientation(
    model: ModelOption = "uset", as_json: JsonOption = False, workspace: WorkspaceOption = DEFAULT_ROOT
) -> None:
    """Check from the motion of the spots whether the drawings are mirrored or rotated relative to their setting."""
    from sunspot_dash.services.analysis.orientation import check, verdict

    catalogue = catalogue_of(workspace, model)
    summary = verdict(catalogue, model)
    if not as_json:
        typer.echo(summary.text)
        return
    found = check(catalogue, model)
    record = {
        "verdict": found.verdict,
        "confidence": found.confidence,
        "best": asdict(found.best),
        "preset": summary.preset,
        "pairs": found.pairs,
        "spots": found.spots,
        "scores": [asdict(orientation) | {"score": round(score, 4)} for orientation, score in found.scores],
        "words": summary.text,
    }
    typer.echo(json.dumps(record, indent=1, ensure_ascii=False))
