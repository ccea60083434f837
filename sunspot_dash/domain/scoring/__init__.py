"""Scores: detections against labels, pooled scores, agreement of two series."""
