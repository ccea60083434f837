"""The context of a request: the workspace, its ledger and its catalogue."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app

from jobs.ledger import Ledger
from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.workspace import Workspace

NAME = "sunspot"


@dataclass(frozen=True)
class Context:
    """Workspace, ledger and catalogue of an app."""

    workspace: Workspace
    ledger: Ledger
    catalogue: Catalogue


def current_context() -> Context:
    """Return the context of the app that handles this request."""
    found: Context = current_app.extensions[NAME]
    return found
