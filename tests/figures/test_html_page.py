"""The self-contained HTML page of the report."""

from __future__ import annotations

import plotly.graph_objects as go

from sunspot_dash.figures.html_page import Page, Section, page_html


def test_text_is_escaped():
    section = Section("<b>", ["a & b"], go.Figure(go.Scatter(x=[1], y=[1])), table=[["<i>"], ["</td>"]])
    page = page_html(Page("<script>", "x", [("1", "drawings")], [section], ["&"], [("hash", "<")]))
    assert "<title>&lt;script&gt;</title>" in page and "<b>" not in page.split("</script>")[-1]
    assert "&lt;/td&gt;" in page and "<dd>1</dd>" in page
