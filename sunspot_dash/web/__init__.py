"""The dashboard in the browser. This package never imports torch."""
