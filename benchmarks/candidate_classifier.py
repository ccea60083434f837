"""Fit the candidate classifier: extremely randomised trees on candidates from drawings held out from the network."""

from __future__ import annotations

import numpy as np
from sklearn.ensemble import ExtraTreesClassifier

from sunspot_dash.domain.spots.tree_ensemble import LEAF, TreeEnsemble

TREES, DEPTH, CANDIDATES_PER_LEAF, FEATURES_PER_NODE = 300, 10, 3, 0.4


def is_spot(xy: np.ndarray, confidence: np.ndarray, truth: np.ndarray, tolerance: float) -> np.ndarray:
    """Return which candidates are labelled spots: each label goes to the most confident candidate at its position.

    Args:
        xy: (n, 2) positions of the candidates; confidence: (n,).
        truth: (m, 2) positions of the labels; tolerance: largest distance, px.

    Returns:
        (n,) bool.
    """
    unassigned = truth.astype(float)
    matched = np.zeros(len(xy), bool)
    for i in np.argsort(-confidence, kind="stable"):
        away = np.hypot(*(unassigned - xy[i]).T)
        if len(away) and away.min() <= tolerance:
            matched[i] = True
            unassigned[away.argmin()] = np.inf
    return matched


def fit_ensemble(features: np.ndarray, spots: np.ndarray) -> TreeEnsemble:
    """Fit a tree ensemble to (n, f) features and (n,) bool labels."""
    model = ExtraTreesClassifier(
        TREES,
        max_depth=DEPTH,
        min_samples_leaf=CANDIDATES_PER_LEAF,
        max_features=FEATURES_PER_NODE,
        random_state=0,
    )
    trees = [estimator.tree_ for estimator in model.fit(features, spots).estimators_]
    sizes = [tree.node_count for tree in trees]
    roots = np.cumsum([0, *sizes[:-1]])
    inner = np.concatenate([tree.children_left for tree in trees]) >= 0
    left = np.concatenate([tree.children_left + root for tree, root in zip(trees, roots, strict=True)])
    right = np.concatenate([tree.children_right + root for tree, root in zip(trees, roots, strict=True)])
    assert (left[inner] == np.flatnonzero(inner) + 1).all(), (
        "scikit-learn no longer numbers nodes in preorder"
    )
    ensemble = TreeEnsemble(
        roots.astype(np.int32),
        np.where(inner, np.concatenate([tree.feature for tree in trees]), LEAF).astype(np.int16),
        np.where(inner, np.concatenate([tree.threshold for tree in trees]), 0).astype(np.float32),
        np.where(inner, right, 0).astype(np.int32),
        np.concatenate([tree.value[:, 0, 1] for tree in trees]).astype(np.float32),
    )
    theirs = model.predict_proba(features)[:, 1]
    assert np.abs(ensemble.confidence(features) - theirs).max() < 0.02, (
        "the tree ensemble differs from scikit-learn's"
    )
    return ensemble
