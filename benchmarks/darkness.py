"""Detect spots without a network, out of fold: a stand-in for the networks of five folds, made in minutes on a CPU.

    python benchmarks/darkness.py FOLDER

Candidates are small dark blobs. The trees of the candidate classifier are fitted to those of the other folds of
`folds.json`, without drawings within the embargo, so that every confidence in FOLDER is out of fold. These results are
far weaker than the shipped model's: `python benchmarks/doubt.py FOLDER` prints their F1.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import typer

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.candidate_classifier import fit_ensemble, is_spot
from benchmarks.recipe import ANNOTATIONS, FOLDS, IMAGES
from sunspot_dash.domain.activity.observation import observation_time
from sunspot_dash.domain.drawing.crop import model_image, page_to_model, transform
from sunspot_dash.domain.drawing.disk import Disk, fit_limb
from sunspot_dash.domain.drawing.names import date_and_time
from sunspot_dash.domain.labels.coco import Coco, load_coco
from sunspot_dash.domain.labels.split import too_close
from sunspot_dash.domain.scoring.matching import tolerance_px
from sunspot_dash.domain.spots.detections import DrawingResult
from sunspot_dash.domain.spots.features import candidate_features
from sunspot_dash.domain.spots.instances import Candidate
from sunspot_dash.domain.spots.latitude_limit import limit_latitude
from sunspot_dash.files import file_sha256
from sunspot_dash.io.images import read_rgb, to_grey
from sunspot_dash.io.results import write_result
from sunspot_dash.ml.config import FLOOR
from sunspot_dash.ml.infer import find_candidates, to_spots
from sunspot_dash.ml.inputs import speck_level
from sunspot_dash.services.models.evaluation import truth_of

RADIUS = 740  # px of the disk
BLOB_PX = (1.2, 3.0)  # standard deviations of the two Gaussians whose difference finds blobs
FULL_BLOB, FULL_INK = 60, 120  # grey levels that count as 1 in the maps
MOST = 600  # strongest candidates of a drawing
NAME = "darkness"


def main(folder: Path) -> None:
    """Write a result for every labelled drawing, with candidates above the floor."""
    coco = load_coco(ANNOTATIONS)
    seen = {name: candidates_of(name, coco) for fold in FOLDS for name in fold}
    for number, fold in enumerate(FOLDS):
        others = [name for name in seen if name not in fold and not too_close(name, fold)]
        features = np.concatenate([seen[name][2] for name in others])
        ensemble = fit_ensemble(features, np.concatenate([seen[name][3] for name in others]))
        for name in fold:
            result, candidates, features, _ = seen[name]
            confidence = ensemble.confidence(features)
            found = [replace(c, confidence=float(p)) for c, p in zip(candidates, confidence, strict=True)]
            spots = to_spots([c for c in found if c.confidence >= FLOOR], result.disk, RADIUS)
            when = observation_time(*date_and_time(name))
            kept = tuple(limit_latitude(spots, result.disk, when, FLOOR))
            write_result(folder, replace(result, spots=kept))
        print(f"fold {number}: {len(others)} drawings to fit on, {len(fold)} held out", flush=True)


def candidates_of(name: str, coco: Coco) -> tuple[DrawingResult, list[Candidate], np.ndarray, np.ndarray]:
    """Return a result without spots, the n candidates, their features (n, f), and which are labelled spots (n,)."""
    grey = to_grey(read_rgb(IMAGES / name))
    disk = fit_limb(grey)
    image = model_image(grey, disk, RADIUS)
    found = find_candidates(maps_of(image), image, RADIUS, FLOOR, None)
    found = sorted(found, key=lambda candidate: -candidate.confidence)[:MOST]
    result = DrawingResult(
        name, grey.shape[1], grey.shape[0], disk, (), NAME, "none", file_sha256(IMAGES / name), FLOOR, 0.0
    )
    features = candidate_features(found, image, RADIUS, speck_level(image))
    xy = np.array([(c.x, c.y) for c in found]).reshape(-1, 2)
    confidence = np.array([c.confidence for c in found])
    return result, found, features, is_spot(xy, confidence, truth_xy(name, coco, disk), tolerance_px(RADIUS))


def truth_xy(name: str, coco: Coco, disk: Disk) -> np.ndarray:
    """Return the centres of the labels at the scale of the model, (m, 2)."""
    centres = np.array([(spot.x, spot.y) for spot in truth_of(name, coco)]).reshape(-1, 2)
    return transform(page_to_model(disk, RADIUS), centres)


def maps_of(image: np.ndarray) -> np.ndarray:
    """Return ink and blobs of a model image (S, S) uint8 in place of the network's maps, (2, S, S) float32, 0 to 1."""
    # Outside the disk the image is black: it becomes paper.
    ink = np.where(image == 0, 0, 255 - image.astype(np.float32))
    fine, coarse = (cv2.GaussianBlur(ink, (0, 0), sigma) for sigma in BLOB_PX)
    return np.clip([ink / FULL_INK, (fine - coarse) / FULL_BLOB], 0, 1).astype(np.float32)


if __name__ == "__main__":
    typer.run(main)
