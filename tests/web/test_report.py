"""The report in a real browser without a network."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sunspot_dash.services.analysis.references import import_reference
from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.services.catalogue.indexer import Indexer
from sunspot_dash.services.export.formats import export_file
from tests.web.figures import sending_buttons

DRAWN = """() => [...document.querySelectorAll('.js-plotly-plot')]
    .map(figure => figure.querySelectorAll('.point, .bars path, image').length)"""


@pytest.fixture
def offline(context) -> Iterator[None]:
    """A browser context without a network."""
    context.set_offline(True)
    yield
    context.set_offline(False)


def test_every_figure_draws_without_a_network(filled, tmp_path, open_page, offline):
    catalogue = Catalogue(filled)
    Indexer(catalogue).refresh()
    rows = catalogue.rows("select distinct date from result where model = 'uset' order by date")
    lines = [f"{row['date'].replace('-', ';')};1950.5; {40 + i}; 5.0; 9;1\n" for i, row in enumerate(rows)]
    import_reference(filled, "".join(lines).encode(), "SN_d_tot.csv")
    export_file(catalogue, "uset", "html", tmp_path / "report.html")
    page = open_page((tmp_path / "report.html").as_uri())
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    page.wait_for_function("() => document.querySelectorAll('.js-plotly-plot .main-svg').length >= 10")
    page.wait_for_function(f"() => ({DRAWN})().every((marks) => marks > 0)")
    drawn = page.evaluate(DRAWN)
    assert len(drawn) == 5 and all(drawn), drawn  # number, SILSO, hemispheres, butterfly, sizes
    assert sending_buttons(page) == []
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.set_viewport_size({"width": 400, "height": 800})
    page.wait_for_function("() => document.documentElement.scrollWidth <= window.innerWidth")
