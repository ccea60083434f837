"""What people decide about the detections on a drawing, and the drawing that follows from it."""
