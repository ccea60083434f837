"""Umbrae segmented at a click, compared with the labels.

    python benchmarks/click.py

Every labelled spot is clicked at its centroid, and again with an error of 2 px (one sigma) in each direction. The real
drawings are read from the folder `shared/uset` beside the checkout. The constants of `umbra_at` were chosen on the date
blocks with odd numbers; those with even numbers were not used for it.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sunspot_dash.domain.drawing.disk import fit_limb
from sunspot_dash.domain.drawing.names import time_in_name
from sunspot_dash.domain.labels.coco import Coco, load_coco, spot_polygons
from sunspot_dash.domain.labels.polygons import area_and_centroid, inside_pixels
from sunspot_dash.domain.labels.split import date_blocks
from sunspot_dash.domain.review.umbra import umbra_at
from sunspot_dash.io.images import read_rgb, to_grey
from sunspot_dash.services.drawing.grey import open_grey

LABELLED = Path(__file__).resolve().parents[2] / "shared" / "uset" / "labelled"
ERRORS_PX = (0.0, 2.0)
GOOD_OVERLAP = 0.5
FINE = 8  # overlaps are counted on a grid this many times finer than the pixels
SEED = 0


@dataclass(frozen=True)
class Click:
    """A click on a labelled spot, and what it found.

    Attributes:
        year: of the drawing; tuning: whether its date block has an odd number.
        error_px: of the click, one sigma in each direction; area_px: of the label, px^2.
        overlap: intersection over union with the label, None if nothing was found.
        centred: the same after the outline is moved to the label's centroid: what the position of the label costs.
        seconds: from the click to the outline, with the window read from the file.
    """

    year: int
    tuning: bool
    error_px: float
    area_px: float
    overlap: float | None
    centred: float | None
    seconds: float

    @property
    def is_good(self) -> bool:
        return self.overlap is not None and self.overlap >= GOOD_OVERLAP


SIZES: dict[str, Callable[[Click], bool]] = {
    "all": lambda click: True,
    "below 30 px2": lambda click: click.area_px < 30,
    "30-100 px2": lambda click: 30 <= click.area_px <= 100,
    "above 100 px2": lambda click: click.area_px > 100,
    "1940": lambda click: click.year == 1940,
    "1941-48": lambda click: 1941 <= click.year <= 1948,
    "1954-56": lambda click: 1954 <= click.year <= 1956,
    "2024": lambda click: click.year == 2024,
}


def overlap(one: np.ndarray, other: np.ndarray) -> float:
    """Return the intersection over union of two polygons (n, 2)."""
    low = np.floor(np.minimum(one.min(axis=0), other.min(axis=0)))
    size = np.ceil(np.maximum(one.max(axis=0), other.max(axis=0)) - low)
    width, height = (FINE * size.astype(int)).tolist()
    masks = []
    for outline in (one, other):
        mask = np.zeros((height, width), bool)
        rows, columns, inside = inside_pixels(FINE * (outline - low), height, width)
        mask[rows, columns] = inside
        masks.append(mask)
    return float((masks[0] & masks[1]).sum() / max((masks[0] | masks[1]).sum(), 1))


def clicks_on(name: str, tuning: bool, coco: Coco, folder: Path) -> Iterator[Click]:
    """Yield the clicks on the labels of one drawing; the folder receives its grey file."""
    grey = to_grey(read_rgb(LABELLED / "images" / name))
    radius = fit_limb(grey).radius
    path = folder / f"{name}.npy"
    np.save(path, grey)
    height, width = grey.shape
    del grey
    when = time_in_name(name)
    assert when is not None
    for error_px in ERRORS_PX:
        # The same errors whatever the other drawings.
        random = np.random.default_rng([SEED, int(f"{when:%Y%m%d%H%M}")])
        for label in spot_polygons(coco.annotations.get(name, [])):
            area, centre = area_and_centroid(label)
            x, y = np.clip(centre + random.normal(0, 1, 2) * error_px, 0, [width, height])
            begin = time.perf_counter()
            found = umbra_at(open_grey(path), float(x), float(y), radius)
            seconds = time.perf_counter() - begin
            both: tuple[float | None, float | None] = (None, None)
            if found is not None:
                moved = found + centre - area_and_centroid(found)[1]
                both = overlap(found, label), overlap(moved, label)
            yield Click(when.year, tuning, error_px, area, *both, seconds)
    path.unlink()


def table(clicks: Sequence[Click]) -> str:
    """Return a table of clicks by size of the label and year of the drawing."""
    lines = [
        f"{'':15}{'clicks':>8}{'IoU>=.5':>9}{'centred':>9}{'median':>8}{'nothing':>9}{'p50 ms':>8}{'p95 ms':>8}"
    ]
    for what, belongs in SIZES.items():
        if some := [click for click in clicks if belongs(click)]:
            good = np.mean([click.is_good for click in some])
            centred = np.mean([(click.centred or 0) >= GOOD_OVERLAP for click in some])
            median = np.median([click.overlap or 0 for click in some])
            nothing = np.mean([click.overlap is None for click in some])
            p50, p95 = np.percentile([1000 * click.seconds for click in some], [50, 95])
            lines.append(
                f"{what:15}{len(some):8}{good:9.3f}{centred:9.3f}{median:8.3f}{nothing:9.3f}{p50:8.1f}{p95:8.1f}"
            )
    return "\n".join(lines)


def main() -> None:
    """Click every label and print the tables of both halves."""
    coco = load_coco(LABELLED / "annotations" / "instances_default.json")
    blocks = date_blocks({name: time_in_name(name) for name in coco.images})
    clicks: list[Click] = []
    with TemporaryDirectory() as folder:
        for number, names in enumerate(blocks, start=1):
            for name in names:
                clicks += clicks_on(name, number % 2 == 1, coco, Path(folder))
    for tuning, half in ((True, "tuning half (odd date blocks)"), (False, "report half (even date blocks)")):
        for error_px in ERRORS_PX:
            some = [click for click in clicks if (click.tuning, click.error_px) == (tuning, error_px)]
            print(f"\n{half}, clicks with an error of {error_px:g} px\n{table(some)}", flush=True)


if __name__ == "__main__":
    main()
