"""Uploads, labels, archives, corrections and orientation: everything that goes into a dataset."""
