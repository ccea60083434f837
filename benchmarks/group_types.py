"""How often the proposed types of groups are those of the observers.

    python benchmarks/group_types.py

The groups are those of `observer_groups.csv` with a type on labelled drawings, their spots the labels in each group's
box, and their penumbrae those found on the scan. Each fold is typed with the limits that suit the others best. There is
no McIntosh type on these sheets: its second and third letters are not validated.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from itertools import product
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.judge import interval
from benchmarks.observer_groups import in_observers_groups, read_groups
from benchmarks.recipe import ANNOTATIONS, FINE_TUNE, FOLDS, IMAGES
from sunspot_dash.domain.activity.group_shapes import GroupShape, TypeRule, group_shapes
from sunspot_dash.domain.activity.observation import observations
from sunspot_dash.domain.drawing.crop import model_image
from sunspot_dash.domain.drawing.disk import fit_limb
from sunspot_dash.domain.drawing.names import time_in_name
from sunspot_dash.domain.drawing.orientation import PRESETS
from sunspot_dash.domain.labels.coco import Coco, load_coco
from sunspot_dash.domain.spots.detections import DrawingResult
from sunspot_dash.domain.spots.group_types import ZURICH
from sunspot_dash.domain.spots.whole_spots import whole_spots
from sunspot_dash.io.images import read_rgb, to_grey
from sunspot_dash.services.models.evaluation import truth_of

PENUMBRAE, LARGE = (4.0, 6.0, 10.0, 15.0), (1.25, 1.5, 2.0, 2.5)
RULES = [TypeRule(*values) for values in product(PENUMBRAE, LARGE)]
BIPOLAR = "BCDEFG"


def typed_groups(name: str, coco: Coco) -> list[tuple[str, list[GroupShape]]]:
    """Return the observer's type of each group of a labelled drawing, and its shape under each of RULES."""
    groups = read_groups().get(name, [])
    spots = tuple(truth_of(name, coco))
    if not groups or not spots:
        return []
    grey = to_grey(read_rgb(IMAGES / name))
    disk, orientation = fit_limb(grey), PRESETS["uset"]
    when = time_in_name(name)
    assert when is not None
    image = model_image(grey, disk, FINE_TUNE.radius)
    wholes = whole_spots(image, FINE_TUNE.radius, disk, [spot.outline for spot in spots])
    height, width = grey.shape
    result = DrawingResult(name, width, height, disk, spots, "labels", "labels", "labels", 0.0, 0.0)
    (seen,) = observations([(result, orientation, np.datetime64(when.replace(tzinfo=None)))])
    seen = in_observers_groups(seen, groups, disk.radius)
    by_rule = [group_shapes(seen, wholes, disk, orientation, rule) for rule in RULES]
    types = [groups[own - 1].type for own in seen.groups.number.tolist()]
    return [(types[i], [shapes[i] for shapes in by_rule]) for i in range(len(types)) if types[i] in ZURICH]


def share(pairs: Sequence[tuple[str, str]]) -> float | None:
    """Return the share of equal pairs."""
    return float(np.mean([theirs == ours for theirs, ours in pairs])) if pairs else None


def main() -> None:
    coco = load_coco(ANNOTATIONS)
    folds = [[(name, *one) for name in fold for one in typed_groups(name, coco)] for fold in FOLDS]
    names, pairs, lengths = [], [], []
    for number, fold in enumerate(folds):
        others = [one for k, some in enumerate(folds) if k != number for one in some]
        hits = [sum(theirs == shapes[k].zurich for _, theirs, shapes in others) for k in range(len(RULES))]
        best = int(np.argmax(hits))
        names += [name for name, *_ in fold]
        pairs += [(theirs, shapes[best].zurich) for _, theirs, shapes in fold]
        lengths += [(theirs, shapes[best].length_deg) for _, theirs, shapes in fold]
        print(f"fold {number}: {len(fold)} groups, {RULES[best]}")
    majority = Counter(theirs for theirs, _ in pairs).most_common(1)[0]
    low, high = interval(pairs, names, share)
    print(f"{len(pairs)} groups: same type {share(pairs):.3f} (95 % interval {low:.3f} to {high:.3f})")
    print(f"always {majority[0]}: {majority[1] / len(pairs):.3f}")
    sides = [("12"[a in BIPOLAR], "12"[b in BIPOLAR]) for a, b in pairs]
    low, high = interval(sides, names, share)
    print(f"bipolar or not: {share(sides):.3f} ({low:.3f} to {high:.3f})")
    near = [
        (a, b)
        for a, b in pairs
        if a == b or abs("ABCDEFG".find(a) - "ABCDEFG".find(b)) == 1 or {a, b} == {"H", "J"}
    ]
    print(f"same or the next type: {len(near) / len(pairs):.3f}")
    counts = Counter(pairs)
    print("observer \\ proposed " + " ".join(f"{ours:>3}" for ours in ZURICH))
    for theirs in ZURICH:
        print(f"{theirs:>19} " + " ".join(f"{counts[theirs, ours]:>3}" for ours in ZURICH))
    for ours in ZURICH:
        if total := sum(counts[theirs, ours] for theirs in ZURICH):
            print(f"proposed {ours}: the observer's for {counts[ours, ours] / total:.2f} of {total} groups")
    for letter in "DEFG":
        own = [length for theirs, length in lengths if theirs == letter]
        if own:
            print(
                f"length of {letter}: median {np.median(own):.1f} degrees, {min(own):.1f} to {max(own):.1f}"
            )


if __name__ == "__main__":
    main()
