"""The Dash app of one workspace: pages, routes and access control."""

from __future__ import annotations

import atexit
import importlib
import select
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import dash
import flask_bootstrap
from dash import Dash, DiskcacheManager
from flask import Flask, Response, jsonify, request, send_from_directory
from multiprocess.util import Finalize

from jobs.liveness import Watch
from jobs.recovery import open_ledger
from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.settings import LIMITS, QueueSettings, WebSettings
from sunspot_dash.web import early, faults, media, security, shell, uploads
from sunspot_dash.web.cache import CallbackCache
from sunspot_dash.web.components.submission import end_followers
from sunspot_dash.web.context import NAME, Context
from sunspot_dash.web.pages import dataset, explore, inference, jobs, overview, train
from sunspot_dash.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]
ASSETS = ROOT / "assets"
VENDOR = Path(flask_bootstrap.__file__).parent / "static" / "bootstrap5"
FIRST_INDEX_SECONDS = 3.0
LOCAL_NAMES = ["127.0.0.1", "localhost", "::1"]
DAY_SECONDS = 86400
# Prefix of a path -> how long a browser may cache it without revalidation.
CACHE_SECONDS = {
    "/assets/": 365 * DAY_SECONDS,
    "/_dash-component-suites/": 3600,
    "/_favicon.ico": DAY_SECONDS,
}
INDEX = """<!DOCTYPE html>
<html lang="en">
<head>
{%metas%}
<title>{%title%}</title>
<script src="/assets/theme.js"></script>
{%favicon%}
{%css%}
</head>
<body>
{%app_entry%}
<footer>{%config%}{%scripts%}{%renderer%}</footer>
</body>
</html>"""


def create_app(
    workspace: Workspace,
    host_names: Sequence[str] = (),
    refresh: bool = True,
    settings: WebSettings | None = None,
) -> Dash:
    """Return the app of a workspace.

    Args:
        host_names: host names it answers to, in addition to localhost and those in the settings.
        refresh: keep the index up to date in a separate process.
        settings: read from the environment if None.
    """
    settings = settings or WebSettings()
    ledger = open_ledger(workspace)
    cache = CallbackCache(workspace.queue / "cache")
    server = Flask("sunspot_dash")
    server.extensions[NAME] = Context(workspace, ledger, Catalogue(workspace))
    app = Dash(
        "sunspot_dash",
        server=server,  # type: ignore[arg-type]
        assets_folder=str(ASSETS),
        assets_ignore=r"theme\.js",
        use_pages=True,
        pages_folder="",
        external_stylesheets=["/vendor/css/bootstrap.min.css"],
        background_callback_manager=DiskcacheManager(cache),
        index_string=INDEX.replace("theme.js", f"theme.js?m={(ASSETS / 'theme.js').stat().st_mtime}"),
        title="Sunspot Dashboard",
        update_title="",  # keeps the title of the tab from flickering at every tick
        enable_mcp=False,
        on_error=faults.show,
        suppress_callback_exceptions=True,
        meta_tags=[{"name": "viewport", "content": "width=device-width, initial-scale=1"}],
    )
    pages = (overview, dataset, train, inference, explore, jobs)
    for module, (path, title) in zip(pages, shell.PAGES, strict=True):
        dash.register_page(
            module.__name__, path=path, name=title, title=f"{title} · Sunspot", layout=module.layout
        )
    app.layout = shell.layout
    shell.register(app)
    overview.register(app)
    dataset.register(app)
    train.register(app, workspace)
    inference.register(app, workspace)
    explore.register(app)
    jobs.register(app)
    media.register(server)
    uploads.register(server)
    faults.register(server)
    _routes(server, workspace)
    names = [name.strip().lower() for name in (*host_names, *settings.host_names.split(",")) if name.strip()]
    security.guard(server, settings.password, [*LOCAL_NAMES, *names], app.csp_hashes)
    early.register(server, {uploads.NAME: LIMITS.max_upload_bytes}, {uploads.NAME: uploads.refused})
    Finalize(None, end_followers, exitpriority=0)  # before multiprocess waits for them
    if refresh:
        _start_indexing(workspace)
    return app


def _routes(server: Flask, workspace: Workspace) -> None:
    @server.get("/vendor/<path:name>")
    def vendor(name: str) -> Response:
        return send_from_directory(VENDOR, name, max_age=DAY_SECONDS)

    @server.after_request
    def set_cache_time(response: Response) -> Response:
        seconds = next((kept for prefix, kept in CACHE_SECONDS.items() if request.path.startswith(prefix)), 0)
        cache = response.cache_control
        # An asset is cached only if its URL contains its modification time.
        if seconds and not cache.max_age and (request.args or not request.path.startswith("/assets/")):
            cache.no_cache, cache.max_age = None, seconds
        return response

    @server.get("/health")
    def health() -> Response:
        context: Context = server.extensions[NAME]
        lease = QueueSettings().queue_lease
        workers = Watch(workspace, context.ledger.signs, lease).workers()
        return jsonify(status="ok", workers=len(workers), jobs=len(context.ledger.live()))


def _start_indexing(workspace: Workspace) -> None:
    """Keep the index up to date in a separate process, which ends when this one ends for any reason."""
    command = [sys.executable, "-m", "sunspot_dash.services.catalogue.watch", str(workspace.root.resolve())]
    indexer = subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    )
    # Plotly uses a pandas that it finds imported, and fails on one that another thread is still importing: import it
    # before the first request, while the indexer starts.
    importlib.import_module("pandas")
    # Wait briefly, so that the first page shows a small archive at once; a large one appears later.
    assert indexer.stdout is not None
    select.select([indexer.stdout], [], [], FIRST_INDEX_SECONDS)
    atexit.register(indexer.terminate)
