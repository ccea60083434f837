"""The provenance of a model's results, included with every export."""

from __future__ import annotations

from dataclasses import dataclass

from sunspot_dash.errors import SunspotError
from sunspot_dash.io.results import read_result
from sunspot_dash.ml.config import read_card
from sunspot_dash.services.catalogue.catalogue import Catalogue


@dataclass(frozen=True)
class Provenance:
    """The provenance of a model's results.

    Attributes:
        sha256: SHA-256 of the weights of the newest result, "" if that cannot be read.
        thresholds: confidence thresholds of all results, ascending.
        trained_on, terms: from the model card, "" if it has none.
    """

    sha256: str
    thresholds: list[float]
    trained_on: str
    terms: str


def provenance(catalogue: Catalogue, model: str) -> Provenance:
    """Collect the provenance of a model's results."""
    workspace = catalogue.workspace
    sql = "select distinct threshold from result where model = ? order by 1"
    thresholds = [row[0] for row in catalogue.rows(sql, [model])]
    newest = catalogue.rows("select file from result where model = ? order by stamp desc limit 1", [model])
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
