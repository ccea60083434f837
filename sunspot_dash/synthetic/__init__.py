"""Seeded synthetic drawings with exact labels, for pretraining, the demo and the tests."""

from sunspot_dash.synthetic.archive import draw_archive, write_archive
from sunspot_dash.synthetic.drawing import SyntheticDrawing, make_drawing
from sunspot_dash.synthetic.styles import STYLES, Style

__all__ = ["STYLES", "Style", "SyntheticDrawing", "draw_archive", "make_drawing", "write_archive"]
