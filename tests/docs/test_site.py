"""The documentation builds without a warning, is complete, and loads nothing from another host."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from mkdocs.config import load_config

from docs.generate_reference import filled
from jobs.tasks import KINDS
from sunspot_dash.services.export.formats import FORMATS
from sunspot_dash.settings import QueueSettings, WebSettings

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
# Attributes whose address a browser loads without a click, unlike that of an <a>.
LOADED = {"src", "srcset", "data", "poster", "xlink:href"}
ELSEWHERE = re.compile(r"^\s*(https?:)?//", re.IGNORECASE)
STYLE_ELSEWHERE = re.compile(r"""(url\(\s*['"]?|@import\s+['"])(https?:)?//""", re.IGNORECASE)


class Loads(HTMLParser):
    """Collects the addresses that a page loads from other hosts."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            loaded = name in LOADED or (name == "href" and tag in ("link", "use", "image", "base"))
            if (loaded and ELSEWHERE.match(value or "")) or STYLE_ELSEWHERE.search(value or ""):
                self.found.append(f"<{tag} {name}={value}>")


def loaded_from_elsewhere(page: str) -> list[str]:
    """Return the addresses on other hosts that a browser would load to show a page."""
    loads = Loads()
    loads.feed(page)
    styles = re.findall(r"<style[^>]*>(.*?)</style>", page, flags=re.DOTALL)
    return loads.found + [found[0] for style in styles for found in STYLE_ELSEWHERE.finditer(style)]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built strictly: a warning fails."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    quiet = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, cwd=ROOT, env=quiet, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def page(site: Path, name: str) -> str:
    return (site / f"{name}.html").read_text("utf-8")


def test_no_page_loads_anything_from_another_host(site: Path) -> None:
    pages = sorted(site.rglob("*.html"))
    assert len(pages) > 15
    for path in pages:
        text = path.read_text("utf-8")
        assert loaded_from_elsewhere(text) == [], path.name
        assert 'class="mermaid' not in text, f"{path.name}: the theme fetches Mermaid from a CDN"
    for style in site.rglob("*.css"):
        assert not STYLE_ELSEWHERE.search(style.read_text("utf-8")), style.name


@pytest.mark.parametrize(
    "foreign",
    [
        '<script src="https://cdn.example.org/a.js"></script>',
        '<link rel="stylesheet" href="//fonts.example.org/css">',
        '<img srcset="http://example.org/a.png 2x">',
        '<p style="background: url(https://example.org/a.png)">',
        '<style>@import "https://example.org/a.css";</style>',
    ],
)
def test_resources_of_another_host_are_found(foreign: str) -> None:
    assert loaded_from_elsewhere(foreign)


def test_a_link_to_another_host_may_be_clicked() -> None:
    assert loaded_from_elsewhere('<a href="https://www.sidc.be/SILSO/datafiles">SILSO</a>') == []


def test_every_page_is_in_the_navigation() -> None:
    listed = re.findall(r"[\w/-]+\.md", str(load_config(str(ROOT / "mkdocs.yml")).nav))
    assert sorted(listed) == sorted(str(path.relative_to(DOCS)) for path in DOCS.rglob("*.md"))


def test_scripts_are_not_published(site: Path) -> None:
    assert not [*site.rglob("*.py")]


@pytest.mark.parametrize("path", sorted(DOCS.rglob("*.md")), ids=lambda path: path.stem)
def test_every_generated_part_is_up_to_date(path: Path) -> None:
    text = path.read_text("utf-8")
    assert text.count("<!-- generated:") == text.count("<!-- end -->")
    assert filled(text) == text, "run: python docs/generate_reference.py"


def test_every_setting_is_listed_with_its_default(site: Path) -> None:
    text = page(site, "reference/settings")
    for settings in (WebSettings, QueueSettings):
        for name, field in settings.model_fields.items():
            default = f"<code>{field.default:g}</code>" if field.default else "unset"
            row = f"<td><code>SUNSPOT_{name.upper()}</code></td>\n<td>{default}</td>"
            assert row in text


def test_every_kind_of_job_and_every_parameter_is_listed(site: Path) -> None:
    jobs, parameters = page(site, "reference/jobs"), page(site, "reference/parameters")
    for kind, task in KINDS.items():
        assert f'<h3 id="{kind}">' in jobs
        assert jobs.count(f"<td><code>{kind}</code></td>") == 1, f"what {kind} does"
        for name in task.parameters.model_fields:
            assert f"<td><code>{name}</code></td>" in jobs + parameters


def test_every_export_format_is_listed(site: Path) -> None:
    text = page(site, "reference/exports")
    for form in FORMATS:
        assert f"<td><code>{form}</code></td>" in text


def test_every_command_is_listed(site: Path) -> None:
    text = page(site, "reference/commands")
    for command in ("serve", "train", "infer", "export", "compare-silso", "jobs submit", "jobs prune"):
        assert f"<code>{command}</code>" in text
    assert "<code>--workspace</code>" in text
