"""What networks found on drawings they never saw: maps kept on disk, candidates and their features made from them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path

import numpy as np

from benchmarks.second_look import grow, is_spot
from sunspot_dash.domain.belt import in_belts
from sunspot_dash.domain.coco import Coco
from sunspot_dash.domain.context import candidate_features
from sunspot_dash.domain.crop import model_image
from sunspot_dash.domain.detections import DrawingResult, Spot
from sunspot_dash.domain.disk import fit_limb
from sunspot_dash.domain.forest import Forest
from sunspot_dash.domain.names import date_and_time
from sunspot_dash.domain.sighting import moment
from sunspot_dash.io.images import read_rgb, to_grey
from sunspot_dash.io.results import result_path, stream_results, write_result
from sunspot_dash.ml.config import FLOOR
from sunspot_dash.ml.infer import (
    FLIPPED,
    MIRRORED,
    TURNED,
    UPRIGHT,
    VIEWS,
    find_candidates,
    on_page,
    view_maps,
)
from sunspot_dash.ml.inputs import speck_level
from sunspot_dash.services.evaluation import truth_of
from sunspot_dash.services.inference import LoadedModel
from sunspot_dash.workspace import file_sha256

ALL_VIEWS = (UPRIGHT, MIRRORED, FLIPPED, TURNED)
# Probabilities below this are kept as 0: the files are then a tenth of the size.
NOTHING = 0.003


def keep_maps(weights: Path, paths: list[Path], folder: Path) -> None:
    """Run a network over drawings in every view; keep its maps and, as a result file without spots, the disk."""
    model = LoadedModel.load(weights, "auto")
    for path in paths:
        grey = to_grey(read_rgb(path))
        disk, radius = fit_limb(grey), model.card.radius
        image = model_image(grey, disk, radius)
        maps = np.stack([view_maps(model.network, image, radius, model.device, view) for view in ALL_VIEWS])
        maps[maps < NOTHING] = 0
        height, width = grey.shape
        hashes = model.sha256, file_sha256(path)
        seen = DrawingResult(path.name, width, height, disk, (), model.card.name, *hashes, FLOOR, 0.0)
        np.savez_compressed(write_result(folder, seen).with_suffix(".npz"), maps=maps.astype(np.float16))


@dataclass(frozen=True)
class Found:
    """A network's candidates on one drawing.

    Attributes:
        result: the drawing with its candidates, at the network's own confidence.
        features: (n, f) float32; spots: (n,) bool, which of them are labelled.
    """

    result: DrawingResult
    features: np.ndarray
    spots: np.ndarray


@dataclass
class Folds:
    """What the network alone found on each fold's drawings, ready to be judged by a second look.

    Attributes:
        drawings: by fold, as inference sees them.
        lessons: by fold, the same drawings as seen in every pair of views: what a second look is grown from. A pair is
            as good as any other, and from six the forest learns what is chance in a confidence.
    """

    coco: Coco
    drawings: dict[int, list[Found]]
    lessons: dict[int, list[Found]]

    @classmethod
    def read(cls, output: Path, count: int, images: Path, coco: Coco, radius: int) -> Folds:
        """Those of `count` folds that have run; their maps lie in output/fold{number}."""
        folds = cls(coco, {}, {})
        for k in range(count):
            for kept in stream_results(output / f"fold{k}"):
                image = model_image(to_grey(read_rgb(images / kept.name)), kept.disk, radius)
                maps = np.load(result_path(output / f"fold{k}", kept.name).with_suffix(".npz"))["maps"]
                by_view = dict(zip(ALL_VIEWS, maps.astype(np.float32), strict=True))
                pairs = {
                    pair: folds._found(kept, image, np.mean([by_view[view] for view in pair], axis=0), radius)
                    for pair in combinations(ALL_VIEWS, 2)
                }
                folds.drawings.setdefault(k, []).append(pairs[VIEWS])
                folds.lessons.setdefault(k, []).extend(pairs.values())
        return folds

    def _found(self, kept: DrawingResult, image: np.ndarray, maps: np.ndarray, radius: int) -> Found:
        candidates = find_candidates(maps, image, radius, FLOOR, None)
        result = replace(kept, spots=tuple(on_page(candidates, kept.disk, radius)))
        features = candidate_features(candidates, image, radius, speck_level(image))
        return Found(result, features, is_spot(result, truth_of(kept.name, self.coco)))

    def forest(self, without: Iterable[int] = ()) -> Forest:
        """The second look grown from all folds but some."""
        used = [found for k, lessons in self.lessons.items() if k not in set(without) for found in lessons]
        return grow(
            np.concatenate([found.features for found in used]),
            np.concatenate([found.spots for found in used]),
        )

    def alone(self, k: int) -> list[DrawingResult]:
        """A fold's drawings as the network alone found them."""
        return [found.result for found in self.drawings[k]]

    def judged(self, k: int, forest: Forest) -> list[DrawingResult]:
        """A fold's drawings with the confidences of a second look."""
        return [
            _in_belts(
                found.result,
                (
                    replace(spot, confidence=float(p))
                    for spot, p in zip(found.result.spots, forest.confidence(found.features), strict=True)
                ),
            )
            for found in self.drawings[k]
        ]


def _in_belts(result: DrawingResult, spots: Iterable[Spot]) -> DrawingResult:
    """A drawing with these spots, as inference keeps them."""
    when = moment(*date_and_time(result.name))
    return replace(result, spots=tuple(in_belts(spots, result.disk, when, FLOOR)))
