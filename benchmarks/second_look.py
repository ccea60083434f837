"""Grow the second look: a random forest over candidates on drawings that the network never saw."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from sklearn.ensemble import RandomForestClassifier

from sunspot_dash.domain.context import candidate_features
from sunspot_dash.domain.crop import model_image, page_to_model, transform
from sunspot_dash.domain.detections import DrawingResult, Spot
from sunspot_dash.domain.forest import LEAF, Forest
from sunspot_dash.domain.instances import Candidate
from sunspot_dash.domain.matching import tolerance_px
from sunspot_dash.io.images import read_rgb, to_grey
from sunspot_dash.ml.inputs import speck_level

TREES, DEPTH, FEATURES_A_NODE = 200, 6, 0.4


def features_of(result: DrawingResult, path: Path, radius: int) -> np.ndarray:
    """The features of a result's candidates, (n, f) float32; path is the drawing's."""
    image = model_image(to_grey(read_rgb(path)), result.disk, radius)
    affine = page_to_model(result.disk, radius)
    candidates = []
    for spot in result.spots:
        ((x, y),) = transform(affine, np.array([[spot.x, spot.y]]))
        candidates.append(Candidate(x, y, spot.confidence, transform(affine, spot.outline)))
    return candidate_features(candidates, image, radius, speck_level(image))


def is_spot(result: DrawingResult, truth: list[Spot]) -> np.ndarray:
    """Which candidates are labelled spots, (n,) bool: each label goes to the surest candidate at its place."""
    centres = np.array([(spot.x, spot.y) for spot in truth]).reshape(-1, 2)
    found = np.zeros(len(result.spots), bool)
    for i in np.argsort([-spot.confidence for spot in result.spots], kind="stable"):
        away = np.hypot(*(centres - [result.spots[i].x, result.spots[i].y]).T)
        if len(away) and away.min() <= tolerance_px(result.disk.radius):
            found[i] = True
            centres[away.argmin()] = np.inf
    return found


def grow(features: np.ndarray, spots: np.ndarray) -> Forest:
    """A forest from (n, f) features and (n,) bool."""
    model = RandomForestClassifier(TREES, max_depth=DEPTH, max_features=FEATURES_A_NODE, random_state=0)
    trees = [estimator.tree_ for estimator in model.fit(features, spots).estimators_]
    sizes = [tree.node_count for tree in trees]
    roots = np.cumsum([0, *sizes[:-1]])
    inner = np.concatenate([tree.children_left for tree in trees]) >= 0
    left = np.concatenate([tree.children_left + root for tree, root in zip(trees, roots, strict=True)])
    right = np.concatenate([tree.children_right + root for tree, root in zip(trees, roots, strict=True)])
    assert (left[inner] == np.flatnonzero(inner) + 1).all(), (
        "scikit-learn no longer numbers nodes in preorder"
    )
    forest = Forest(
        roots.astype(np.int32),
        np.where(inner, np.concatenate([tree.feature for tree in trees]), LEAF).astype(np.int16),
        np.where(inner, np.concatenate([tree.threshold for tree in trees]), 0).astype(np.float32),
        np.where(inner, right, 0).astype(np.int32),
        np.concatenate([tree.value[:, 0, 1] for tree in trees]).astype(np.float32),
    )
    theirs = model.predict_proba(features)[:, 1]
    assert np.abs(forest.confidence(features) - theirs).max() < 0.02, "the forest was copied wrongly"
    return forest
