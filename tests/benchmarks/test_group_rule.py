"""The rule that groups spots, held to the observers' own totals on drawings that it was not fitted on."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.group_rule import (
    FOLDS,
    GroupAgreement,
    Sheet,
    Trials,
    group_counts,
    held_out,
    labelled_sheets,
    totals_of,
)
from sunspot_dash.domain.activity.groups import GroupRule
from sunspot_dash.domain.labels.split import too_close
from sunspot_dash.io.totals import Total


def sheet(name: str, *places: float) -> Sheet:
    """Spots on the parallel of 10 degrees."""
    cmd = np.array(places, float)
    return Sheet(name, np.full(len(cmd), 10.0), cmd, np.abs(cmd))


def total(name: str, groups: int) -> Total:
    return Total(2, name, None, groups, groups, None)


def test_a_fold_is_counted_by_a_rule_that_never_saw_it():
    # On every sheet two spots 10 degrees apart: one group by a long reach, two by a short one. The sheets of the
    # first fold say two, all others one.
    sheets = [sheet(name, -5, 5) for names in FOLDS for name in names]
    totals = {name: total(name, 2 if name in FOLDS[0] else 1) for names in FOLDS for name in names}
    trials = Trials.run(sheets, totals)
    found = held_out(sheets, trials)
    assert all(found[name] == 1 for name in FOLDS[0])
    alone = Trials.run([one for one in sheets if one.name in FOLDS[0]], totals)
    assert group_counts(sheets[:1], alone.fit()).tolist() == [2]


def test_the_embargo_is_kept():
    fold, near = next(
        (fold, near)
        for fold in FOLDS
        if (near := [name for names in FOLDS if names is not fold for name in names if too_close(name, fold)])
    )
    sheets = [sheet(name, -5, 5) for names in FOLDS for name in names]
    # What lies near the fold says many groups; the rule must not hear of it, however loud.
    totals = {one.name: total(one.name, 1) for one in sheets} | {name: total(name, 900) for name in near}
    assert len(near) < len(fold)
    found = held_out(sheets, Trials.run(sheets, totals))
    assert [found[name] for name in fold] == [1] * len(fold)


def test_agreement():
    totals = {name: total(name, groups) for name, groups in {"a": 1, "b": 5, "c": 4}.items()}
    found = GroupAgreement.of({"a": 1, "b": 6, "c": 2, "no total": 9}, totals, ["a", "b", "c", "no total"])
    assert (found.n, found.exact, found.within_one, found.bias) == (3, 1 / 3, 2 / 3, -1)
    assert found.mae == pytest.approx(0.3)


@pytest.fixture(scope="module")
def real(shared):
    totals, given = totals_of(shared)
    sheets = labelled_sheets(shared)
    trials = Trials.run(sheets, totals)
    return totals, given, trials, held_out(sheets, trials)


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


def test_the_limb_is_worth_its_parameter(real):
    totals, _, trials, found = real
    on_the_sphere = held_out(trials.sheets, trials, slice(0, 1))
    assert GroupAgreement.of(found, totals, found).mae < GroupAgreement.of(on_the_sphere, totals, found).mae
