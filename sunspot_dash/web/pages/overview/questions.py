"""The questions that the Overview answers, each on a card that is a link to its page."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

from dash import html

from jobs.follow import summaries
from jobs.job import QUEUED
from sunspot_dash.errors import QueueUnavailableError
from sunspot_dash.services.catalogue.catalogue import Catalogue, Summary
from sunspot_dash.services.catalogue.drawings import failures, not_run
from sunspot_dash.services.review.queue import Choice, page_of_queue
from sunspot_dash.text import counted
from sunspot_dash.web.components.jobs import describe, kind_name
from sunspot_dash.web.context import current_context, url


class Known(NamedTuple):
    """What the catalogue knows at one of its revisions.

    Attributes:
        summary: its numbers. new: drawings without a result of the last model, also those that failed.
        to_review: results that nobody has reviewed.
        doubtful: the most doubtful drawing and why, "" without one.
        failed: drawings that failed in the last run of the model; why: the reason of the first.
    """

    summary: Summary
    new: int
    to_review: int
    doubtful: str
    failed: int = 0
    why: str = ""


def known() -> Known:
    """Return what the catalogue knows now."""
    catalogue = current_context().catalogue
    return _known(catalogue, catalogue.revision())


@lru_cache(maxsize=2)
def _known(catalogue: Catalogue, _: str) -> Known:
    found = catalogue.summary()
    rows, to_review = page_of_queue(catalogue, Choice(found.model), (0, 1))
    doubtful = next((f"{row['date']}: {row['reasons']}" for row in rows if row["reasons"]), "")
    return Known(
        found, not_run(catalogue, found.model), to_review, doubtful, *failures(catalogue, found.model)
    )


def cards(found: Known) -> list[html.A]:
    """Return the cards of all questions but that of the Sun's activity."""
    return [_new(found), _running(), _doubtful(found)]


def question(asked: str, number: str, unit: str, more: Any, href: str) -> html.A:
    """Return a card: the question, its answer as a number with a unit, more about it, and the page for it."""
    return html.A(
        [
            html.H2(asked),
            html.Div([html.Span(number, className="number"), html.Span(unit)], className="answer"),
            html.Div(more, className="help"),
        ],
        href=url(href),
        className="card question",
    )


def _new(known: Known) -> html.A:
    found = known.summary
    dates = f", {found.first} to {found.last}" if found.first else ""
    failed = f"{known.failed:,} of them failed; " if known.failed else ""
    more = f"{failed}{counted(found.drawings, 'drawing')} in all, {found.labelled} labelled{dates}"
    unit = "drawing without a result" if known.new == 1 else "drawings without a result"
    to_run = known.new > known.failed
    return question(
        "Which drawings are new?", f"{known.new:,}", unit, more, "/inference" if to_run else "/dataset"
    )


def _running() -> html.A:
    ledger = current_context().ledger
    try:
        live = ledger.live()
        running = [job for job in live if job.state != QUEUED]
        first = summaries(ledger, running[:1])
    except QueueUnavailableError:
        return question("What is running?", "?", "queue unavailable", "", "/jobs")
    waiting = len(live) - len(running)
    more = [html.Div(f"{kind_name(row['kind'])} {row['about']}: {describe(row)}") for row in first]
    more.append(html.Div(f"{waiting} waiting" if waiting else "nothing is waiting"))
    unit = "job" if len(running) == 1 else "jobs"
    return question("What is running?", str(len(running)), unit, more, "/jobs")


def _doubtful(known: Known) -> html.A:
    unit = "drawing to review" if known.to_review == 1 else "drawings to review"
    more = f"most doubtful: {known.doubtful}" if known.doubtful else ""
    return question("What needs your eyes?", f"{known.to_review:,}", unit, more, "/review")
