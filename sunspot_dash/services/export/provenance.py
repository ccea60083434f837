"""The provenance of counts, included with every export."""

from __future__ import annotations

from dataclasses import dataclass

from sunspot_dash.errors import SunspotError
from sunspot_dash.io.results import read_result
from sunspot_dash.ml.config import read_card
from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.services.catalogue.sources import split_source, where_source


@dataclass(frozen=True)
class Provenance:
    """The provenance of the drawings of a source.

    Attributes:
        sha256: SHA-256 of the weights of the newest result, "" if that cannot be read.
        thresholds: confidence thresholds of all results, ascending.
        trained_on, terms: from the model card, "" if it has none.
    """

    sha256: str
    thresholds: list[float]
    trained_on: str
    terms: str


def provenance(catalogue: Catalogue, source: str) -> Provenance:
    """Collect the provenance of the drawings of a source."""
    model, _ = split_source(source)
    where, values = where_source(source)
    workspace = catalogue.workspace
    sql = f"select distinct threshold from result where {where} order by 1"
    thresholds = [row[0] for row in catalogue.rows(sql, values)]
    newest = catalogue.rows(f"select file from result where {where} order by stamp desc limit 1", values)
    sha256 = ""
    for row in newest:
        try:
            sha256 = read_result(workspace.results_of(model) / row["file"]).model_hash
        except SunspotError:
            sha256 = ""
    try:
        card = read_card(workspace.find_model(model))
    except SunspotError:
        card = None
    return Provenance(sha256, thresholds, card.trained_on if card else "", card.terms if card else "")
