"""Periods that can be chosen with one click."""

from sunspot_dash.web.pages.explore.presets import options, value_of


def test_the_newest_days_and_the_cycles_of_the_drawings_are_offered():
    found = {option["label"]: option["value"] for option in options(("1953-01-01", "1966-02-28"), ("", ""))}
    assert found["Last 27 days"] == "1966-02-02/1966-02-28"
    assert found["Cycle 19 (1954 to 1964)"] == "1954-04-01/1964-09-30"
    assert [name for name in found if "Last" not in name][:2] == ["All dates", "Cycle 20 (1964 to 1976)"]


def test_another_period_can_be_shown_and_an_empty_archive_offers_none():
    assert options(("", ""), ("", "")) == [{"value": "/", "label": "All dates"}]
    assert options(("", ""), ("1950-01-01", ""))[-1] == {"value": "1950-01-01/", "label": "Chosen dates"}
    assert value_of(("", "1950-01-01")) == "/1950-01-01"
