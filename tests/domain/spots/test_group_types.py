"""The types that exist, and which go together."""

from __future__ import annotations

import pytest

from sunspot_dash.domain.spots.group_types import ZURICH, check_types, mcintosh_types


def test_there_are_sixty_mcintosh_types_each_of_a_zurich_type():
    every = mcintosh_types()
    assert len(every) == len(set(every)) == 60
    assert {one for letter in ZURICH for one in mcintosh_types(letter)} == set(every)
    assert "Drc" not in every and "Dsc" in every


@pytest.mark.parametrize(
    ("zurich", "expected"),
    [
        ("A", {"Axx"}),
        ("B", {"Bxo", "Bxi"}),
        ("H", {"Hhx", "Hkx"}),
        ("J", {"Hrx", "Hsx", "Hax"}),
    ],
)
def test_simple_groups_have_few_types(zurich, expected):
    assert set(mcintosh_types(zurich)) == expected


def test_the_old_type_g_is_e_or_f():
    assert {one[0] for one in mcintosh_types("G")} == {"E", "F"}


@pytest.mark.parametrize(
    ("zurich", "mcintosh"), [("D", "Dso"), ("J", "Hsx"), ("", "Fkc"), ("E", ""), ("", "")]
)
def test_types_that_go_together_are_accepted(zurich, mcintosh):
    check_types(zurich, mcintosh)


@pytest.mark.parametrize(
    ("zurich", "mcintosh", "reason"),
    [
        ("D", "Eso", "cannot be Eso"),
        ("H", "Hsx", "cannot be Hsx"),
        ("I", "", "no Zürich type 'I'"),
        ("", "Drc", "no McIntosh type 'Drc'"),
    ],
)
def test_other_types_are_rejected_with_the_reason(zurich, mcintosh, reason):
    with pytest.raises(ValueError, match=reason):
        check_types(zurich, mcintosh)
