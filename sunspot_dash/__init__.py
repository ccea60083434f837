"""Sunspot Dashboard: detect, count and locate the spots on scanned solar drawings with a trained network."""
