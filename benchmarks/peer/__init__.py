"""The measurements of `benchmarks/peers.py`: this program and others at the same work."""

import sunspot_dash  # noqa: F401  makes its settings before torch is imported
