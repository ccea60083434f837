"""Zürich and McIntosh types of sunspot groups: which exist, and which go together.

The definitions are those of P. S. McIntosh 1990 (Solar Physics 125, 251, doi:10.1007/BF00158405), who has 60 types,
with the Zürich types of M. Waldmeier (1947) beside them. A McIntosh type has three letters: the modified Zürich class,
the penumbra of the largest spot, and how many spots are between leader and trailer.
"""

from __future__ import annotations

UNKNOWN = "?"
ZURICH = {
    "A": "one or a few pores close together, without penumbra",
    "B": "bipolar, without penumbra",
    "C": "bipolar, with penumbra at one end",
    "D": "bipolar, with penumbra at both ends, shorter than 10°",
    "E": "bipolar, with penumbra at both ends, 10° to 15° long",
    "F": "bipolar, with penumbra at both ends, longer than 15°",
    "G": "bipolar, longer than 10°, large spots without small ones between",
    "H": "one spot with penumbra, larger than 2.5°",
    "J": "one spot with penumbra, up to 2.5°",
}
_SMALL, _LARGE = "rsa", "hk"
# Compact groups have mature penumbrae between the ends, so that of the largest spot is not rudimentary.
_LONG = tuple(p + c for p in _SMALL + _LARGE for c in "oic" if p + c != "rc")
_ENDINGS = {
    "A": ("xx",),
    "B": ("xo", "xi"),
    "C": tuple(p + c for p in _SMALL + _LARGE for c in "oi"),
    "D": _LONG,
    "E": _LONG,
    "F": _LONG,
    "H": tuple(p + "x" for p in _SMALL + _LARGE),
}
_CLASSES = {
    "G": (("E", _LONG), ("F", _LONG)),
    "H": (("H", tuple(p + "x" for p in _LARGE)),),
    "J": (("H", tuple(p + "x" for p in _SMALL)),),
}


def mcintosh_types(zurich: str = "") -> tuple[str, ...]:
    """Return the McIntosh types of a Zürich type; without one, all 60 that exist.

    Raises:
        ValueError: the Zürich type does not exist.
    """
    if not zurich:
        return tuple(z + ending for z, endings in _ENDINGS.items() for ending in endings)
    if zurich not in ZURICH:
        raise ValueError(f"there is no Zürich type '{zurich}': use one of {', '.join(ZURICH)}")
    return tuple(
        z + ending
        for z, endings in _CLASSES.get(zurich, ((zurich, _ENDINGS.get(zurich, ())),))
        for ending in endings
    )


def check_types(zurich: str, mcintosh: str) -> None:
    """Check that two types exist and go together; "" is a type that was not given.

    Raises:
        ValueError: they do not.
    """
    if zurich and zurich not in ZURICH:
        raise ValueError(f"there is no Zürich type '{zurich}': use one of {', '.join(ZURICH)}")
    if mcintosh and mcintosh not in mcintosh_types():
        raise ValueError(f"there is no McIntosh type '{mcintosh}'")
    if zurich and mcintosh and mcintosh not in mcintosh_types(zurich):
        raise ValueError(
            f"a group of Zürich type {zurich} cannot be {mcintosh}: use one of "
            f"{', '.join(mcintosh_types(zurich))}"
        )
