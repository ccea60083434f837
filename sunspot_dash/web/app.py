"""The Dash app of one workspace: pages, routes and access control."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import dash
import dash_leaflet  # noqa: F401  # Dash serves its script, which has Leaflet for assets/viewer/
import flask_bootstrap
from dash import Dash, DiskcacheManager
from flask import Flask, Response, jsonify, request, send_from_directory
from markupsafe import escape
from multiprocess.util import Finalize

from jobs.liveness import Watch
from jobs.recovery import open_ledger
from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.settings import LIMITS, QueueSettings, WebSettings
from sunspot_dash.web import (
    api,
    compression,
    early,
    faults,
    media,
    model_files,
    pulse,
    reviews,
    security,
    shell,
    uploads,
)
from sunspot_dash.web.cache import CallbackCache
from sunspot_dash.web.callbacks import guard_callbacks
from sunspot_dash.web.components.submission import end_followers
from sunspot_dash.web.context import NAME, Context
from sunspot_dash.web.first_frame import FramedDash
from sunspot_dash.web.front import Front
from sunspot_dash.web.guesses import Guesses
from sunspot_dash.web.indexing import keep_indexed
from sunspot_dash.web.pages import (
    dataset,
    docs,
    explore,
    inference,
    jobs,
    models,
    overview,
    review,
    today,
    train,
)
from sunspot_dash.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]
ASSETS = ROOT / "assets"
VENDOR = Path(flask_bootstrap.__file__).parent / "static" / "bootstrap5"
STYLES = ("bootstrap.min.css", "font/bootstrap-icons.min.css")
DAY_SECONDS = 86400
# Prefix of a path -> how long a browser may cache it without revalidation.
CACHE_SECONDS = {
    "/assets/": 365 * DAY_SECONDS,
    "/_dash-component-suites/": 3600,
    "/_favicon.ico": DAY_SECONDS,
    "/favicon.ico": DAY_SECONDS,
}
LOADING = Path(__file__).with_name("loading.js").read_text("utf-8")
INDEX = """<!DOCTYPE html>
<html lang="en">
<head>
<meta name="sunspot" data-prefix="{prefix}" data-pages="{pages}">
<script>{loading}</script>
{%metas%}
<title>{%title%}</title>
<script src="{theme}"></script>
{%favicon%}
{%css%}
</head>
<body>
{%app_entry%}
<footer>{%config%}{%scripts%}{%renderer%}</footer>
</body>
</html>"""


def create_app(workspace: Workspace, refresh: bool = True, settings: WebSettings | None = None) -> Dash:
    """Return the app of a workspace.

    Args:
        refresh: keep the index up to date in a separate process, one for all server processes of the workspace.
        settings: read from the environment if None.

    Raises:
        ParameterError: a setting is not valid.
    """
    settings = settings or WebSettings.read()
    prefix = settings.url_prefix or "/"
    ledger = open_ledger(workspace)
    cache = CallbackCache(workspace.queue / "cache")
    server = Flask("sunspot_dash")
    server.extensions[NAME] = Context(workspace, ledger, Catalogue(workspace), prefix)
    app = FramedDash(
        "sunspot_dash",
        server=server,
        assets_folder=str(ASSETS),
        assets_ignore=r"theme\.js",
        use_pages=True,
        pages_folder="",
        # Front removes the prefix from the path of every request.
        requests_pathname_prefix=prefix,
        routes_pathname_prefix="/",
        external_stylesheets=[f"{prefix}vendor/css/{name}" for name in STYLES],
        background_callback_manager=DiskcacheManager(cache),
        index_string=_index(prefix),
        title="Sunspot Dashboard",
        update_title="",  # keeps the title of the tab from flickering at every answer
        enable_mcp=False,
        on_error=faults.show,
        suppress_callback_exceptions=True,
        meta_tags=[{"name": "viewport", "content": "width=device-width, initial-scale=1"}],
    )
    pages = (overview, today, dataset, train, models, inference, review, explore, jobs, docs)
    for module, (path, title) in zip(pages, (*shell.PAGES, shell.DOCS), strict=True):
        dash.register_page(
            module.__name__, path=path, name=title, title=f"{title} · Sunspot", layout=module.layout
        )
    app.layout = shell.layout
    shell.register(app)
    overview.register(app)
    today.register(app)
    dataset.register(app)
    train.register(app, workspace)
    models.register(app, workspace)
    inference.register(app, workspace)
    review.register(app, workspace)
    explore.register(app)
    jobs.register(app)
    pulse.register(server)
    media.register(server)
    api.register(server)
    model_files.register(server)
    uploads.register(server)
    reviews.register(server)
    faults.register(server)
    compression.register(server)
    _routes(server, workspace)
    server.add_url_rule("/favicon.ico", "favicon", server.view_functions["/_favicon.ico"])
    guard_callbacks(app)
    hashes = [_hash_of(LOADING)]
    guesses = Guesses(workspace.queue / "guesses.sqlite")
    security.guard(server, settings, guesses, lambda: [*hashes, *app.csp_hashes()])
    early.register(server, {uploads.NAME: LIMITS.max_upload_bytes}, {uploads.NAME: uploads.refused})
    server.wsgi_app = Front(server.wsgi_app, settings)  # type: ignore[method-assign]
    Finalize(None, end_followers, exitpriority=0)  # before multiprocess waits for them
    if refresh:
        keep_indexed(workspace)
    return app


def _index(prefix: str) -> str:
    """Return the HTML around every page, for `Dash` to fill."""
    values = {
        "prefix": escape(prefix),
        "pages": " ".join(path.strip("/") for path, _ in (*shell.PAGES, shell.DOCS)),
        "loading": LOADING,
        "theme": f"{prefix}assets/theme.js?m={(ASSETS / 'theme.js').stat().st_mtime}",
    }
    html = INDEX
    for name, value in values.items():
        html = html.replace(f"{{{name}}}", str(value))
    return html


def _hash_of(script: str) -> str:
    """Return the hash by which the content security policy allows an inline script."""
    return f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'"


def _routes(server: Flask, workspace: Workspace) -> None:
    @server.get("/vendor/<path:name>")
    def vendor(name: str) -> Response:
        return send_from_directory(VENDOR, name, max_age=DAY_SECONDS)

    @server.after_request
    def set_cache_time(response: Response) -> Response:
        seconds = next((kept for prefix, kept in CACHE_SECONDS.items() if request.path.startswith(prefix)), 0)
        cache = response.cache_control
        # An asset is cached only if its URL contains its modification time.
        kept = seconds and response.status_code == 200 and response.mimetype != "text/html"
        if kept and not cache.max_age and (request.args or not request.path.startswith("/assets/")):
            cache.no_cache, cache.max_age = None, seconds
        return response

    @server.get("/health")
    def health() -> Response:
        context: Context = server.extensions[NAME]
        lease = QueueSettings().queue_lease
        workers = Watch(workspace, context.ledger.signs, lease).workers()
        return jsonify(status="ok", workers=len(workers), jobs=len(context.ledger.live()))
