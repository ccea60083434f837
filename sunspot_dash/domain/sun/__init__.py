"""The Sun: ephemeris, heliographic coordinates, the grid, regions of the disk, differential rotation."""
