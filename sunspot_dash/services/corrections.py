"""Setting by hand what a sheet, its name or the limb fit has wrong."""

from __future__ import annotations

import threading

from sunspot_dash.domain.corrections import NONE, Correction
from sunspot_dash.io.corrections import read_corrections, write_corrections
from sunspot_dash.workspace import Workspace

_writing = threading.Lock()


def correction_of(workspace: Workspace, name: str) -> Correction:
    """What was set for a drawing.

    Raises:
        WorkspaceError: the file of corrections is damaged.
    """
    return read_corrections(workspace.corrections_file).get(name, NONE)


def correct(workspace: Workspace, name: str, correction: Correction) -> Correction:
    """Set it for a drawing (`NONE` takes all of it back); returns what was set before.

    Raises:
        WorkspaceError: the file of corrections is damaged, or cannot be written; it is as it was.
    """
    with _writing:
        found = read_corrections(workspace.corrections_file)
        before = found.pop(name, NONE)
        if correction != NONE:
            found[name] = correction
        write_corrections(workspace.corrections_file, found)
    return before
