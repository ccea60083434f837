"""Counts, sunspot numbers, positions and tracks over time, and comparison with reference series."""
