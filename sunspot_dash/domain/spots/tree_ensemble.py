"""Candidate classifier: an ensemble of randomised trees that re-scores each candidate.

The network sees a tile; the trees see a candidate in the context of its drawing (`domain.spots.features`).
Breiman, L. (2001), Random Forests, Machine Learning 45, 5. doi:10.1023/A:1010933404324
Geurts, P., Ernst, D., Wehenkel, L. (2006), Extremely randomized trees, ibid. 63, 3. doi:10.1007/s10994-006-6226-1
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sunspot_dash.domain.spots.features import FEATURES

LEAF = -1


@dataclass(frozen=True, eq=False)
class TreeEnsemble:
    """Trees as flat arrays; the left child of a node is the next node.

    Attributes:
        roots: (trees,) int32, first node of each tree.
        feature: (nodes,) int16, index into FEATURES that the node compares, or LEAF.
        threshold: (nodes,) float32; greater values go to the right child.
        right: (nodes,) int32, the right child.
        share: (nodes,) float32, share of spots in a leaf.

    Raises:
        ValueError: the arrays do not form trees over these features.
    """

    roots: np.ndarray
    feature: np.ndarray
    threshold: np.ndarray
    right: np.ndarray
    share: np.ndarray

    def __post_init__(self) -> None:
        arrays = (self.roots, self.feature, self.threshold, self.right, self.share)
        numbers = (self.roots, self.feature, self.right)
        if any(array.ndim != 1 for array in arrays) or any(array.dtype.kind != "i" for array in numbers):
            raise ValueError("an array of the tree ensemble has the wrong shape or number type")
        nodes = len(self.feature)
        if not len(self.roots) or any(len(a) != nodes for a in (self.threshold, self.right, self.share)):
            raise ValueError(
                "a tree ensemble needs at least one tree, and one threshold, child and share per node"
            )
        if ((self.roots < 0) | (self.roots >= nodes)).any():
            raise ValueError("a root of the tree ensemble is out of range")
        if ((self.feature < LEAF) | (self.feature >= len(FEATURES))).any():
            raise ValueError(f"a node of the tree ensemble refers to none of the {len(FEATURES)} features")
        inner = np.flatnonzero(self.feature != LEAF)
        # Children follow their parents, so every descent terminates.
        if ((self.right[inner] <= inner) | (self.right[inner] >= nodes) | (inner + 1 >= nodes)).any():
            raise ValueError("a node of the tree ensemble has a child that does not follow it")
        if not (np.isfinite(self.threshold).all() and ((self.share >= 0) & (self.share <= 1)).all()):
            raise ValueError(
                "the tree ensemble has a threshold that is not finite, or a share outside 0 to 1"
            )

    def confidence(self, features: np.ndarray) -> np.ndarray:
        """Return the probability that each candidate is a spot: (n, len(FEATURES)) float32 to (n,) float64."""
        node = np.tile(self.roots, (len(features), 1))
        row = np.arange(len(features))[:, None]
        while (inner := self.feature[node] != LEAF).any():
            greater = features[row, self.feature[node]] > self.threshold[node]
            node = np.where(inner, np.where(greater, self.right[node], node + 1), node)
        return self.share[node].mean(axis=1, dtype=np.float64)
