"""Candidates on held-out drawings: the network's maps on disk, and the candidates and features computed from them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from zlib import crc32

import numpy as np
from scipy.spatial.distance import cdist

from benchmarks.candidate_classifier import fit_ensemble, is_spot
from benchmarks.erase_spots import erase_spots
from sunspot_dash.domain.activity.observation import observation_time
from sunspot_dash.domain.drawing.crop import model_image, page_to_model, transform
from sunspot_dash.domain.drawing.disk import fit_limb
from sunspot_dash.domain.drawing.names import date_and_time
from sunspot_dash.domain.labels.coco import Coco
from sunspot_dash.domain.scoring.matching import tolerance_px
from sunspot_dash.domain.spots.detections import DrawingResult, Spot
from sunspot_dash.domain.spots.features import candidate_features
from sunspot_dash.domain.spots.latitude_limit import limit_latitude
from sunspot_dash.domain.spots.tree_ensemble import TreeEnsemble
from sunspot_dash.files import file_sha256
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
    to_spots,
    view_maps,
)
from sunspot_dash.ml.inputs import speck_level
from sunspot_dash.services.models.detector import LoadedModel
from sunspot_dash.services.models.evaluation import truth_of

ALL_VIEWS = (UPRIGHT, MIRRORED, FLIPPED, TURNED)
# Radius, in R, within which spots are kept on a drawing with few spots.
KEPT_RADII = (0.02, 0.12)
# Radius, in matching tolerances, of the remains of an erased spot.
GHOST_TOLERANCES = 2
# Probabilities below this are stored as 0, which makes the files ten times smaller.
LEAST_PROBABILITY = 0.003


def keep_maps(weights: Path, paths: list[Path], folder: Path, coco: Coco, device: str = "auto") -> None:
    """Run a network on drawings in every view, as they are and with their spots erased.

    Its maps are stored and, as a result file without spots, the limb.
    """
    model = LoadedModel.load(weights, device)
    radius = model.card.radius

    def maps(image: np.ndarray) -> np.ndarray:
        seen = np.stack([view_maps(model.network, image, radius, model.device, view) for view in ALL_VIEWS])
        return np.where(seen < LEAST_PROBABILITY, 0, seen).astype(np.float16)

    for path in paths:
        grey = to_grey(read_rgb(path))
        height, width = grey.shape
        hashes = model.sha256, file_sha256(path)
        seen = DrawingResult(
            path.name, width, height, fit_limb(grey), (), model.card.name, *hashes, FLOOR, 0.0
        )
        drawing = LabelledDrawing.of(seen, grey, coco, radius)
        kept = write_result(folder, seen).with_suffix(".npz")
        np.savez_compressed(kept, maps=maps(drawing.image), emptied=maps(drawing.bare))


@dataclass(frozen=True)
class LabelledDrawing:
    """A labelled drawing at the model's scale, with and without its spots.

    Attributes:
        image: (S, S) uint8; bare: the same with the spots erased.
        spots: (n, 2) float, their centres.
    """

    image: np.ndarray
    bare: np.ndarray
    spots: np.ndarray

    @classmethod
    def of(cls, seen: DrawingResult, grey: np.ndarray, coco: Coco, radius: int) -> LabelledDrawing:
        """Prepare a drawing with the limb of `seen` and the labels of `coco`."""
        to_model = page_to_model(seen.disk, radius)
        truth = truth_of(seen.name, coco)
        image = model_image(grey, seen.disk, radius)
        outlines = [transform(to_model, spot.outline) for spot in truth]
        centres = transform(to_model, np.array([(spot.x, spot.y) for spot in truth]).reshape(-1, 2))
        return cls(image, erase_spots(image, outlines, crc32(seen.name.encode())), centres)


@dataclass(frozen=True)
class DrawingCandidates:
    """Candidates of the network on one drawing: the result with the network's confidences, and (n, f) features."""

    result: DrawingResult
    features: np.ndarray

    def rescored(self, ensemble: TreeEnsemble) -> DrawingResult:
        """Return the result with the confidences of the candidate classifier."""
        confidences = ensemble.confidence(self.features)
        spots = (
            replace(spot, confidence=float(p)) for spot, p in zip(self.result.spots, confidences, strict=True)
        )
        return _limit_latitude(self.result, spots)


@dataclass(frozen=True)
class TrainingSample:
    """Candidates with known truth: (n, f) float32 features, and (n,) bool, True for spots."""

    features: np.ndarray
    spots: np.ndarray


