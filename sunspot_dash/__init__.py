"""Sunspot Dashboard: scanned sunspot drawings and labels to a trained network, counts and positions."""
