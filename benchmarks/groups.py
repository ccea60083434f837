"""Groups and sunspot numbers compared with the observers' totals and with SILSO.

    python benchmarks/groups.py labels                     fit the rule; held-out scores with labels as input
    python benchmarks/groups.py detections [FOLDER ...]    the same rules on held-out detections of a model
    python benchmarks/groups.py speed                      750 000 detections on 25 000 drawings

FOLDER: result files, by default output/judged (written by `uset.py report`, each drawing by a model trained without it)
and output/unlabelled (by `uset.py ship`; these drawings were not used in training). Drawings and reference series are
read from the folder `shared` beside the checkout.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.group_rule import (
    FORESHORTENINGS,
    HERE,
    GroupAgreement,
    SpotPositions,
    Trials,
    detected_drawings,
    held_out,
    labelled_drawings,
    totals_of,
)
from sunspot_dash.domain.activity.groups import GroupRule, describe_groups, group_spots
from sunspot_dash.domain.activity.sunspot_number import wolf
from sunspot_dash.domain.activity.timeseries import compare, daily
from sunspot_dash.domain.drawing.names import time_in_name
from sunspot_dash.domain.scoring.agreement import bias, correlation, mae
from sunspot_dash.file_names import PRETRAINED
from sunspot_dash.io.silso import read_silso
from sunspot_dash.io.totals import Total
from sunspot_dash.ml.config import ModelCard
from sunspot_dash.workspace import pretrained_dir

SHARED = HERE.parents[1] / "shared" / "uset"
SILSO_DAILY = SHARED.parent / "silso" / "SN_d_tot_V2.0.csv"
app = typer.Typer(no_args_is_help=True, help=__doc__)


@app.command()
def labels() -> None:
    """Fit the rule to the labelled drawings and test it out of fold, with the labels as input."""
    totals, given = totals_of(SHARED)
    drawings = labelled_drawings(SHARED)
    trials = Trials.run(drawings, totals)
    for i, power in enumerate(FORESHORTENINGS):
        found = held_out(drawings, trials, slice(i, i + 1))
        print(f"foreshortening {power:g}: {GroupAgreement.of(found, totals, found)}")
    found = held_out(drawings, trials)
    print("rules by fold:", *trials.rules(), sep="\n  ")
    print_groups(found, totals, given)
    print(f"fitted on all of them: {trials.fit()}; shipped: {GroupRule()}")
    print_sunspot_numbers(drawings, found, totals, given)


@app.command()
def detections(
    folders: Annotated[list[Path] | None, typer.Argument(help="folders of result files")] = None,
    threshold: Annotated[
        float | None,
        typer.Option(help="for unlabelled drawings; default: the card's"),
    ] = None,
) -> None:
    """Test the rules fitted by `labels` on the detections of a model."""
    totals, given = totals_of(SHARED)
    labelled = labelled_drawings(SHARED)
    trained_on = {drawing.name for drawing in labelled}
    trials = Trials.run(labelled, totals)
    card = ModelCard.model_validate_json((pretrained_dir() / f"{PRETRAINED}.json").read_text())
    drawings: dict[str, SpotPositions] = {}
    for folder in folders or [HERE / "output" / "judged", HERE / "output" / "unlabelled"]:
        for drawing in detected_drawings(folder, SHARED):
            drawings[drawing.name] = drawing
        for drawing in detected_drawings(folder, SHARED, threshold or card.threshold):
            # Held-out results carry the threshold chosen on other folds; for the others the card's applies.
            if drawing.name not in trained_on:
                drawings[drawing.name] = drawing
    missing = sorted(totals.keys() - drawings.keys())
    print(
        f"{len(drawings)} drawings with detections; none for {len(missing)} of the {len(totals)} with totals"
    )
    for title, some in (
        (
            "labelled drawings, out of fold",
            [drawing for drawing in drawings.values() if drawing.name in trained_on],
        ),
        ("unlabelled drawings", [drawing for drawing in drawings.values() if drawing.name not in trained_on]),
        ("all", list(drawings.values())),
    ):
        if some:
            print(f"\n{title}")
            found = held_out(some, trials)
            print_groups(found, totals, given)
            print_sunspot_numbers(some, found, totals, given)


@app.command()
def speed(drawings: int = 25_000, spots: int = 750_000) -> None:
    """Time the grouping of an archive, clustered like real spots, on one core."""
    random = np.random.default_rng(0)
    # Activity is cyclic: many drawings with few spots, few with hundreds.
    many = random.gamma(0.8, 1, drawings)
    drawing = np.sort(random.choice(drawings, spots, p=many / many.sum()))
    centre = random.integers(0, 10, spots)
    cmd = random.uniform(-70, 70, (drawings, 10))[drawing, centre] + random.normal(0, 3, spots)
    latitude = (random.choice([-1, 1], (drawings, 10)) * random.uniform(5, 30, (drawings, 10)))[
        drawing, centre
    ]
    latitude = latitude + random.normal(0, 1, spots)
    rho = np.degrees(np.arccos(np.cos(np.radians(latitude)) * np.cos(np.radians(cmd))))
    mixed = random.permutation(spots)
    began, used = time.perf_counter(), time.process_time()
    number = group_spots(latitude[mixed], cmd[mixed], rho[mixed], drawing[mixed])
    grouped = time.process_time() - used
    groups = describe_groups(number, latitude[mixed], cmd[mixed], np.ones(spots), drawing[mixed])
    print(
        f"{spots} spots on {drawings} drawings, the fullest with {np.bincount(drawing).max()}: {len(groups.number)} "
        f"groups in {grouped:.1f} s of processor time, described in {time.process_time() - used - grouped:.1f} s "
        f"({time.perf_counter() - began:.1f} s by the clock)"
    )


def print_groups(found: Mapping[str, int], totals: Mapping[str, Total], given: set[str]) -> None:
    """Print the agreement of held-out group counts with the shared totals and with all totals."""
    print(f"observer_totals.csv: {GroupAgreement.of(found, totals, sorted(given))}")
    print(f"all totals:          {GroupAgreement.of(found, totals, sorted(found))}")
    wrong = {name: (totals[name].groups, n) for name, n in found.items() if name in totals}
    print("  not exact (observer, ours):", {name: pair for name, pair in wrong.items() if pair[0] != pair[1]})


def print_sunspot_numbers(
    drawings: Sequence[SpotPositions], found: Mapping[str, int], totals: Mapping[str, Total], given: set[str]
) -> None:
    """Print the agreement of R with the observers' Wolf number, and with SILSO on the same days."""
    ours = {drawing.name: float(wolf(found[drawing.name], len(drawing.cmd_deg))) for drawing in drawings}
    for title, names in (("observer_totals.csv", given), ("all totals", ours.keys())):
        pairs = [
            (ours[name], totals[name].number) for name in sorted(names) if name in ours and name in totals
        ]
        x, y = np.array(pairs, float).T
        print(
            f"R against the Wolf number, {title}: {len(pairs)} drawings, error {mae(x, y):.1%} "
            f"(mean {np.abs(x - y).mean():.1f}), bias {bias(x, y):+.1%}, r {correlation(x, y):.3f}"
        )
    times = np.array([np.datetime64(time_in_name(name).replace(tzinfo=None)) for name in ours])  # type: ignore[union-attr]
    _, one_each = np.unique(times, return_index=True)  # a drawing scanned twice counts once
    means = daily(times[one_each], np.array(list(ours.values()))[one_each])
    against = compare(means, read_silso(SILSO_DAILY).means)
    print(
        f"R against SILSO: {len(against.dates)} days in {against.months} months, r {against.r:.3f}, k "
        f"{against.k.value:.3f} +- {against.k.sigma or float('nan'):.3f}, error with k {against.mae:.1%}"  # type: ignore[union-attr]
    )


if __name__ == "__main__":
    app()
