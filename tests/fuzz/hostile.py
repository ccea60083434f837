"""Values that no exporter writes but a broken or hostile file may contain."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

from hypothesis import strategies as st

NUMBERS = st.one_of(
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.sampled_from([0, -1, 1, 2**31, 2**63, 1e308, float("nan"), float("inf"), True]),
)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | NUMBERS
    | st.text(max_size=20)
    | st.sampled_from(["1", "1.0", "../../x", "\0"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every node below a JSON value."""
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield (*path, key)
        yield from places(value[key], (*path, key))


@st.composite
def damaged(draw: Callable[..., Any], value: Any) -> Any:
    """Return a copy of a JSON value of which some nodes are replaced, removed, repeated or swapped."""
    value = copy.deepcopy(value)
    for _ in range(draw(st.integers(1, 4))):
        every = list(places(value))
        if not every:
            break
        *above, key = draw(st.sampled_from(every))
        parent = value
        for step in above:
            parent = parent[step]
        action = draw(st.sampled_from(("replace", "remove", "repeat", "swap")))
        if action == "replace":
            parent[key] = draw(VALUES)
        elif action == "remove":
            del parent[key]
        elif action == "repeat" and isinstance(parent, list):
            parent.insert(key, copy.deepcopy(parent[key]))
        else:
            *others, last = draw(st.sampled_from(every))
            source = value
            try:
                for step in (*others, last):
                    source = source[step]
            except (KeyError, IndexError, TypeError):
                continue
            parent[key] = copy.deepcopy(source)
    return value


@st.composite
def damaged_bytes(draw: Callable[..., Any], content: bytes) -> bytes:
    """Return bytes of which some are changed, cut out, inserted or repeated, or the end is missing."""
    found = bytearray(content)
    for _ in range(draw(st.integers(1, 5))):
        if not found:
            break
        at = draw(st.integers(0, len(found) - 1))
        length = draw(st.integers(1, 16))
        action = draw(st.sampled_from(("change", "cut", "insert", "repeat", "end")))
        if action == "change":
            found[at : at + length] = draw(st.binary(min_size=1, max_size=length))
        elif action == "cut":
            del found[at : at + length]
        elif action == "insert":
            found[at:at] = draw(st.binary(min_size=1, max_size=length))
        elif action == "repeat":
            found[at:at] = found[at : at + length]
        else:
            del found[at:]
    return bytes(found)
