"""Two blind readings of ten drawings: how right are the labels, and how right is the model?

    python benchmarks/audit.py sheets FOLDER       pictures of places for the readers, and where they are
    python benchmarks/audit.py score FOLDER        agreement, and F1 against the readers, from FOLDER/reader*.csv
    python benchmarks/audit.py errors FOLDER       pictures of misses and false alarms on all drawings, to name them

The ten drawings were chosen at random among the labelled ones on which nothing was tuned by eye. A place is the centre
of a label, of a candidate of any confidence that a network found that had not seen the drawing, or of other ink that is
neither; the sheets show them mixed, without labels, detections and confidences. A reader writes "place,answer" with the
answers y (a sunspot's umbra or pore), n (anything else) and ? (undecided).

Needs the results of `benchmarks/uset.py report` in benchmarks/output/judged.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import typer
from scipy.spatial.distance import cdist

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.judge import interval
from benchmarks.recipe import ANNOTATIONS, FOLDS, IMAGES, OUTPUT
from sunspot_dash.domain.drawing.disk import Disk
from sunspot_dash.domain.labels.coco import load_coco
from sunspot_dash.domain.scoring.comparison import judge
from sunspot_dash.domain.scoring.matching import Tally, match, tolerance_px
from sunspot_dash.domain.spots.detections import DrawingResult
from sunspot_dash.io.images import read_rgb, to_grey
from sunspot_dash.io.results import read_result, result_path, stream_results
from sunspot_dash.services.models.evaluation import truth_of

DRAWINGS, SEED = 10, 20261127
LOOKED_AT = (4,)  # the fold whose errors were looked at while the recipe was made
HALF = 0.034  # half of a picture's side, in R
SIDE, COLUMNS, ROWS = 250, 6, 5  # of a picture, px; of a sheet
DECOYS = 0.15  # share of other ink among the places
INK = 60  # darkness of ink
YES = "y"
GREEN, BLUE = (0, 150, 0), (220, 60, 0)
PLACES, READERS = "places.csv", "reader*.csv"
app = typer.Typer(no_args_is_help=True, help=__doc__)


@dataclass(frozen=True)
class Place:
    """A place on a drawing, px, and whether it has a label, and a counted detection."""

    name: str
    x: float
    y: float
    labelled: bool
    counted: bool


def chosen() -> list[str]:
    """Return the names of the ten drawings."""
    names = sorted(name for k, fold in enumerate(FOLDS) if k not in LOOKED_AT for name in fold)
    return sorted(np.random.default_rng(SEED).choice(names, DRAWINGS, replace=False).tolist())


def places_of(
    result: DrawingResult, labels: np.ndarray, grey: np.ndarray, random: np.random.Generator
) -> list[Place]:
    """Return the places of a drawing, those of a label and a detection that match once."""
    tolerance = tolerance_px(result.disk.radius)
    spots = sorted(result.spots, key=lambda spot: -spot.confidence)
    found = np.array([(spot.x, spot.y) for spot in spots]).reshape(-1, 2)
    above = np.array([spot.confidence >= result.threshold for spot in spots], bool)
    pairs = dict(match(labels, found[above], tolerance))
    of_label = [Place(result.name, *xy, True, i in pairs) for i, xy in enumerate(labels)]
    used = set(pairs.values())
    others = [
        Place(result.name, *xy, False, bool(counts))
        for j, (xy, counts) in enumerate(zip(found, above, strict=True))
        if j not in used and (counts or not len(labels) or cdist([xy], labels).min() > tolerance)
    ]
    known = np.array([(place.x, place.y) for place in of_label + others]).reshape(-1, 2)
    number = round(DECOYS * (len(known) + 10))
    decoys = [
        Place(result.name, *xy, False, False) for xy in _other_ink(grey, result.disk, known, number, random)
    ]
    return of_label + others + decoys


def _other_ink(
    grey: np.ndarray, disk: Disk, known: np.ndarray, number: int, random: np.random.Generator
) -> np.ndarray:
    """Return random places of ink on the disk, away from known places and from each other, (n, 2) px."""
    rows, columns = np.nonzero(grey < np.median(grey) - INK)
    xy = np.column_stack([columns, rows]) + 0.5
    xy = xy[np.hypot(*(xy - [disk.x, disk.y]).T) < 0.97 * disk.radius]
    taken = known
    for at in random.permutation(xy):
        if len(taken) - len(known) >= number:
            break
        if not len(taken) or cdist([at], taken).min() > 0.02 * disk.radius:
            taken = np.vstack([taken, at])
    return taken[len(known) :]


@app.command()
def sheets(folder: Path) -> None:
    """Write the sheets of pictures and the list of places."""
    coco = load_coco(ANNOTATIONS)
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(SEED)
    places: list[Place] = []
    pictures: list[np.ndarray] = []
    for name in chosen():
        result = read_result(result_path(OUTPUT / "judged", name))
        grey = to_grey(read_rgb(IMAGES / name))
        labels = np.array([(spot.x, spot.y) for spot in truth_of(name, coco)]).reshape(-1, 2)
        own = places_of(result, labels, grey, random)
        for place in (own[i] for i in random.permutation(len(own))):
            places.append(place)
            pictures.append(picture(grey, result.disk, place, len(places)))
    each = COLUMNS * ROWS
    for first in range(0, len(pictures), each):
        _write_sheet(folder / f"sheet{first // each + 1:02}.png", pictures[first : first + each], ROWS)
    with (folder / PLACES).open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("place", "file", "x", "y", "labelled", "counted"))
        for number, one in enumerate(places, 1):
            writer.writerow(
                (number, one.name, f"{one.x:.1f}", f"{one.y:.1f}", int(one.labelled), int(one.counted))
            )
    print(f"{len(places)} places of {DRAWINGS} drawings on {-(-len(places) // each)} sheets")


def _write_sheet(path: Path, pictures: list[np.ndarray], rows: int) -> None:
    filled = pictures + [np.full((SIDE, SIDE, 3), 255, np.uint8)] * (rows * COLUMNS - len(pictures))
    lines = [np.hstack(filled[at : at + COLUMNS]) for at in range(0, rows * COLUMNS, COLUMNS)]
    cv2.imwrite(str(path), np.vstack(lines))


def enlarged(place: Place, disk: Disk, xy: np.ndarray) -> np.ndarray:
    """Return where points (n, 2) of the drawing are on the picture of a place."""
    return (xy - [place.x, place.y]) * SIDE / (2 * HALF * disk.radius) + SIDE / 2


def picture(grey: np.ndarray, disk: Disk, place: Place, number: int) -> np.ndarray:
    """Return an enlarged cut around a place, (SIDE, SIDE, 3) uint8, with its number and corners around the place."""
    half = HALF * disk.radius
    scale = SIDE / (2 * half)
    affine = np.array([[scale, 0, SIDE / 2 - scale * place.x], [0, scale, SIDE / 2 - scale * place.y]])
    cut = cv2.warpAffine(grey, affine, (SIDE, SIDE), flags=cv2.INTER_CUBIC, borderValue=(255,))
    shown = cv2.cvtColor(cut, cv2.COLOR_GRAY2BGR)
    reach, arm, middle = round(scale * 0.009 * disk.radius), 7, SIDE // 2
    for right in (-1, 1):
        for down in (-1, 1):
            x, y = middle + right * reach, middle + down * reach
            cv2.line(shown, (x, y), (x - right * arm, y), (0, 0, 255), 1)
            cv2.line(shown, (x, y), (x, y - down * arm), (0, 0, 255), 1)
    cv2.putText(shown, str(number), (5, 20), cv2.FONT_HERSHEY_SIMPLEX, 0.55, (200, 0, 0), 1, cv2.LINE_AA)
    cv2.rectangle(shown, (0, 0), (SIDE - 1, SIDE - 1), (160, 160, 160), 1)
    return shown


@app.command()
def errors(folder: Path, number: int = 20) -> None:
    """Write a sheet of random misses and one of false alarms, with labels in green and detections in blue."""
    coco = load_coco(ANNOTATIONS)
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(SEED)
    results = list(stream_results(OUTPUT / "judged"))
    for kind in ("misses", "false_alarms"):
        found = [
            (one, spot) for one in results for spot in getattr(judge(truth_of(one.name, coco), one), kind)
        ]
        shown_ones = [found[i] for i in random.permutation(len(found))[:number]]
        pictures = []
        for count, (result, spot) in enumerate(shown_ones, 1):
            grey = to_grey(read_rgb(IMAGES / result.name))
            place = Place(result.name, spot.x, spot.y, kind == "misses", kind != "misses")
            shown = picture(grey, result.disk, place, count)
            for one, colour in [(one, GREEN) for one in truth_of(result.name, coco)] + [
                (one, BLUE) for one in result.counted()
            ]:
                at = np.round(enlarged(place, result.disk, one.outline)).astype(np.int32)
                cv2.polylines(shown, [at], True, colour, 1)
            cv2.putText(shown, result.name[3:11], (5, SIDE - 8), cv2.FONT_HERSHEY_SIMPLEX, 0.45, (0, 0, 0), 1)
            pictures.append(shown)
        _write_sheet(folder / f"{kind}.png", pictures, -(-len(pictures) // COLUMNS))
        print(f"{kind}: {len(found)}, of which {len(shown_ones)} are shown")


@dataclass(frozen=True)
class Reading:
    """One place with the answers of all readers."""

    name: str
    labelled: bool
    counted: bool
    answers: tuple[str, ...]


def read(folder: Path) -> list[Reading]:
    """Return the places with the answers of each reader."""
    readers = []
    for path in sorted(folder.glob(READERS)):
        with path.open(newline="") as file:
            readers.append({row["place"]: row["answer"].strip() for row in csv.DictReader(file)})
    with (folder / PLACES).open(newline="") as file:
        return [
            Reading(
                row["file"],
                row["labelled"] == "1",
                row["counted"] == "1",
                tuple(reader[row["place"]] for reader in readers),
            )
            for row in csv.DictReader(file)
        ]


@app.command()
def score(folder: Path) -> None:
    """Print the agreement of the readers with each other, with the labels and with the model."""
    readings = read(folder)
    names = [one.name for one in readings]
    print(f"{len(readings)} places on {len(set(names))} drawings")
    first, second = ([one.answers[i] == YES for one in readings] for i in (0, 1))
    both = sum(a == b for a, b in zip(first, second, strict=True))
    print(f"readers agree on {both} of {len(readings)} places, kappa {kappa(first, second):.2f}")
    labelled, counted = ([getattr(one, side) for one in readings] for side in ("labelled", "counted"))
    agreed = [one.answers[0] == YES == one.answers[1] for one in readings]
    either = [YES in one.answers for one in readings]
    unlike = {"reader 1 and reader 2": (first, second)}
    for title, truth in (
        ("labels", labelled),
        ("reader 1", first),
        ("reader 2", second),
        ("both", agreed),
        ("either", either),
    ):
        unlike[f"model and {title}"] = (counted, truth)
    unlike |= {"labels and reader 1": (labelled, first), "labels and reader 2": (labelled, second)}
    unlike |= {"labels and both": (labelled, agreed), "labels and either": (labelled, either)}
    for title, (found, truth) in unlike.items():
        pairs = list(zip(found, truth, strict=True))
        low, high = interval(pairs, names, f1)
        print(f"{title:22} F1 {f1(pairs):.3f} (95 % interval {low:.3f} to {high:.3f})")
    for title, wrong in (
        ("false alarms", [one for one in readings if one.counted and not one.labelled]),
        ("misses", [one for one in readings if one.labelled and not one.counted]),
        ("hits", [one for one in readings if one.labelled and one.counted]),
        ("other places", [one for one in readings if not one.labelled and not one.counted]),
    ):
        yes = [sum(answer == YES for answer in one.answers) for one in wrong]
        print(
            f"{title}: {len(wrong)}, a spot to both {yes.count(2)}, to one {yes.count(1)}, to none {yes.count(0)}"
        )


def f1(pairs: Sequence[tuple[bool, bool]]) -> float | None:
    """Return the F1 of pairs (found, true)."""
    kinds = Counter((bool(found), bool(true)) for found, true in pairs)
    return Tally(kinds[True, True], kinds[False, True], kinds[True, False]).f1


def kappa(first: Sequence[bool], second: Sequence[bool]) -> float:
    """Return Cohen's kappa of two readings."""
    a, b = np.array(first), np.array(second)
    by_chance = a.mean() * b.mean() + (1 - a.mean()) * (1 - b.mean())
    return float(((a == b).mean() - by_chance) / (1 - by_chance))


if __name__ == "__main__":
    app()
