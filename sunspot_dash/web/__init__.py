"""The dashboard in the browser. Nothing here loads torch."""
