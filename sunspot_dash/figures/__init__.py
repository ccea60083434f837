"""Plotly figures from plain data, without files, pages or callbacks."""
