"""`series`, `compare-silso` and `compare-observers`: a model's sunspot numbers, and how they compare with others."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from sunspot_dash.cli.index import (
    CountsOption,
    FromOption,
    ModelOption,
    ToOption,
    catalogue_of,
    period,
    warn_of_demo,
)
from sunspot_dash.cli.options import JsonOption, WorkspaceOption
from sunspot_dash.cli.output import Column, on_terminal, print_table
from sunspot_dash.errors import ParameterError
from sunspot_dash.files import atomic_write_text
from sunspot_dash.services.catalogue.sources import MODEL, source_of
from sunspot_dash.text import counted
from sunspot_dash.workspace import DEFAULT_ROOT

SILSO_COLUMNS = (
    Column("part"),
    Column("in common", right=True),
    Column("k", right=True),
    Column("r", right=True),
    Column("mean absolute error", right=True),
    Column("drift per year", right=True),
)
OBSERVER_COLUMNS = (
    Column("quantity"),
    Column("drawings", right=True),
    Column("r", right=True),
    Column("relative error", right=True),
    Column("bias", right=True),
)


def series(
    model: ModelOption = "uset",
    counts: CountsOption = MODEL,
    by: Annotated[str, typer.Option(help="drawing, day, month or smoothed (13-month)")] = "day",
    hemispheres: Annotated[bool, typer.Option("--hemispheres", help="also print north and south")] = False,
    k: Annotated[float, typer.Option(help="scale of R = k (10 g + s)", min=0.01, max=100)] = 1.0,
    first: FromOption = "",
    last: ToOption = "",
    csv: Annotated[Path | None, typer.Option("--csv", help="write a CSV table", show_default=False)] = None,
    as_json: JsonOption = False,
    workspace: WorkspaceOption = DEFAULT_ROOT,
) -> None:
    """Print the sunspot number of a model's drawings over time.

    n is the number of drawings (of a day), days (of a month) or months (smoothed) that a value averages.
    """
    from sunspot_dash.services.analysis.sunspot_number import numbers

    if csv and as_json:
        raise ParameterError("--csv writes a table and --json prints one: use only one of them")
    when, catalogue = period(first, last), catalogue_of(workspace, model)
    source = source_of(model, counts)
    warn_of_demo(catalogue, source, when)
    found = numbers(catalogue, source, by, when, k)
    parts = {"number": found.disk} | ({"north": found.north, "south": found.south} if hemispheres else {})
    title = "month" if by in ("month", "smoothed") else "date"
    rows: list[dict[str, Any]] = [
        {title: date, **{name: round(float(part.values[i]), 3) for name, part in parts.items()}, "n": int(n)}
        for i, (date, n) in enumerate(zip(found.disk.dates, found.disk.n, strict=True))
    ]
    if as_json:
        record = {
            "model": model,
            "counts": counts,
            "by": by,
            "k": k,
            "undated": found.undated,
            "series": rows,
        }
        typer.echo(json.dumps(record, indent=1))
        return
    if csv:
        lines = [",".join([title, *parts, "n"]), *(",".join(map(str, row.values())) for row in rows)]
        atomic_write_text(csv, "\n".join(lines) + "\n")
        typer.echo(f"{counted(len(rows), 'row')} written to {csv}")
    else:
        columns = [Column(title, 18), *(Column(name, 9, right=True) for name in (*parts, "n"))]
        print_table(columns, [_cells(row) for row in rows])
    if not rows:
        why = "a smoothed value needs 13 observed months" if by == "smoothed" else "no dated drawings"
        typer.echo(f"no values: {why}", err=True)
    if found.undated:
        typer.echo(f"skipped: {counted(found.undated, 'undated drawing')}", err=True)


def compare_silso(
    file: Annotated[
        Path,
        typer.Argument(help="SN_d_tot, SN_m_tot, SN_ms_tot, SN_d_hem or EISN_current, as published by SILSO"),
    ],
    model: ModelOption = "uset",
    counts: CountsOption = MODEL,
    form: Annotated[
        str, typer.Option(help="daily, monthly, smoothed, hemispheric or estimated; recognised by default")
    ] = "",
    first: FromOption = "",
    last: ToOption = "",
    as_json: JsonOption = False,
    workspace: WorkspaceOption = DEFAULT_ROOT,
) -> None:
    """Compare a model's sunspot number with a SILSO series: k with its uncertainty, r, MAE, drift.

    What the file is, is recognised from its columns and values, and printed first.
    """
    from sunspot_dash.services.analysis.references import recognised_as
    from sunspot_dash.services.analysis.silso_comparison import compare_with_silso, read_series, sentences

    silso = read_series(file, form)
    recognised = recognised_as(silso, file.name)
    when, catalogue = period(first, last), catalogue_of(workspace, model)
    source = source_of(model, counts)
    warn_of_demo(catalogue, source, when)
    found = compare_with_silso(catalogue, source, silso, when)
    if not as_json:
        typer.echo(str(recognised))
        if not recognised.certain:
            typer.echo(f"if that is wrong, give --form: {' or '.join(recognised.kinds)}", err=True)
        first_line, *more = sentences(found)
        typer.echo(first_line)
        if on_terminal() and len(found.disk.dates):
            print_table(SILSO_COLUMNS, silso_rows(found))
        else:
            for line in more:
                typer.echo(line)
    else:
        record: dict[str, Any] = {
            "model": model,
            "counts": counts,
            "form": found.form,
            "form_is_certain": silso.certain,
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
        Path,
        typer.Argument(help="CSV with a column date or file and any of groups, spots, R, observer, quality"),
    ],
    model: ModelOption = "uset",
    counts: CountsOption = MODEL,
    first: FromOption = "",
    last: ToOption = "",
    as_json: JsonOption = False,
    workspace: WorkspaceOption = DEFAULT_ROOT,
) -> None:
    """Compare a model's groups, spots and R with those recorded by the observers of the same drawings."""
    from sunspot_dash.services.analysis.observer_comparison import (
        QUANTITIES,
        compare_with_observers,
        observer_sentences,
        read_observers,
    )
    from sunspot_dash.services.analysis.references import recognised_as

    totals = read_observers(file)
    when, catalogue = period(first, last), catalogue_of(workspace, model)
    source = source_of(model, counts)
    warn_of_demo(catalogue, source, when)
    found = compare_with_observers(catalogue, source, totals, when)
    if not as_json:
        for line in [str(recognised_as(totals, file.name)), *totals.remarks, *totals.left_out]:
            typer.echo(line)
        if on_terminal():
            print_table(OBSERVER_COLUMNS, [observer_row(name, getattr(found, name)) for name in QUANTITIES])
            if found.unmatched:
                typer.echo(f"without a drawing: {counted(len(found.unmatched), 'row')}")
        else:
            for line in observer_sentences(found):
                typer.echo(line)
    else:
        parts = {name: _agreement(getattr(found, name)) for name in QUANTITIES}
        typer.echo(
            json.dumps(
                {
                    "model": model,
                    "counts": counts,
                    **parts,
                    "unmatched": found.unmatched,
                    "left_out": totals.left_out,
                },
                indent=1,
                ensure_ascii=False,
            )
        )
    if not any(getattr(found, name).dates for name in QUANTITIES):
        raise typer.Exit(1)


