"""The context of a request: the workspace, its ledger, catalogue and readers, and the path prefix."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from flask import current_app

from jobs.ledger import Ledger
from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.web.readers.answers import Answers
from sunspot_dash.web.readers.pool import Readers
from sunspot_dash.workspace import Workspace

NAME = "sunspot"


@dataclass(frozen=True)
class Context:
    """Workspace, ledger, catalogue and readers of an app, and the path under which browsers reach it."""

    workspace: Workspace
    ledger: Ledger
    catalogue: Catalogue
    prefix: str = "/"

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


def url(path: str) -> str:
    """Return the address of a path of the dashboard, such as /media/..., for a browser."""
    return current_context().prefix + path.removeprefix("/")


def result_url(model: str | None, drawing: str, **more: str) -> str:
    """Return the address of a drawing with the result of a model in the viewer; `more` of its query where not empty."""
    query = {"model": model, "drawing": drawing, **more}
    return url("/inference?") + urlencode({name: value for name, value in query.items() if value})
