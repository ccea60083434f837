"""A forest of two small trees, by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sunspot_dash.domain.spots.features import FEATURES
from sunspot_dash.domain.spots.tree_ensemble import LEAF, TreeEnsemble

CONFIDENCE, NEAREST = FEATURES.index("confidence"), FEATURES.index("nearest")


@pytest.fixture
def ensemble() -> TreeEnsemble:
    """Tree 1: confidence <= 0.5 gives 0.1; else nearest <= 0.2 gives 0.9, farther 0.5. Tree 2: always 0.3."""
    return TreeEnsemble(
        roots=np.array([0, 5], np.int32),
        feature=np.array([CONFIDENCE, LEAF, NEAREST, LEAF, LEAF, LEAF], np.int16),
        threshold=np.array([0.5, 0, 0.2, 0, 0, 0], np.float32),
        right=np.array([2, 0, 4, 0, 0, 0], np.int32),
        share=np.array([0, 0.1, 0, 0.9, 0.5, 0.3], np.float32),
    )


def rows(*pairs: tuple[float, float]) -> np.ndarray:
    made = np.zeros((len(pairs), len(FEATURES)), np.float32)
    made[:, [CONFIDENCE, NEAREST]] = np.reshape(pairs, (-1, 2))
    return made


def test_tree_outputs_are_averaged(ensemble):
    asked = rows((0.4, 0.1), (0.5, 0.1), (0.6, 0.1), (0.6, 0.3))
    assert ensemble.confidence(asked) == pytest.approx([0.2, 0.2, 0.6, 0.4])


def test_no_candidates(ensemble):
    assert ensemble.confidence(rows()).shape == (0,)


@pytest.mark.parametrize(
    ("field", "place", "value", "problem"),
    [
        ("right", 0, 0, "not follow it"),  # would descend for ever
        ("right", 2, 1, "not follow it"),
        ("right", 0, 6, "not follow it"),
        ("feature", 5, CONFIDENCE, "not follow it"),  # the last node has no left child
        ("feature", 0, len(FEATURES), "features"),
        ("feature", 0, -2, "features"),
        ("roots", 1, 6, "out of range"),
        ("roots", 1, -1, "out of range"),
        ("threshold", 0, np.nan, "not finite"),
        ("share", 3, 1.5, "share"),
        ("share", 3, np.nan, "share"),
    ],
)
def test_damaged_trees_are_rejected(ensemble, field, place, value, problem):
    array = getattr(ensemble, field).copy()
    array[place] = value
    with pytest.raises(ValueError, match=problem):
        replace(ensemble, **{field: array})


@pytest.mark.parametrize(
    ("field", "array"),
    [("right", np.zeros(6)), ("share", np.zeros((6, 1))), ("feature", np.zeros(6, np.float32))],
)
def test_arrays_of_another_shape_or_type_are_rejected(ensemble, field, array):
    with pytest.raises(ValueError, match="wrong shape or number type"):
        replace(ensemble, **{field: array})


@pytest.mark.parametrize("field", ["roots", "threshold", "right", "share"])
def test_empty_or_short_arrays_are_rejected(ensemble, field):
    with pytest.raises(ValueError, match="one threshold, child and share per node"):
        replace(ensemble, **{field: getattr(ensemble, field)[:0]})
