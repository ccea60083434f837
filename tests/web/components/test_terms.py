"""The explanations of terms lead to sections of the documentation that exist."""

from __future__ import annotations

import pytest

from sunspot_dash.web.components.terms import TERMS
from sunspot_dash.web.pages import docs


@pytest.mark.parametrize("name", TERMS)
def test_the_link_of_a_term_opens_a_section(name):
    term = TERMS[name]
    assert term.page in docs._names()
    _, sections = docs._sections(term.page)
    text = dict(sections)[term.section]
    assert len(text) > 40 and "<!--" not in text and "{#" not in text
