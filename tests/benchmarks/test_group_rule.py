"""The grouping rule, compared with the observers' totals on held-out drawings."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.group_rule import (
    FOLDS,
    GroupAgreement,
    SpotPositions,
    Trials,
    group_counts,
    held_out,
    labelled_drawings,
    totals_of,
)
from sunspot_dash.domain.activity.groups import GroupRule
from sunspot_dash.domain.labels.split import too_close
from sunspot_dash.io.totals import Total


def drawing(name: str, *places: float) -> SpotPositions:
    """Spots on the parallel of 10 degrees."""
    cmd = np.array(places, float)
    return SpotPositions(name, np.full(len(cmd), 10.0), cmd, np.abs(cmd))


def total(name: str, groups: int) -> Total:
    return Total(2, name, None, groups, groups, None)


def test_a_fold_is_counted_by_a_rule_fitted_on_the_others():
    # Two spots 10 degrees apart on every drawing: one group with a long reach, two with a short one. The totals of
    # the first fold are two, all others one.
    drawings = [drawing(name, -5, 5) for names in FOLDS for name in names]
    totals = {name: total(name, 2 if name in FOLDS[0] else 1) for names in FOLDS for name in names}
    trials = Trials.run(drawings, totals)
    found = held_out(drawings, trials)
    assert all(found[name] == 1 for name in FOLDS[0])
    alone = Trials.run([one for one in drawings if one.name in FOLDS[0]], totals)
    assert group_counts(drawings[:1], alone.fit()).tolist() == [2]


def test_the_embargo_is_kept():
    fold, near = next(
        (fold, near)
        for fold in FOLDS
        if (near := [name for names in FOLDS if names is not fold for name in names if too_close(name, fold)])
    )
    drawings = [drawing(name, -5, 5) for names in FOLDS for name in names]
    # Drawings near the fold have many groups; the rule must ignore them.
    totals = {one.name: total(one.name, 1) for one in drawings} | {name: total(name, 900) for name in near}
    assert len(near) < len(fold)
    found = held_out(drawings, Trials.run(drawings, totals))
    assert [found[name] for name in fold] == [1] * len(fold)


def test_agreement():
    totals = {name: total(name, groups) for name, groups in {"a": 1, "b": 5, "c": 4}.items()}
    found = GroupAgreement.of({"a": 1, "b": 6, "c": 2, "no total": 9}, totals, ["a", "b", "c", "no total"])
    assert (found.n, found.exact, found.within_one, found.excess) == (3, 1 / 3, 2 / 3, -1)
    assert found.mae == pytest.approx(0.3)


@pytest.fixture(scope="module")
def real(shared):
    totals, given = totals_of(shared)
    drawings = labelled_drawings(shared)
    trials = Trials.run(drawings, totals)
    return totals, given, trials, held_out(drawings, trials)


def test_groups_of_labels_against_the_observers_out_of_fold(real):
    totals, given, _, found = real
    on_shared = GroupAgreement.of(found, totals, given)
    assert (
        on_shared.n == 13 and on_shared.exact >= 0.60 and on_shared.within_one >= 0.85 and on_shared.r >= 0.95
    )
    on_all = GroupAgreement.of(found, totals, found)
    assert on_all.n == 41 and on_all.exact >= 0.60 and on_all.within_one >= 0.85 and on_all.r >= 0.95


def test_the_shipped_rule_is_the_fitted_one(real):
    assert real[2].fit() == GroupRule()


def test_the_limb_parameter_improves_the_agreement(real):
    totals, _, trials, found = real
    on_the_sphere = held_out(trials.drawings, trials, slice(0, 1))
    assert GroupAgreement.of(found, totals, found).mae < GroupAgreement.of(on_the_sphere, totals, found).mae
