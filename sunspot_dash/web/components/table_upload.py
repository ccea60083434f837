"""A button for choosing a small table, which is sent with the next callback."""

from __future__ import annotations

import base64
import binascii

import dash_bootstrap_components as dbc
from dash import dcc

from sunspot_dash.errors import ParameterError

MOST_BYTES = 30 * 2**20  # SILSO's largest file has 3 MB


def table_upload(identity: str, text: str) -> dcc.Upload:
    """Return the button. It takes any file: of one that it refused, the browser would say nothing."""
    return dcc.Upload(dbc.Button(text, size="sm", color="secondary", outline=True), id=identity)


def decoded(content: str) -> bytes:
    """Return the bytes of a chosen file of any size.

    Raises:
        ParameterError: it is not complete.
    """
    try:
        return base64.b64decode(content.partition(",")[2], validate=True)
    except (binascii.Error, ValueError) as error:
        raise ParameterError("the file was not received completely: choose it again") from error


def received(content: str) -> bytes:
    """Return the bytes of a chosen file.

    Args:
        content: as sent by the browser, "data:...;base64,...".

    Raises:
        ParameterError: it is not complete, or too large to be a table.
    """
    table = decoded(content)
    if len(table) > MOST_BYTES:
        raise ParameterError(
            f"the file has {len(table) >> 20} MB, more than any table of dates or numbers: choose a CSV file"
        )
    return table
