"""Downloads from SILSO, answered without a network."""

from __future__ import annotations

import io
import urllib.error
import urllib.request

import pytest

from sunspot_dash.errors import ParameterError, SeriesError
from sunspot_dash.io import silso
from sunspot_dash.services.analysis.download import fetch
from sunspot_dash.services.analysis.references import references
from tests.services.analysis.test_references import DAILY, FORMS, space

__all__ = ["space"]


class Answer:
    """A SILSO server that answers with given content or an error."""

    def __init__(self, content: bytes | Exception) -> None:
        self.content = content
        self.handlers: tuple[urllib.request.BaseHandler, ...] = ()
        self.requests: list[urllib.request.Request] = []

    def replace_silso(self, monkeypatch) -> None:
        """Answer requests without a network; keep the handlers that the program asks for."""
        monkeypatch.setattr(urllib.request, "build_opener", self.opener)

    def opener(self, *handlers):
        self.handlers = handlers
        return self

    def open(self, request, timeout):
        self.requests.append(request)
        assert 0 < timeout <= 60
        if isinstance(self.content, Exception):
            raise self.content
        return io.BytesIO(self.content)


def test_silso_is_contacted_only_on_request_and_its_licence_is_kept(space, monkeypatch):
    answer = Answer(DAILY)
    answer.replace_silso(monkeypatch)
    reference = fetch(space, "daily")
    (request,) = answer.requests
    assert request.full_url == "https://www.sidc.be/SILSO/INFO/sndtotcsv.php"
    assert (reference.how, reference.address) == (
        "fetched",
        request.full_url,
    ) and "CC BY-NC" in reference.licence
    assert references(space) == [reference]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (urllib.error.URLError("Name or service not known"), "cannot be reached .*import it"),
        (TimeoutError("timed out"), "cannot be reached .timed out"),
        (b"<html>maintenance</html>", "neither one of SILSO's"),
        (FORMS["monthly"], "its monthly series where the daily one was expected"),
    ],
)
def test_a_failed_or_useless_download_is_an_error(space, monkeypatch, content, words):
    Answer(content).replace_silso(monkeypatch)
    with pytest.raises(SeriesError, match=words):
        fetch(space, "daily")
    assert references(space) == []


def test_an_endless_answer_is_cut_off(space, monkeypatch):
    monkeypatch.setattr(silso, "MAX_BYTES", 100)
    Answer(DAILY * 100).replace_silso(monkeypatch)
    with pytest.raises(SeriesError, match="no series is that large"):
        fetch(space, "daily")


def test_a_redirection_to_an_unencrypted_address_is_not_followed(space, monkeypatch):
    answer = Answer(DAILY)
    answer.replace_silso(monkeypatch)
    fetch(space, "daily")
    (handler,), (request,) = answer.handlers, answer.requests
    with pytest.raises(urllib.error.URLError, match="not https"):
        handler.redirect_request(request, io.BytesIO(), 302, "Found", {}, "http://www.sidc.be/b")
    assert handler.redirect_request(request, io.BytesIO(), 302, "Found", {}, "https://www.sidc.be/b")
    with pytest.raises(ParameterError, match="no series 'observers'"):
        fetch(space, "observers")
