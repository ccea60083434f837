"""Solar cycles behind a figure over time."""

from __future__ import annotations

import plotly.graph_objects as go

from sunspot_dash.figures.cycle_marks import add_cycles


def marks(first: str, last: str) -> tuple[list[str], list[str]]:
    layout = add_cycles(go.Figure(), first, last, "light").layout
    return [note.text for note in layout.annotations], [line.x0 for line in layout.shapes]


def test_a_long_series_shows_its_cycles_and_their_minima():
    assert marks("1950-01-01", "1980-01-01") == (
        ["cycle 18", "19", "20", "21"],
        ["1954-04-01", "1964-10-01", "1976-03-01"],
    )


def test_a_short_series_shows_none_and_a_narrow_part_has_no_number():
    assert marks("1957-01-01", "1959-12-31") == ([], [])
    assert marks("1954-02-01 09:00", "1964-09-30") == (["cycle 19"], ["1954-04-01"])
