"""The list of trainings shows the figures of the best epoch."""

from __future__ import annotations

import json

from jobs.control import submit
from jobs.follow import figure as described
from jobs.recovery import open_ledger
from sunspot_dash.figures.theme import text_figure
from sunspot_dash.figures.training import training_figure
from sunspot_dash.web.app import create_app
from sunspot_dash.web.pages.train.curves import curves
from sunspot_dash.web.pages.train.runs import row_of
from sunspot_dash.workspace import Workspace


def epoch(number: int, f1: float, loss: float) -> str:
    event = {"kind": "epoch", "epoch": number, "f1": f1, "train_loss": loss, "validation_loss": 2 * loss}
    return json.dumps(event) + "\n"


def test_all_figures_of_a_row_are_of_the_best_epoch(tmp_path):
    space = Workspace(tmp_path / "data").create()
    space.annotations_file.write_text("{}")
    ledger = open_ledger(space)
    job = submit(ledger, "train", {"model_name": "mine"})
    folder = ledger.folder(job.number)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "events.jsonl").write_text(epoch(1, 0.8, 0.3) + epoch(2, 0.5, 0.1))
    row = row_of(ledger, job)
    assert (row["f1"], row["train_loss"], row["validation_loss"], row["epochs"]) == (0.8, 0.3, 0.6, 2)
    assert described("left_out", 2) == "2 left out" and described("seconds", 447.8) == "took 7 min"


def test_a_training_without_an_epoch_shows_why(tmp_path):
    space = Workspace(tmp_path / "data").create()
    space.annotations_file.write_text("{}")
    app = create_app(space, refresh=False)
    ledger = open_ledger(space)
    number = submit(ledger, "train", {"model_name": "mine"}).number

    def shown() -> str:
        with app.server.app_context():
            figure, _ = curves(None, [{"number": number}], False, "0", "light", None)
        return figure.layout.annotations[0].text

    assert shown() == "The first step is not finished yet"
    ledger.cancel(number)
    assert shown() == "Cancelled before the first step was finished"


def test_a_figure_without_data_has_no_axes_and_says_why():
    for figure in (text_figure("why", "dark"), training_figure({}, "dark", empty_text="why")):
        assert not figure.layout.xaxis.visible and not figure.layout.yaxis.visible
        assert figure.layout.annotations[0].text == "why" and not figure.data
