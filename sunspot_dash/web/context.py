"""The context of a request: the workspace, its ledger, its catalogue and its readers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from flask import current_app

from jobs.ledger import Ledger
from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.web.readers.answers import Answers
from sunspot_dash.web.readers.pool import Readers
from sunspot_dash.workspace import Workspace

NAME = "sunspot"


@dataclass(frozen=True)
class Context:
    """Workspace, ledger, catalogue and reader processes of an app."""

    workspace: Workspace
    ledger: Ledger
    catalogue: Catalogue

    @cached_property
    def readers(self) -> Readers:
        """The reader processes of this server."""
        return Readers(self.workspace)

    @cached_property
    def answers(self) -> Answers:
        """Answers that need the labels."""
        return Answers(self.workspace, self.readers)


def current_context() -> Context:
    """Return the context of the app that handles this request."""
    found: Context = current_app.extensions[NAME]
    return found
