"""Behind a proxy: everything works below a path prefix, and a proxy that is set up wrongly gets a page that says so."""

from __future__ import annotations

import re
import shutil
import urllib.error
import urllib.request
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from jobs.control import prune
from jobs.recovery import open_ledger
from sunspot_dash.workspace import Workspace
from tests.web.conftest import run
from tests.web.dashboards import Dashboard, is_indexed, wait_until
from tests.web.proxies import PREFIX, nginx, stripping_proxy
from tests.web.tables import rows
from tests.web.test_pages import PAGES
from tests.web.viewer import open_run

PASSED_ON = "location {prefix}/ {{ proxy_pass http://127.0.0.1:{port}; proxy_set_header Host $http_host; }}"
STRIPPED = "location {prefix}/ {{ proxy_pass http://127.0.0.1:{port}/; proxy_set_header Host $http_host; }}"
AT_ROOT = "location / {{ proxy_pass http://127.0.0.1:{port}; proxy_set_header Host $http_host; }}"
HOST_CHANGED = "location / {{ proxy_pass http://127.0.0.1:{port}; proxy_set_header Host sun.example.org; }}"
ORIGIN_CHANGED = (
    "location / {{ proxy_pass http://127.0.0.1:{port}; proxy_set_header Host $http_host; "
    "proxy_set_header Origin https://sun.example.org; }}"
)
# Addresses in the page that the browser would open, by the text that stands for them.
ADDRESSES = """() => Object.fromEntries([...document.querySelectorAll('a[href], img[src], link[href], script[src]')]
    .map((one) => [one.href || one.src, one.textContent]).filter(([address]) => address.startsWith('http')))"""


@pytest.fixture(scope="module")
def prefixed(tmp_path_factory, prepared) -> Iterator[Dashboard]:
    """A dashboard below a prefix, on drawings with results."""
    root = tmp_path_factory.mktemp("prefixed") / "data"
    shutil.copytree(prepared.root, root)
    dashboard = Dashboard(Workspace(root), "--no-demo", "--no-worker", "--url-prefix", f"{PREFIX}/")
    for _ in run(dashboard):
        wait_until(lambda: is_indexed(dashboard.space), "the index is up to date")
        yield dashboard


@pytest.fixture(params=["as JupyterHub", "nginx, removed", "nginx, passed on"])
def below(request, prefixed, tmp_path) -> Iterator[str]:
    """The address of the dashboard below the prefix, behind each kind of proxy."""
    if request.param == "as JupyterHub":
        with stripping_proxy(prefixed.port, change=lambda headers: headers.pop("Host")) as address:
            yield address
        return
    locations = STRIPPED if request.param == "nginx, removed" else PASSED_ON
    with nginx(tmp_path, locations.format(prefix=PREFIX, port=prefixed.port)) as address:
        yield address + PREFIX


def test_every_page_file_and_link_is_below_the_prefix(prefixed, open_page):
    with stripping_proxy(prefixed.port, change=lambda headers: headers.pop("Host")) as below:
        page = open_page(f"{below}/")
        asked: dict[str, int] = {}
        page.on("response", lambda answer: asked.update({answer.url: answer.status}))
        found: set[str] = set()
        for path, (heading, marker) in PAGES.items():
            if path.startswith("/explore?"):
                continue  # other views of the same page
            page.goto(below + path)
            page.get_by_role("heading", name=heading, exact=True).wait_for()
            page.locator(marker).first.wait_for(state="attached")
            if path == "/inference":
                page.get_by_role("link", name="Table (CSV)").wait_for()
                page.get_by_role("link", name="Original file").wait_for()
            found |= set(page.evaluate(ADDRESSES))
        for address in found:
            assert urlsplit(address).path.startswith(f"{PREFIX}/"), address
            assert urllib.request.urlopen(address).status == 200
        kinds = (
            "_favicon",
            "vendor/",
            "assets/",
            "exports/",
            "results/",
            "media/",
            "_dash-component-suites/",
        )
        missing = {kind for kind in kinds if not any(f"{PREFIX}/{kind}" in address for address in found)}
        assert missing == set()
        assert {urlsplit(url).path.startswith(f"{PREFIX}/") for url in asked if url.startswith("http")} == {
            True
        }
        assert {url for url, status in asked.items() if status >= 400} == set()
        page.close()


