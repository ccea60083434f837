"""Spots of one drawing: candidates, their features, the classifier that scores them, detections."""
