"""Import what training and inference need, which takes seconds."""

from __future__ import annotations

import importlib

MODULES = (
    "sunspot_dash.ml.train",
    "sunspot_dash.services.models.evaluation",
    "sunspot_dash.services.models.training",
)


def load_network() -> None:
    """Import the network's libraries and the services that use them."""
    for name in MODULES:
        importlib.import_module(name)
