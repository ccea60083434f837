"""Errors of the disk and of the queue: one sentence on the page, and no traceback."""

from __future__ import annotations

import sqlite3

from dash import set_props
from flask import Flask

from sunspot_dash.errors import QueueUnavailableError, SunspotError
from sunspot_dash.files import disk_fault
from sunspot_dash.web.components.feedback import problem
from sunspot_dash.web.ids import Shell

UNAVAILABLE = 503


def show(error: Exception) -> None:
    """Show the error of a callback on the page; its outputs stay as they are.

    Raises:
        Exception: it is neither an error that a user can act on nor one of the disk.
    """
    if isinstance(error, QueueUnavailableError):
        return  # every page reports it (see shell.queue_state), and the callbacks of the clock repeat
    set_props(Shell.MESSAGE, {"children": problem(_sentence(error))})


def _sentence(error: Exception) -> str:
    if isinstance(error, SunspotError):
        return str(error)
    if sentence := disk_fault(error):
        return sentence
    raise error


def answer(error: Exception) -> tuple[str, int, dict[str, str]]:
    """Return the answer of a route to such an error."""
    text = error.retrying if isinstance(error, QueueUnavailableError) else _sentence(error)
    return text, UNAVAILABLE, {"Content-Type": "text/plain; charset=utf-8"}


def register(server: Flask) -> None:
    """Register the answers."""
    for kind in (SunspotError, OSError, sqlite3.Error):
        server.register_error_handler(kind, answer)
