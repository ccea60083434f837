"""Seeded synthetic drawings with exact labels, for pretraining, the demo and the tests."""

from sunspot_dash.synthetic.archive import add_labels, empty_labels, encoded, write_archive
from sunspot_dash.synthetic.drawing import SyntheticDrawing, make_drawing
from sunspot_dash.synthetic.month import draw_month
from sunspot_dash.synthetic.styles import STYLES, Style

__all__ = [
    "STYLES",
    "Style",
    "SyntheticDrawing",
    "add_labels",
    "draw_month",
    "empty_labels",
    "encoded",
    "make_drawing",
    "write_archive",
]
