"""What networks found on drawings they never saw: maps kept on disk, candidates and their features made from them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from zlib import crc32

import numpy as np
from scipy.spatial.distance import cdist

from benchmarks.candidate_classifier import grow, is_spot
from benchmarks.erase_spots import emptied
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
# Of a sheet with a few spots: the reach, in radii, within which they are left.
LEFT = (0.02, 0.12)
# Reach, in tolerances of a match, of what a rubbed-out spot leaves behind.
GHOST = 2
# Probabilities below this are kept as 0: the files are then a tenth of the size.
NOTHING = 0.003


def keep_maps(weights: Path, paths: list[Path], folder: Path, coco: Coco) -> None:
    """Run a network over drawings in every view, as they are and emptied of their spots.

    Its maps are kept and, as a result file without spots, the disk.
    """
    model = LoadedModel.load(weights, "auto")
    radius = model.card.radius

    def maps(image: np.ndarray) -> np.ndarray:
        seen = np.stack([view_maps(model.network, image, radius, model.device, view) for view in ALL_VIEWS])
        return np.where(seen < NOTHING, 0, seen).astype(np.float16)

    for path in paths:
        grey = to_grey(read_rgb(path))
        height, width = grey.shape
        hashes = model.sha256, file_sha256(path)
        seen = DrawingResult(
            path.name, width, height, fit_limb(grey), (), model.card.name, *hashes, FLOOR, 0.0
        )
        sheet = Sheet.of(seen, grey, coco, radius)
        kept = write_result(folder, seen).with_suffix(".npz")
        np.savez_compressed(kept, maps=maps(sheet.image), emptied=maps(sheet.bare))


@dataclass(frozen=True)
class Sheet:
    """A labelled drawing at the model's scale, with and without its spots.

    Attributes:
        image: (S, S) uint8; bare: the same without its spots.
        spots: (n, 2) float, their centres.
    """

    image: np.ndarray
    bare: np.ndarray
    spots: np.ndarray

    @classmethod
    def of(cls, seen: DrawingResult, grey: np.ndarray, coco: Coco, radius: int) -> Sheet:
        to_model = page_to_model(seen.disk, radius)
        truth = truth_of(seen.name, coco)
        image = model_image(grey, seen.disk, radius)
        outlines = [transform(to_model, spot.outline) for spot in truth]
        centres = transform(to_model, np.array([(spot.x, spot.y) for spot in truth]).reshape(-1, 2))
        return cls(image, emptied(image, outlines, crc32(seen.name.encode())), centres)


@dataclass(frozen=True)
class Found:
    """A network's candidates on one drawing: the drawing with them at its own confidence, and (n, f) features."""

    result: DrawingResult
    features: np.ndarray


@dataclass(frozen=True)
class TrainingSample:
    """Candidates of known truth: (n, f) float32 features, and (n,) bool which of them are spots."""

    features: np.ndarray
    spots: np.ndarray


@dataclass
class Folds:
    """What the network alone found on each fold's drawings, ready to be judged by a second look.

    Attributes:
        drawings: by fold, as inference sees them.
        lessons: by fold, what a second look is grown from: the same drawings as seen in every pair of views, for a
            pair is as good as any other, and from six the forest learns what is chance in a confidence; and again
            emptied of all spots or of all but those of one place, for all that is labelled is sheets with many.
    """

    coco: Coco
    drawings: dict[int, list[Found]]
    lessons: dict[int, list[TrainingSample]]

    @classmethod
    def read(cls, output: Path, count: int, images: Path, coco: Coco, radius: int) -> Folds:
        """Those of `count` folds that have run; their maps lie in output/fold{number}."""
        folds = cls(coco, {}, {})
        for k in range(count):
            for kept in stream_results(output / f"fold{k}"):
                sheet = Sheet.of(kept, to_grey(read_rgb(images / kept.name)), coco, radius)
                maps = np.load(result_path(output / f"fold{k}", kept.name).with_suffix(".npz"))
                full, bare = (maps[name].astype(np.float32) for name in ("maps", "emptied"))
                folds.drawings.setdefault(k, []).append(_found(kept, sheet.image, full, radius))
                folds.lessons.setdefault(k, []).extend(lessons_of(sheet, full, bare, radius, kept.name))
        return folds

    def ensemble(self, without: Iterable[int] = ()) -> TreeEnsemble:
        """The second look grown from all folds but some."""
        used = [lesson for k, lessons in self.lessons.items() if k not in set(without) for lesson in lessons]
        return grow(
            np.concatenate([lesson.features for lesson in used]),
            np.concatenate([lesson.spots for lesson in used]),
        )

    def alone(self, k: int) -> list[DrawingResult]:
        """A fold's drawings as the network alone found them."""
        return [found.result for found in self.drawings[k]]

    def judged(self, k: int, ensemble: TreeEnsemble) -> list[DrawingResult]:
        """A fold's drawings with the confidences of a second look."""
        return [
            _in_belts(
                found.result,
                (
                    replace(spot, confidence=float(p))
                    for spot, p in zip(found.result.spots, ensemble.confidence(found.features), strict=True)
                ),
            )
            for found in self.drawings[k]
        ]


