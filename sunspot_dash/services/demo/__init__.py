"""The demo: synthetic drawings for an empty workspace, and a run on the command line."""
