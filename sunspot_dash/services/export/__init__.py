"""Exports: formats, the HTML report, the ZIP bundle, provenance."""
