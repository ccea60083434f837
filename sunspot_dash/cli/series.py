"""`series`, `compare-silso` and `compare-observers`: sunspot numbers of a model, and beside others'."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from sunspot_dash.cli.index import FromOption, JsonOption, ModelOption, ToOption, catalogue_of, period
from sunspot_dash.cli.options import WorkspaceOption
from sunspot_dash.errors import ParameterError
from sunspot_dash.files import atomic_write_text
from sunspot_dash.text import counted
from sunspot_dash.workspace import DEFAULT_ROOT


def series(
    model: ModelOption = "uset",
    by: Annotated[str, typer.Option(help="drawing, day, month or smoothed (13 months)")] = "day",
    hemispheres: Annotated[bool, typer.Option("--hemispheres", help="north and south, too")] = False,
    k: Annotated[float, typer.Option(help="scale of R = k (10 g + s)", min=0.01, max=100)] = 1.0,
    first: FromOption = "",
    last: ToOption = "",
    csv: Annotated[Path | None, typer.Option("--csv", help="write a table there", show_default=False)] = None,
    as_json: JsonOption = False,
    workspace: WorkspaceOption = DEFAULT_ROOT,
) -> None:
    """The sunspot number of a model's drawings over time.

    n says of how many drawings (a day), days (a month) or months (smoothed) a number is the mean.
    """
    from sunspot_dash.services.analysis.sunspot_number import numbers

    if csv and as_json:
        raise ParameterError("--csv writes a table and --json prints one: give one of them")
    found = numbers(catalogue_of(workspace, model), model, by, period(first, last), k)
    parts = {"number": found.disk} | ({"north": found.north, "south": found.south} if hemispheres else {})
    title = "month" if by in ("month", "smoothed") else "date"
    rows: list[dict[str, Any]] = [
        {title: date, **{name: round(float(part.values[i]), 3) for name, part in parts.items()}, "n": int(n)}
        for i, (date, n) in enumerate(zip(found.disk.dates, found.disk.n, strict=True))
    ]
    if as_json:
        told = {"model": model, "by": by, "k": k, "undated": found.undated, "series": rows}
        typer.echo(json.dumps(told, indent=1))
        return
    if csv:
        lines = [",".join([title, *parts, "n"]), *(",".join(map(str, row.values())) for row in rows)]
        atomic_write_text(csv, "\n".join(lines) + "\n")
        typer.echo(f"{counted(len(rows), 'row')} in {csv}")
    else:
        typer.echo(f"{title:<18}" + "".join(f"{name:>9}" for name in (*parts, "n")))
        for row in rows:
            date, *values, n = row.values()
            typer.echo(f"{date:<18}" + "".join(f"{value:>9.1f}" for value in values) + f"{n:>9}")
    if not rows:
        why = "a smoothed month needs 13 observed ones around it" if by == "smoothed" else "no dated drawing"
        typer.echo(f"nothing to tell: {why}", err=True)
    if found.undated:
        typer.echo(f"left out: {counted(found.undated, 'undated drawing')}", err=True)


def compare_silso(
    file: Annotated[
        Path, typer.Argument(help="SN_d_tot, SN_m_tot, SN_d_hem or EISN_current, as SILSO gives it")
    ],
    model: ModelOption = "uset",
    first: FromOption = "",
    last: ToOption = "",
    as_json: JsonOption = False,
    workspace: WorkspaceOption = DEFAULT_ROOT,
) -> None:
    """Compare a model's sunspot number with one of SILSO's series: k with its uncertainty, r, MAE, drift."""
    from sunspot_dash.services.analysis.comparison import compare_with_silso, read_series, sentences

    found = compare_with_silso(catalogue_of(workspace, model), model, read_series(file), period(first, last))
    if not as_json:
        for line in sentences(found):
            typer.echo(line)
    else:
        record: dict[str, Any] = {
            "model": model,
            "form": found.form,
            "unit": found.unit,
            "definitive": found.definitive,
        }
        for part in ("disk", "north", "south"):
            record[part] = _record(getattr(found, part))
        typer.echo(json.dumps(record, indent=1))
    if not len(found.disk.dates):
        raise typer.Exit(1)


def compare_observers(
    file: Annotated[
        Path, typer.Argument(help="CSV with date or file and any of groups, spots, R, observer, quality")
    ],
    model: ModelOption = "uset",
    first: FromOption = "",
    last: ToOption = "",
    as_json: JsonOption = False,
    workspace: WorkspaceOption = DEFAULT_ROOT,
) -> None:
    """Compare a model's groups, spots and R with those that the observers of the same drawings wrote down."""
    from sunspot_dash.services.analysis.comparison import (
        QUANTITIES,
        compare_with_observers,
        observer_sentences,
        read_observers,
    )

    totals = read_observers(file)
    found = compare_with_observers(catalogue_of(workspace, model), model, totals, period(first, last))
    if not as_json:
        for line in [*totals.remarks, *totals.left_out, *observer_sentences(found)]:
            typer.echo(line)
    else:
        parts = {name: _agreement(getattr(found, name)) for name in QUANTITIES}
        typer.echo(
            json.dumps(
                {"model": model, **parts, "unmatched": found.unmatched, "left_out": totals.left_out},
                indent=1,
                ensure_ascii=False,
            )
        )
    if not any(getattr(found, name).dates for name in QUANTITIES):
        raise typer.Exit(1)


def _agreement(found: Any) -> dict[str, Any]:
    return {
        "common": len(found.dates),
        "r": found.r,
        "mae": found.mae,
        "bias": found.bias,
        "dates": found.dates,
        "model": found.model.tolist(),
        "observer": found.observer.tolist(),
    }


def _record(found: Any) -> dict[str, Any] | None:
    if found is None:
        return None
    estimates = {name: getattr(found, name) for name in ("k", "drift_per_year")}
    return {
        "common": len(found.dates),
        "months": found.months,
        "r": found.r,
        "mae": found.mae,
        **{name: None if value is None else asdict(value) for name, value in estimates.items()},
        "dates": found.dates.astype(str).tolist(),
        "ours": np.round(found.ours, 3).tolist(),
        "silso": np.round(found.reference, 3).tolist(),
        "residual": np.round(found.residual, 3).tolist(),
    }
