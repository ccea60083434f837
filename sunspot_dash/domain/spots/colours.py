"""The colours of detected spots, in overlay files, thumbnails and figures."""

FILL_RGB = (0, 255, 0)
FILL_OPACITY = 0.35
OUTLINE_RGB = (0, 180, 0)
FIGURE_COLOUR = "#0a8f3c"  # on a light and on a dark page
