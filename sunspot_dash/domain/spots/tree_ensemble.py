"""The second look: a forest of random trees that says anew how likely each candidate is a spot.

The network sees a tile; the forest sees what surrounds a candidate on its drawing (`domain.spots.features`).
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
    """Trees as flat arrays; a node's left child is the node that follows it.

    Attributes:
        roots: (trees,) int32, each tree's first node.
        feature: (nodes,) int16, the index in FEATURES that a node asks for, or LEAF.
        threshold: (nodes,) float32; what is greater goes right.
        right: (nodes,) int32, the right child.
        share: (nodes,) float32, a leaf's share of spots.

    Raises:
        ValueError: the arrays are no forest over these features.
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
            raise ValueError("an array of the forest has the wrong shape or kind of number")
        nodes = len(self.feature)
        if not len(self.roots) or any(len(a) != nodes for a in (self.threshold, self.right, self.share)):
            raise ValueError("a forest has trees, and as many thresholds, children and shares as nodes")
        if ((self.roots < 0) | (self.roots >= nodes)).any():
            raise ValueError("a tree of the forest begins outside it")
        if ((self.feature < LEAF) | (self.feature >= len(FEATURES))).any():
            raise ValueError(
                f"a node of the forest asks for something else than the {len(FEATURES)} features"
            )
        inner = np.flatnonzero(self.feature != LEAF)
        # Children come after their parents: every descent ends.
        if ((self.right[inner] <= inner) | (self.right[inner] >= nodes) | (inner + 1 >= nodes)).any():
            raise ValueError("a node of the forest has a child that does not come after it")
        if not (np.isfinite(self.threshold).all() and ((self.share >= 0) & (self.share <= 1)).all()):
            raise ValueError("the forest has a threshold that is no number, or a share out of 0 to 1")

    def confidence(self, features: np.ndarray) -> np.ndarray:
        """How likely each candidate is a spot, 0 to 1: (n, len(FEATURES)) float32 to (n,) float64."""
        node = np.tile(self.roots, (len(features), 1))
        row = np.arange(len(features))[:, None]
        while (inner := self.feature[node] != LEAF).any():
            greater = features[row, self.feature[node]] > self.threshold[node]
            node = np.where(inner, np.where(greater, self.right[node], node + 1), node)
        return self.share[node].mean(axis=1, dtype=np.float64)
