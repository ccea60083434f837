"""Correct twenty drawings of a style that the shipped model does not know, retrain, and measure on twenty others.

The style was written, and the shipped model's F1 on it found to be between 0.4 and 0.8, before anything was trained on
it: another observatory's sheets, toned and coarse, with penumbrae as closed outlines and faint, larger nuclei.
"""

from __future__ import annotations

from sunspot_dash.synthetic.styles import Style

STYLE = Style(
    width=1110, height=1416, radius=0.4447, centre=(0.498, 0.416), years=(1954, 2005), paper=(205, 215),
    grain=3.5, grain_px=0.0, blur_px=0.6, limb_u=2.2, limb_dark=0.68, pencil_u=3.0, letter_u=24,
    spot_area_u=14, spot_spread=0.75, spot_dark=(0.2, 0.4), graphite=0.78, specks=300, groups=6,
    rings=True, suffix=".png",
)  # fmt: skip
CORRECTED_SEEDS, OTHER_SEEDS = range(1000, 1020), range(2000, 2020)