def _cells(row: dict[str, Any]) -> list[str]:
    date, *values, n = row.values()
    return [date, *(f"{value:.1f}" for value in values), str(n)]


def silso_rows(found: Any) -> list[list[str]]:
    """Return a row of SILSO_COLUMNS for the disk and each hemisphere that was compared."""
    parts = {name: getattr(found, name) for name in ("disk", "north", "south")}
    return [
        [
            name,
            counted(len(part.dates), found.unit),
            _with_sigma(part.k, 3),
            _number(part.r, ".3f"),
            _number(part.mae, ".1%"),
            _with_sigma(part.drift_per_year, 2),
        ]
        for name, part in parts.items()
        if part is not None
    ]


def observer_row(name: str, found: Any) -> list[str]:
    """Return the row of OBSERVER_COLUMNS for one quantity."""
    title = {"number": "R"}.get(name, name)
    numbers = [_number(found.r, ".3f"), _number(found.mae, ".1%"), _number(found.bias, "+.1%")]
    return [title, f"{len(found.dates):,}", *numbers]


def _with_sigma(estimate: Any, digits: int) -> str:
    if estimate is None:
        return "–"
    sigma = "" if estimate.sigma is None else f" ± {estimate.sigma:.{digits}f}"
    return f"{estimate.value:.{digits}f}{sigma}"


def _number(value: float | None, form: str) -> str:
    return "–" if value is None else format(value, form)


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
        "ours": found.ours.round(3).tolist(),
        "silso": found.reference.round(3).tolist(),
        "residual": found.residual.round(3).tolist(),
    }