@dataclass
class Folds:
    """Candidates of the network on each fold's drawings, ready for the candidate classifier.

    Attributes:
        drawings: per fold, as in inference.
        samples: per fold and drawing, training samples of the classifier: the same drawings in every pair of views, so
            that the trees learn how much a confidence varies by chance; and again with all spots erased, or all but
            those of one place, because the labelled drawings all have many spots.
    """

    coco: Coco
    drawings: dict[int, list[DrawingCandidates]]
    samples: dict[int, dict[str, list[TrainingSample]]]

    @classmethod
    def read(cls, output: Path, count: int, images: Path, coco: Coco, radius: int) -> Folds:
        """Read those of `count` folds that have been run; their maps are in output/fold{number}."""
        folds = cls(coco, {}, {})
        for k in range(count):
            for kept, drawing, full, bare in kept_maps(output / f"fold{k}", images, coco, radius):
                folds.drawings.setdefault(k, []).append(
                    inference_candidates(kept, drawing.image, full, radius)
                )
                samples = list(training_samples(drawing, full, bare, radius, kept.name))
                folds.samples.setdefault(k, {})[kept.name] = samples
        return folds

    def ensemble(self, without: Iterable[int] = ()) -> TreeEnsemble:
        """Fit the tree ensemble to all folds except some."""
        return self.ensemble_of(
            {name for k, found in self.samples.items() if k not in set(without) for name in found}
        )

    def ensemble_of(self, names: Collection[str]) -> TreeEnsemble:
        """Fit the tree ensemble to drawings."""
        used = [
            sample
            for found in self.samples.values()
            for name, samples in found.items()
            if name in names
            for sample in samples
        ]
        return fit_ensemble(
            np.concatenate([sample.features for sample in used]),
            np.concatenate([sample.spots for sample in used]),
        )

    def network_only(self, k: int) -> list[DrawingResult]:
        """Return a fold's drawings with the network's confidences."""
        return [found.result for found in self.drawings[k]]

    def rescored(self, k: int, ensemble: TreeEnsemble) -> list[DrawingResult]:
        """Return a fold's drawings with the confidences of the candidate classifier."""
        return [found.rescored(ensemble) for found in self.drawings[k]]


def kept_maps(
    folder: Path, images: Path, coco: Coco, radius: int
) -> Iterator[tuple[DrawingResult, LabelledDrawing, np.ndarray, np.ndarray]]:
    """Yield what `keep_maps` has stored in a folder: result, drawing, its maps, and those without its spots."""
    for kept in stream_results(folder):
        drawing = LabelledDrawing.of(kept, to_grey(read_rgb(images / kept.name)), coco, radius)
        maps = np.load(result_path(folder, kept.name).with_suffix(".npz"))
        yield kept, drawing, *(maps[name].astype(np.float32) for name in ("maps", "emptied"))


def inference_candidates(
    kept: DrawingResult, image: np.ndarray, maps: np.ndarray, radius: int
) -> DrawingCandidates:
    """Return the candidates of a drawing in the views used in inference."""
    used = np.mean([maps[ALL_VIEWS.index(view)] for view in VIEWS], axis=0)
    candidates = find_candidates(used, image, radius, FLOOR, None)
    result = replace(kept, spots=tuple(to_spots(candidates, kept.disk, radius)))
    return DrawingCandidates(result, candidate_features(candidates, image, radius, speck_level(image)))


def training_samples(
    drawing: LabelledDrawing, full: np.ndarray, bare: np.ndarray, radius: int, name: str
) -> Iterable[TrainingSample]:
    """Yield samples of a drawing in every pair of views: as it is, without spots, and with those of one place only.

    A map depends only on nearby ink, so the maps of a drawing with few spots are combined from the two computed ones.
    """
    random = np.random.default_rng(crc32(name.encode()))
    size = drawing.image.shape[0]
    pairs = list(combinations(range(len(ALL_VIEWS)), 2))
    everywhere = np.ones((size, size), bool)
    for pair in pairs:
        yield training_sample(drawing, full, bare, everywhere, pair, radius)
        yield training_sample(drawing, full, bare, ~everywhere, pair, radius)
    if not len(drawing.spots):
        return
    along = np.arange(size) + 0.5
    for first in range(0, len(pairs), 2):
        x, y = drawing.spots[random.integers(len(drawing.spots))]
        kept_area = np.hypot(along - x, along[:, None] - y) <= random.uniform(*KEPT_RADII) * radius
        for pair in pairs[first : first + 2]:
            yield training_sample(drawing, full, bare, kept_area, pair, radius)


def training_sample(
    drawing: LabelledDrawing,
    full: np.ndarray,
    bare: np.ndarray,
    kept_area: np.ndarray,
    pair: tuple[int, int],
    radius: int,
) -> TrainingSample:
    """Return the sample of a drawing in two views, its spots kept where `kept_area`, (S, S) bool, and erased elsewhere.

    Candidates at erased spots are excluded, because the penumbra is still there.
    """
    image = np.where(kept_area, drawing.image, drawing.bare)
    views = list(pair)
    maps = np.where(kept_area, full[views], bare[views]).mean(axis=0)
    candidates = find_candidates(maps, image, radius, FLOOR, None)
    features = candidate_features(candidates, image, radius, speck_level(image))
    xy = np.array([(c.x, c.y) for c in candidates]).reshape(-1, 2)
    confidence = np.array([c.confidence for c in candidates])
    columns, rows = np.clip(drawing.spots.astype(int), 0, image.shape[0] - 1).T
    stay = kept_area[rows, columns]
    spots = is_spot(xy, confidence, drawing.spots[stay], tolerance_px(radius))
    gone = drawing.spots[~stay]
    ghosts = (cdist(xy, gone) <= GHOST_TOLERANCES * tolerance_px(radius)).any(axis=1) & ~spots
    return TrainingSample(features[~ghosts], spots[~ghosts])


def _limit_latitude(result: DrawingResult, spots: Iterable[Spot]) -> DrawingResult:
    """Return a drawing with these spots, limited in latitude as in inference."""
    when = observation_time(*date_and_time(result.name))
    return replace(result, spots=tuple(limit_latitude(spots, result.disk, when, FLOOR)))
