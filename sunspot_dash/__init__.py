"""Sunspot Dashboard: detect, count and locate the spots on scanned solar drawings with a trained network."""

import os

# Before NumPy and torch are imported. Threads that wait for work in a loop take the cores from those that have some:
# OpenBLAS, whose matrices here are tiny, costs the network 0.1 s a drawing, and the network's own threads keep drawings
# from being read and written beside it.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("GOMP_SPINCOUNT", "10000")
