"""Names on disk that mean something: models, and the files that a model's results are in."""

from __future__ import annotations

import re

from sunspot_dash.errors import ParameterError

PRETRAINED = "uset"
TABLE_NAME = "sunspot_table.csv"
FEATURES_SUFFIX = "_features_polar_coordinates.json"
FAILED_NAME = "failed.csv"
MODEL_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
# Folders of ours beside those of the models, and names that some systems keep for devices.
PORTS = {f"{device}{number}" for device in ("com", "lpt") for number in range(1, 10)}
RESERVED = PORTS | {"labelled", "con", "prn", "aux", "nul"}


def check_model_name(name: str) -> str:
    """The name, when it can name files everywhere.

    Raises:
        ParameterError: it cannot.
    """
    if not MODEL_NAME.fullmatch(name) or name.endswith(".") or name.split(".")[0].lower() in RESERVED:
        raise ParameterError(
            f"'{name}' cannot name a model: use 1 to 64 letters, digits, '-', '_', '.', no sign first"
        )
    return name
