"""What networks found on drawings they never saw: maps kept on disk, candidates and their features made from them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from benchmarks.second_look import grow, is_spot
from sunspot_dash.domain.coco import Coco
from sunspot_dash.domain.context import candidate_features
from sunspot_dash.domain.crop import model_image
from sunspot_dash.domain.detections import DrawingResult
from sunspot_dash.domain.disk import fit_limb
from sunspot_dash.domain.forest import Forest
from sunspot_dash.io.images import read_rgb, to_grey
from sunspot_dash.io.results import result_path, stream_results, write_result
from sunspot_dash.ml.config import FLOOR
from sunspot_dash.ml.infer import find_candidates, on_page, probability_maps
from sunspot_dash.ml.inputs import speck_level
from sunspot_dash.services.evaluation import truth_of
from sunspot_dash.services.inference import LoadedModel
from sunspot_dash.workspace import file_sha256

# Probabilities below this are kept as 0: the files are then a tenth of the size.
NOTHING = 0.003


def keep_maps(weights: Path, paths: list[Path], folder: Path) -> None:
    """Run a network over drawings; keep its maps and, as a result file, the drawing's disk and candidates."""
    model = LoadedModel.load(weights, "auto")
    for path in paths:
        rgb = read_rgb(path)
        grey = to_grey(rgb)
        disk, radius = fit_limb(grey), model.card.radius
        image = model_image(grey, disk, radius)
        maps = probability_maps(model.network, image, radius, model.device)
        maps[maps < NOTHING] = 0
        spots = on_page(find_candidates(maps, image, radius, FLOOR, None), disk, radius)
        height, width = grey.shape
        hashes = model.sha256, file_sha256(path)
        found = DrawingResult(
            path.name, width, height, disk, tuple(spots), model.card.name, *hashes, FLOOR, 0.0
        )
        written = write_result(folder, found)
        np.savez_compressed(written.with_suffix(".npz"), maps=maps)


def features_of(result: DrawingResult, folder: Path, image: Path, radius: int) -> np.ndarray:
    """The features (n, f) float32 of a kept drawing's candidates; `image` is the drawing's file."""
    maps = np.load(result_path(folder, result.name).with_suffix(".npz"))["maps"]
    seen = model_image(to_grey(read_rgb(image)), result.disk, radius)
    candidates = find_candidates(maps, seen, radius, FLOOR, None)
    assert len(candidates) == len(result.spots), "other code made this result: run its fold again"
    return candidate_features(candidates, seen, radius, speck_level(seen))


@dataclass
class Folds:
    """What the network alone found on each fold's drawings, ready to be judged by a second look.

    Attributes:
        results, features, spots: by fold: the drawings, their candidates' features, and which are spots.
    """

    coco: Coco
    results: dict[int, list[DrawingResult]]
    features: dict[int, list[np.ndarray]]
    spots: dict[int, list[np.ndarray]]

    @classmethod
    def read(cls, output: Path, count: int, images: Path, coco: Coco, radius: int) -> Folds:
        """Those of `count` folds that have run; their maps lie in output/fold{number}."""
        found = {k: list(stream_results(output / f"fold{k}")) for k in range(count)}
        results = {k: drawings for k, drawings in found.items() if drawings}
        features = {
            k: [features_of(r, output / f"fold{k}", images / r.name, radius) for r in drawings]
            for k, drawings in results.items()
        }
        spots = {k: [is_spot(r, truth_of(r.name, coco)) for r in found] for k, found in results.items()}
        return cls(coco, results, features, spots)

    def forest(self, without: frozenset[int]) -> Forest:
        """The second look grown from all folds but some."""
        used = [k for k in self.results if k not in without]
        return grow(
            np.concatenate([each for k in used for each in self.features[k]]),
            np.concatenate([each for k in used for each in self.spots[k]]),
        )

    def judged(self, k: int, forest: Forest) -> list[DrawingResult]:
        """A fold's drawings with the confidences of a second look."""
        return [
            replace(
                result,
                spots=tuple(
                    replace(spot, confidence=float(p))
                    for spot, p in zip(result.spots, forest.confidence(features), strict=True)
                ),
            )
            for result, features in zip(self.results[k], self.features[k], strict=True)
        ]
