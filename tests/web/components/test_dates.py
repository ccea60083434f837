"""A period as it is typed."""

import pytest

from sunspot_dash.web.components.dates import checked_period, in_order, parse_date


def test_a_reversed_period_is_swapped_in_its_fields_too():
    assert checked_period("2024-10-31", "2024-01-01")[:2] == ("2024-01-01", "2024-10-31")
    assert in_order("2024-10-31", "0002-01-01") == ("2024-10-31", "")
    assert in_order("1957", "1954") == ("1954-01-01", "1957-12-31")
    assert in_order("", None) == ("", "")


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("1957", "1957-01-01", "1957-12-31"),
        ("1956-02", "1956-02-01", "1956-02-29"),
        (" 1957-03-08 ", *["1957-03-08"] * 2),
    ],
)
def test_a_year_or_a_month_stands_for_its_days(typed, first, last):
    assert (parse_date(typed), parse_date(typed, end=True)) == (first, last)


@pytest.mark.parametrize(
    "typed", ["195", "1957-13", "1957-02-30", "8.3.1957", "03/08/1957", "yesterday", 1957, None]
)
def test_what_is_not_an_iso_date_is_marked_and_filters_nothing(typed):
    assert parse_date(typed) == ""
    if isinstance(typed, str):
        *_, first, last, note = checked_period(typed, "1957-01-01")
        assert (first, last) == (True, False) and "YYYY-MM-DD" in note
