"""One drawing as a page shows it: images, detections, overlay, tilt."""
