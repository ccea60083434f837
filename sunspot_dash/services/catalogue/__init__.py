"""The index of drawings and results that every page reads: built, refreshed, queried."""
