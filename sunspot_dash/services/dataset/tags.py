"""Free tags on drawings, such as "double page" or "bad scan"."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sunspot_dash.errors import ParameterError
from sunspot_dash.files import locked
from sunspot_dash.io.tags import Tags, read_tags, write_tags
from sunspot_dash.workspace import Workspace

LONGEST_TAG = 40
MOST_TAGS = 20  # of a drawing
SEPARATOR = ", "  # between tags in the list of drawings


def tags_of(workspace: Workspace, name: str) -> tuple[str, ...]:
    """Return the tags of a drawing in alphabetical order.

    Raises:
        WorkspaceError: the file of tags is damaged.
    """
    return read_tags(workspace.tags_file).get(name, ())


def all_tags(workspace: Workspace) -> list[str]:
    """Return the tags of all drawings, each once, in alphabetical order.

    Raises:
        WorkspaceError: the file of tags is damaged.
    """
    return _sorted(_used(read_tags(workspace.tags_file)))


def add_tag(workspace: Workspace, names: Iterable[str], tag: str) -> int:
    """Add a tag to drawings; return the number of drawings that did not have it.

    A tag that differs from an existing one only in upper and lower case is that tag.

    Raises:
        ParameterError: the tag is empty, too long or has a comma, or a drawing has too many tags; nothing is changed.
        WorkspaceError: the file of tags is damaged or cannot be written; it is unchanged.
    """
    asked = _checked(tag)

    def added(found: Tags, name: str) -> tuple[str, ...]:
        spelled = next((used for used in _used(found) if used.casefold() == asked.casefold()), asked)
        tags = tuple(_sorted({*found.get(name, ()), spelled}))
        if len(tags) > MOST_TAGS:
            raise ParameterError(f"{name} has {MOST_TAGS} tags already: remove one first")
        return tags

    return _change(workspace, names, added)


def remove_tag(workspace: Workspace, names: Iterable[str], tag: str) -> int:
    """Remove a tag from drawings; return the number of drawings that had it.

    Raises:
        WorkspaceError: the file of tags is damaged or cannot be written; it is unchanged.
    """
    unwanted = " ".join(tag.split()).casefold()
    return _change(
        workspace,
        names,
        lambda found, name: tuple(one for one in found.get(name, ()) if one.casefold() != unwanted),
    )


def _change(workspace: Workspace, names: Iterable[str], new: Callable[[Tags, str], tuple[str, ...]]) -> int:
    with locked(workspace.dataset_lock):
        found = read_tags(workspace.tags_file)
        changed = {name: tags for name in names if (tags := new(found, name)) != found.get(name, ())}
        if changed:
            write_tags(workspace.tags_file, found | changed)
    return len(changed)


def _checked(tag: str) -> str:
    """Return a tag with single spaces."""
    found = " ".join(tag.split())
    if not found:
        raise ParameterError("the tag is empty: enter one, for example 'bad scan'")
    if len(found) > LONGEST_TAG:
        raise ParameterError(f"the tag has {len(found)} characters: use at most {LONGEST_TAG}")
    if "," in found or not found.isprintable():
        raise ParameterError("a tag cannot have commas or control characters: add one tag after the other")
    return found


def _used(tags: Tags) -> set[str]:
    return {tag for found in tags.values() for tag in found}


def _sorted(tags: Iterable[str]) -> list[str]:
    return sorted(tags, key=str.casefold)
