"""Which categories are spots: as asked for, as chosen before, the only one, or by name."""

from __future__ import annotations

import pytest

from sunspot_dash.domain.labels.categories import listed_categories, spot_categories, undecided
from sunspot_dash.errors import ParameterError


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({}, []),
        ({"Fleck": 3}, ["Fleck"]),
        ({"umbra": 4, "penumbra": 1, "faculae": 1}, ["umbra"]),
        ({"Umbrae": 4, "Nuclei": 2, "penumbra": 1}, ["Umbrae", "Nuclei"]),
        ({"SUNSPOTS": 0, "group": 1}, ["SUNSPOTS"]),
        ({"Sun spot": 1, "facula": 1}, ["Sun spot"]),
        ({"Fleck": 12, "Hof": 3}, None),
        ({"penumbra": 3, "spotless": 1}, None),
    ],
)
def test_the_default_is_the_only_category_or_those_named_like_spots(counts, expected):
    assert spot_categories(counts) == expected


def test_a_choice_comes_before_the_default():
    counts = {"umbra": 4, "penumbra": 1, "faculae": 1}
    assert spot_categories(counts, stored=["penumbra"]) == ["penumbra"]
    assert spot_categories(counts, stored=["other"]) == ["umbra"]
    assert spot_categories(counts, ["Faculae", "umbra", "umbra"], ["penumbra"]) == ["faculae", "umbra"]
    with pytest.raises(
        ParameterError, match=r"no category 'nucleus'.*umbra \(4 labels\), penumbra \(1 label\)"
    ):
        spot_categories(counts, ["nucleus"])


def test_the_user_is_asked_with_numbers_and_the_option():
    text = str(undecided({"Hof": 3, "Fleck": 12}))
    assert (
        "Fleck (12 labels), Hof (3 labels)" in text
        and '--category "Fleck"' in text
        and "page Dataset" in text
    )
    many = {f"c{number}": 1 for number in range(30)}
    assert listed_categories(many).endswith("c11 (1 label), 18 more")
