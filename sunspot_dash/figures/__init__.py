"""Plotly figures from plain data: no file, no page, no callback."""
