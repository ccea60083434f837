"""Compressed answers: the scripts of a page are 4 to 10 MB, and a third of that compressed."""

from __future__ import annotations

from flask import Flask
from flask_compress import Compress

# Pictures and archives are compressed already, and downloads are streamed.
MIMETYPES = ["text/css", "text/javascript", "application/javascript", "application/json", "image/svg+xml"]
GZIP_LEVEL = 4  # browsers accept the faster zstd over HTTPS only


def register(server: Flask) -> None:
    """Compress what a server sends, if the browser accepts it."""
    server.config.update(COMPRESS_MIMETYPES=MIMETYPES, COMPRESS_STREAMS=False, COMPRESS_LEVEL=GZIP_LEVEL)
    Compress(server)
