"""The context of a request: the workspace, its ledger, its catalogue, and the path prefix."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app

from jobs.ledger import Ledger
from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.workspace import Workspace

NAME = "sunspot"


@dataclass(frozen=True)
class Context:
    """Workspace, ledger and catalogue of an app, and the path under which browsers reach it."""

    workspace: Workspace
    ledger: Ledger
    catalogue: Catalogue
    prefix: str = "/"


def current_context() -> Context:
    """Return the context of the app that handles this request."""
    found: Context = current_app.extensions[NAME]
    return found


def url(path: str) -> str:
    """Return the address of a path of the dashboard, such as /media/..., for a browser."""
    return current_context().prefix + path.removeprefix("/")