def test_uploads_pictures_links_and_jobs_work_below_a_prefix(below, prefixed, open_page, archive):
    page = open_page(f"{below}/dataset")
    page.locator("#dataset-table .thumbnail").first.wait_for()
    page.wait_for_function("() => document.querySelector('#dataset-table .thumbnail').naturalWidth > 0")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose files").first.click()
    chooser.value.set_files(sorted((archive / "images").iterdir())[:1])
    page.get_by_text("0 accepted, 1 duplicate").wait_for()
    rows(page, "dataset-table").first.click()
    page.wait_for_url(f"{below}/dataset?drawing=*")
    page.get_by_role("link", name="Inference").click()
    page.wait_for_url(f"{below}/inference**")
    open_run(page)
    page.get_by_text("More options").click()
    page.get_by_label("Process drawings again").check()
    page.get_by_role("button", name="Run", exact=True).click()  # a background callback
    page.get_by_text(re.compile(r"Job \d+ was accepted")).wait_for()
    ledger = open_ledger(prefixed.space)
    (job,) = ledger.live()
    ledger.cancel(job.number)
    page.get_by_text(f"Job {job.number} is cancelled").wait_for()
    prune(ledger, ledger.all())


@pytest.mark.parametrize("path", ["/", "/dataset", "/explore?view=sun"])
def test_without_the_prefix_the_page_says_which_setting_to_set(dashboard, open_page, path):
    with stripping_proxy(dashboard.port) as address:
        page = open_page(address + path)
        note = page.get_by_role("alert").filter(has_text="SUNSPOT_URL_PREFIX")
        note.wait_for()
        assert f"SUNSPOT_URL_PREFIX={PREFIX}/ in its environment" in note.inner_text()
        assert not page.get_by_text("Loading...").is_visible()
        page.close()
    page.trouble.clear()


def test_below_another_prefix_the_page_links_to_the_right_one(prefixed, open_page):
    page = open_page(prefixed.url)
    page.get_by_role("alert").get_by_role("link", name=f"Open {PREFIX}/").click()
    page.get_by_role("heading", name="Overview", exact=True).wait_for()
    page.trouble.clear()


def test_behind_nginx_at_the_root_everything_works(dashboard, open_page, tmp_path):
    with nginx(tmp_path, AT_ROOT.format(port=dashboard.port)) as address:
        page = open_page(address)
        page.get_by_text("drawings in all").wait_for()
        page.get_by_role("button", name="Light / dark").wait_for()
        page.close()


def test_a_proxy_that_changes_host_gets_a_page_that_names_the_header(dashboard, open_page, tmp_path):
    with nginx(tmp_path, HOST_CHANGED.format(port=dashboard.port)) as address:
        page = open_page(address)
        page.get_by_role("heading", name="The dashboard refused this request").or_(
            page.get_by_role("heading", name="The dashboard did not understand this request")
        ).wait_for()
        text = page.locator("main").inner_text()
        assert "sun.example.org" in text and "proxy_set_header Host $http_host;" in text
        assert "SUNSPOT_HOST_NAMES=sun.example.org" in text
        page.close()
    page.trouble.clear()


def test_a_proxy_that_changes_origin_gets_a_note_in_the_page_that_names_the_header(
    dashboard, open_page, tmp_path
):
    with nginx(tmp_path, ORIGIN_CHANGED.format(port=dashboard.port)) as address:
        page = open_page(address)
        note = page.get_by_role("alert").filter(has_text="proxy_set_header Host $http_host;")
        note.wait_for()
        assert "changes Host or Origin" in note.inner_text()
        page.close()
    page.trouble.clear()
