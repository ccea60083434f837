"""The dashboard's app: pages, routes and what guards them, on one workspace."""

from __future__ import annotations

import atexit
import select
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import dash
import diskcache
import flask_bootstrap
from dash import Dash, DiskcacheManager
from flask import Flask, Response, jsonify, request, send_from_directory
from multiprocess.util import Finalize

from jobs.liveness import Watch
from jobs.recovery import open_ledger
from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.settings import QueueSettings, WebSettings
from sunspot_dash.web import media, security, shell, uploads
from sunspot_dash.web.components.submission import end_followers
from sunspot_dash.web.context import NAME, Context
from sunspot_dash.web.pages import dataset, explore, inference, jobs, overview, train
from sunspot_dash.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]
ASSETS = ROOT / "assets"
VENDOR = Path(flask_bootstrap.__file__).parent / "static" / "bootstrap5"
FIRST_SECONDS = 3.0
LOCAL_NAMES = ["127.0.0.1", "localhost", "::1"]
DAY_SECONDS = 86400
# Part of an address -> how long a browser keeps what is there, without asking whether it is the same.
KEPT_SECONDS = {"/assets/": 365 * DAY_SECONDS, "/_dash-component-suites/": 3600, "/_favicon.ico": DAY_SECONDS}
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
    """A dashboard.

    Args:
        workspace: what it shows and works on.
        host_names: names under which it answers, besides those of the settings and of this machine for itself.
        refresh: keep the index fresh.
        settings: by default those of the environment.
    """
    settings = settings or WebSettings()
    ledger = open_ledger(workspace)
    cache = diskcache.Cache(str(_cache_folder(workspace)), eviction_policy="none")
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
        update_title="",  # the tab's title must not flicker at every tick
        enable_mcp=False,
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
    _routes(server, workspace)
    names = [name.strip().lower() for name in (*host_names, *settings.host_names.split(",")) if name.strip()]
    security.guard(server, settings.password, [*LOCAL_NAMES, *names], app.csp_hashes)
    Finalize(None, end_followers, exitpriority=0)  # before multiprocess waits for them
    if refresh:
        _start_indexing(workspace)
    return app


def _routes(server: Flask, workspace: Workspace) -> None:
    @server.get("/vendor/<path:name>")
    def vendor(name: str) -> Response:
        return send_from_directory(VENDOR, name, max_age=DAY_SECONDS)

    @server.after_request
    def keep(response: Response) -> Response:
        seconds = next((kept for part, kept in KEPT_SECONDS.items() if request.path.startswith(part)), 0)
        told = response.cache_control
        # An asset's address has its time in it, or is asked for again.
        if seconds and not told.max_age and (request.args or not request.path.startswith("/assets/")):
            told.no_cache, told.max_age = None, seconds
        return response

    @server.get("/health")
    def health() -> Response:
        context: Context = server.extensions[NAME]
        lease = QueueSettings().queue_lease
        workers = Watch(workspace, context.ledger.signs, lease).workers()
        return jsonify(status="ok", workers=len(workers), jobs=len(context.ledger.live()))


def _start_indexing(workspace: Workspace) -> None:
    """Keep the index fresh in a process of its own, which ends when this one does, however it ends."""
    command = [sys.executable, "-m", "sunspot_dash.services.catalogue.watch", str(workspace.root.resolve())]
    beside = subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    )
    # So that the first page shows what there is; a large archive comes in later.
    assert beside.stdout is not None
    select.select([beside.stdout], [], [], FIRST_SECONDS)
    atexit.register(beside.terminate)


def _cache_folder(workspace: Workspace) -> Path:
    """The folder of the background callbacks' cache, its owner's alone: what lies there is unpickled."""
    folder = workspace.queue / "cache"
    folder.mkdir(mode=0o700, exist_ok=True)
    folder.chmod(0o700)
    return folder
