"""A period typed with its ends in the wrong order."""

from sunspot_dash.web.pages.explore import ordered_period
from sunspot_dash.web.pages.explore.filters import in_order


def test_a_reversed_period_is_swapped_in_its_fields_too():
    assert ordered_period("2024-10-31", "2024-01-01") == ("2024-01-01", "2024-10-31")
    assert in_order("2024-10-31", "0002-01-01") == ("2024-10-31", "")  # a year that is still being typed
    assert in_order("", None) == ("", "")
