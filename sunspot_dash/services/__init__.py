"""The operations behind the pages, commands and jobs: one function per task."""
