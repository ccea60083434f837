"""The history of a training run: epochs, thinned steps, resumed attempts; and the comparison of runs."""

from __future__ import annotations

import json
from itertools import pairwise

from jobs.control import submit
from jobs.recovery import open_ledger
from sunspot_dash.web.app import create_app
from sunspot_dash.web.pages.train.comparison import OTHER_DRAWINGS, compared
from sunspot_dash.web.pages.train.history import MOST_POINTS, Histories
from sunspot_dash.workspace import Workspace


def step(epoch: int, number: int, of: int, loss: float) -> str:
    event = {"kind": "step", "epoch": epoch, "epochs": 9, "step": number, "of": of, "loss": loss}
    return json.dumps(event) + "\n"


def epoch(number: int, **more: float) -> str:
    return json.dumps({"kind": "epoch", "epoch": number, "train_loss": 0.3, "seconds": 2, **more}) + "\n"


def test_a_resumed_attempt_replaces_the_steps_and_epochs_that_it_repeats(tmp_path):
    file, histories = tmp_path / "events.jsonl", Histories()
    file.write_text(step(1, 1, 2, 5.0) + step(1, 2, 2, 4.0) + epoch(1) + step(2, 1, 2, 3.0))
    assert histories.of(tmp_path).steps == [(0.5, 5.0), (1.0, 4.0), (1.5, 3.0)]
    with file.open("a") as events:
        events.write(step(2, 1, 2, 2.0) + epoch(1, f1=0.5))
    found = histories.of(tmp_path)
    assert found.steps[-1] == (1.5, 2.0) and [row.get("f1") for row in found.epochs] == [0.5]


def test_many_steps_are_averaged_and_keep_their_order(tmp_path):
    of = 3 * MOST_POINTS
    lines = [step(1, number, of, float(number)) for number in range(1, of + 1)]
    (tmp_path / "events.jsonl").write_text("".join(lines))
    steps = Histories().of(tmp_path).steps
    assert MOST_POINTS / 3 < len(steps) <= MOST_POINTS and steps[-1][0] == 1.0
    assert steps[0] == (4 / of, 2.5) and all(b[1] - a[1] == 4 for a, b in pairwise(steps[:-1]))


def test_runs_are_compared_by_scores_and_the_parameters_that_differ(tmp_path):
    space = Workspace(tmp_path / "data").create()
    space.annotations_file.write_text("{}")
    app, ledger = create_app(space, refresh=False), open_ledger(space)
    chosen = []
    for name, weight, f1 in (("a", 3.0, 0.8), ("b", 10.0, 0.9)):
        job = submit(ledger, "train", {"model_name": name, "penalty_weight": weight})
        folder = ledger.folder(job.number)
        folder.mkdir(parents=True, exist_ok=True)
        plan = json.dumps({"kind": "plan", "training": [], "validation": [name]}) + "\n"
        (folder / "events.jsonl").write_text(plan + epoch(1, f1=f1, validation_loss=0.5))
        chosen.append({"number": job.number})
    with app.server.app_context():
        text = str(compared(None, chosen, None)[0])
        alone = str(compared(None, chosen[:1], None)[0])
    assert "B('0.900')" in text and "Td('0.800')" in text  # the better score stands out
    assert "Td('3')" in text and "Td('10')" in text and OTHER_DRAWINGS in text
    assert "epochs 12" in text.split("The same in all")[1]
    assert "Select two or more runs" in alone
