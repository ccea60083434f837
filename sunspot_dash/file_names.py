"""File names with a fixed meaning: model names and the files of a model's results."""

from __future__ import annotations

import re

from sunspot_dash.errors import ParameterError

PRETRAINED = "uset"
TABLE_NAME = "sunspot_table.csv"
FEATURES_SUFFIX = "_features_polar_coordinates.json"
FAILED_NAME = "failed.csv"
MODEL_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
# Names of the program's own folders beside those of the models, and device names of some systems.
PORTS = {f"{device}{number}" for device in ("com", "lpt") for number in range(1, 10)}
RESERVED = PORTS | {"labelled", "con", "prn", "aux", "nul"}


def check_model_name(name: str) -> str:
    """Return a model name if it is valid as a file name on every system.

    Raises:
        ParameterError: the name is not valid.
    """
    if not MODEL_NAME.fullmatch(name) or name.endswith(".") or name.split(".")[0].lower() in RESERVED:
        raise ParameterError(
            f"'{name}' cannot name a model: use 1 to 64 letters, digits, '-', '_' or '.', start with a letter or a "
            "digit, and avoid reserved names such as 'con'"
        )
    return name
