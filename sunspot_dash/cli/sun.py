"""`ephemeris` and `check-orientation`: how the Sun stands, and whether the drawings lie as they are set."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import numpy as np
import typer

from sunspot_dash.cli.index import JsonOption, ModelOption, catalogue_of
from sunspot_dash.cli.options import WorkspaceOption
from sunspot_dash.domain.sun.ephemeris import sun
from sunspot_dash.errors import ParameterError
from sunspot_dash.workspace import DEFAULT_ROOT

COLUMNS = ("P", "B0", "L0", "semidiameter", "rotation")
YEARS = (1600, 2200)


def ephemeris(
    dates: Annotated[
        list[str], typer.Argument(help="dates, or dates with times, in UT: 1956-04-17 or 1956-04-17T08:30")
    ],
    as_json: JsonOption = False,
    workspace: WorkspaceOption = DEFAULT_ROOT,
) -> None:
    """Position angle of the axis, latitude and Carrington longitude of the centre, semidiameter, rotation.

    A date without a time is 0 h UT. Angles in degrees; P counts from north through east.
    """
    times = [_moment(text) for text in dates]
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
    typer.echo(f"{'UT':<20}{'P/°':>9}{'B0/°':>9}{'L0/°':>9}{'semidiameter/°':>16}{'rotation':>12}")
    for time, (p, b0, l0, semidiameter, rotation) in zip(times, rows, strict=True):
        when = f"{time:%Y-%m-%d %H:%M:%S}"
        typer.echo(f"{when:<20}{p:>9.3f}{b0:>9.3f}{l0:>9.2f}{semidiameter:>16.5f}{rotation:>12.3f}")


def _moment(text: str) -> datetime:
    try:
        when = datetime.fromisoformat(text)
        when = when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise ParameterError(f"'{text}' is no date: write 1956-04-17 or 1956-04-17T08:30 (UT)") from error
    if not YEARS[0] <= when.year < YEARS[1]:
        raise ParameterError(f"'{text}': the ephemeris holds from {YEARS[0]} to {YEARS[1]}")
    return when


def check_orientation(
    model: ModelOption = "uset", as_json: JsonOption = False, workspace: WorkspaceOption = DEFAULT_ROOT
) -> None:
    """Tell from the motion of the spots whether the drawings are mirrored or turned against what is set."""
    from sunspot_dash.services.analysis.orientation import check, verdict

    catalogue = catalogue_of(workspace, model)
    told = verdict(catalogue, model)
    if not as_json:
        typer.echo(told.text)
        return
    found = check(catalogue, model)
    record = {
        "verdict": found.verdict,
        "confidence": found.confidence,
        "best": asdict(found.best),
        "preset": told.preset,
        "pairs": found.pairs,
        "spots": found.spots,
        "scores": [asdict(lie) | {"score": round(score, 4)} for lie, score in found.scores],
        "words": told.text,
    }
    typer.echo(json.dumps(record, indent=1, ensure_ascii=False))
