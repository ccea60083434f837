"""Short explanations of the terms of the field and of machine learning, each defined once."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlencode

from dash import html

from sunspot_dash.web.context import url


class Term(NamedTuple):
    """An explanation.

    Attributes:
        name: the term as it is shown; text: one or two sentences.
        page, section: where the documentation says more: path below docs/ without its ending, and a heading.
    """

    name: str
    text: str
    page: str
    section: str = ""


METHOD, FORMULAS, PARAMETERS = "science/method", "science/formulas", "reference/parameters"
TERMS = {
    "R": Term(
        "R, the sunspot number",
        "R = k (10 g + s), with g groups and s spots on the disk: each group counts as much as ten spots.",
        FORMULAS,
        "Sunspot number",
    ),
    "k": Term(
        "k, the scale factor",
        "It scales the counts of one observer or model to those of a reference series. With k = 1 the counts are "
        "shown as they are.",
        FORMULAS,
        "Sunspot number",
    ),
    "CMD": Term(
        "CMD, central meridian distance",
        "Longitude on the Sun as seen from the Earth: 0° at the middle of the disk, positive to the west.",
        FORMULAS,
        "From the drawing to the Sun",
    ),
    "MSH": Term(
        "MSH, millionths of the solar hemisphere",
        "The unit of areas of spots, corrected for foreshortening near the limb. 1 MSH is 3 million km².",
        FORMULAS,
        "Areas",
    ),
    "limb": Term(
        "Limb and limb-fit confidence",
        "The limb is the edge of the solar disk. The confidence is the percentage of the circumference on which the "
        "fit found a line.",
        METHOD,
        "1. Find the limb",
    ),
    "tilt": Term(
        "Tilt",
        "Degrees added to all position angles, for a drawing that is turned in the scan. Position angles count from "
        "north through east.",
        FORMULAS,
        "From the drawing to the Sun",
    ),
    "COCO": Term(
        "COCO file",
        "The list of labels, instances_default.json, as CVAT exports it: an outline for each spot of each drawing.",
        "how-to/own-model",
        "Label drawings",
    ),
    "doubt": Term(
        "Doubt",
        "Number of errors that are expected on a drawing, from spots near the threshold, the neighbouring days, the "
        "limb fit and the observer's own count.",
        METHOD,
        "How drawings are queued for review",
    ),
    "threshold": Term(
        "Confidence threshold",
        "The model gives each candidate a confidence from 0 to 1. Only those at or above the threshold count as spots.",
        METHOD,
        "5. Re-score the candidates",
    ),
    "F1": Term(
        "F1, precision and recall",
        "Recall is the share of the labelled spots that the model finds, precision the share of its detections that "
        "are labelled; F1 is their harmonic mean. 1 is perfect.",
        METHOD,
        "How detections are scored",
    ),
    "tile": Term(
        "Tile",
        "The network learns from square parts of the drawings, of this many pixels at the model's scale. Larger tiles "
        "show more of the surroundings and need more memory.",
        "how-to/own-model",
        "Train",
    ),
    "penalty weight": Term(
        "Penalty weight",
        "How much more a missed spot costs in training than a false alarm. A higher value finds more spots and more "
        "false alarms.",
        PARAMETERS,
        "Training",
    ),
    "epoch": Term(
        "Epoch",
        "One pass of the training over its tiles. After each, the model is scored on drawings that it does not learn "
        "from.",
        METHOD,
        "How a model is trained",
    ),
    "learning rate": Term(
        "Learning rate",
        "How far each step of the training moves the weights. Too high and the loss jumps, too low and it hardly "
        "falls.",
        PARAMETERS,
        "Training",
    ),
}


def explain(name: str) -> html.Span:
    """Return a small button that shows the explanation of a term of TERMS on hover, focus and tap.

    It stands beside a label or a heading, never inside a label.
    """
    term = TERMS[name]
    label = {"aria-label": f"What is {term.name}?", "aria-expanded": "false"}
    # assets/terms.js makes the explanation when it is needed, so that no page holds hidden texts.
    about = {
        "data-name": term.name,
        "data-text": term.text,
        "data-href": docs_address(term.page, term.section),
    }
    button = html.Button("?", type="button", **label)  # type: ignore[arg-type]
    return html.Span(button, className="term", **about)  # type: ignore[arg-type]


def docs_address(page: str, section: str = "") -> str:
    """Return the address of a page of the documentation, with one of its sections open."""
    return url("/docs") + "?" + urlencode({"page": page, **({"section": section} if section else {})})
