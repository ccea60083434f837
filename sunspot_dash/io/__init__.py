"""Reading and writing of files, one format per module."""
