"""What is chosen on Explore, in words."""

from sunspot_dash.web.pages.explore import removed
from sunspot_dash.web.pages.explore.filters import FILTERS, Choice


def test_each_filter_is_a_chip_that_removes_its_fields():
    choice = Choice.read({"from": "1957", "r_to": 0.5, "b_from": -20, "counts": "reviewed"})
    assert choice.chips() == {
        "period": "from 1957-01-01", "counts": "Counts: reviewed only", "radius": "r/R up to 0.5",
        "latitude": "latitude from -20°",
    }  # fmt: skip
    assert Choice.read({}).chips() == {}
    for name, fields, counts in (("latitude", ["b_from", "b_to"], False), ("counts", [], True)):
        *cleared, counted, _ = removed({"name": name}, ["uset"])
        assert [field for field, value in zip(FILTERS, cleared, strict=True) if value == ""] == fields
        assert (counted == "model") == counts
    assert removed({"name": "model uset"}, ["uset", "less"])[-1] == ["less"]
