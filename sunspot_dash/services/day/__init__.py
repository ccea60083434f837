"""The observer's day: the newest drawing, the steps still open, and the files to send."""
