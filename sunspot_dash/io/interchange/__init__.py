"""Catalogues of groups and spots in the formats of other observatories."""
