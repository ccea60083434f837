"""One drawing: the time in its name, its disk, its crop, its orientation, its corrections."""