def _found(kept: DrawingResult, image: np.ndarray, maps: np.ndarray, radius: int) -> Found:
    """The candidates of a drawing in the views that inference takes."""
    used = np.mean([maps[ALL_VIEWS.index(view)] for view in VIEWS], axis=0)
    candidates = find_candidates(used, image, radius, FLOOR, None)
    result = replace(kept, spots=tuple(to_spots(candidates, kept.disk, radius)))
    return Found(result, candidate_features(candidates, image, radius, speck_level(image)))


def lessons_of(
    sheet: Sheet, full: np.ndarray, bare: np.ndarray, radius: int, name: str
) -> Iterable[TrainingSample]:
    """A sheet in every pair of views: as it is, without spots, and with those of one place only.

    A map at one place is of what lies near it, so a sheet of few spots is pieced together from the two that were seen.
    """
    random = np.random.default_rng(crc32(name.encode()))
    size = sheet.image.shape[0]
    pairs = list(combinations(range(len(ALL_VIEWS)), 2))
    everywhere = np.ones((size, size), bool)
    for pair in pairs:
        yield lesson_of(sheet, full, bare, everywhere, pair, radius)
        yield lesson_of(sheet, full, bare, ~everywhere, pair, radius)
    if not len(sheet.spots):
        return
    along = np.arange(size) + 0.5
    for first in range(0, len(pairs), 2):
        x, y = sheet.spots[random.integers(len(sheet.spots))]
        left = np.hypot(along - x, along[:, None] - y) <= random.uniform(*LEFT) * radius
        for pair in pairs[first : first + 2]:
            yield lesson_of(sheet, full, bare, left, pair, radius)


def lesson_of(
    sheet: Sheet, full: np.ndarray, bare: np.ndarray, left: np.ndarray, pair: tuple[int, int], radius: int
) -> TrainingSample:
    """A sheet in two views, with its spots where `left` is True, (S, S) bool, and without them elsewhere.

    What is found where a spot was rubbed out is neither: its penumbra is still there.
    """
    image = np.where(left, sheet.image, sheet.bare)
    views = list(pair)
    maps = np.where(left, full[views], bare[views]).mean(axis=0)
    candidates = find_candidates(maps, image, radius, FLOOR, None)
    features = candidate_features(candidates, image, radius, speck_level(image))
    xy = np.array([(c.x, c.y) for c in candidates]).reshape(-1, 2)
    confidence = np.array([c.confidence for c in candidates])
    columns, rows = np.clip(sheet.spots.astype(int), 0, image.shape[0] - 1).T
    stay = left[rows, columns]
    spots = is_spot(xy, confidence, sheet.spots[stay], tolerance_px(radius))
    gone = sheet.spots[~stay]
    ghosts = (cdist(xy, gone) <= GHOST * tolerance_px(radius)).any(axis=1) & ~spots
    return TrainingSample(features[~ghosts], spots[~ghosts])


def _in_belts(result: DrawingResult, spots: Iterable[Spot]) -> DrawingResult:
    """A drawing with these spots, as inference keeps them."""
    when = observation_time(*date_and_time(result.name))
    return replace(result, spots=tuple(limit_latitude(spots, result.disk, when, FLOOR)))
