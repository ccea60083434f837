"""Reviews: what people decided about the detections on the drawings of a workspace."""
