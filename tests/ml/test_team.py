"""Two processes train one model together, as torchrun starts them, on the CPU (gloo)."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from itertools import chain
from pathlib import Path

import pytest
import torch

from sunspot_dash.errors import ParameterError
from sunspot_dash.ml.checkpoint import Checkpoint
from sunspot_dash.ml.model import build_model
from sunspot_dash.ml.team import Team
from sunspot_dash.ml.train import fit

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = """
import pickle, sys
from pathlib import Path
from sunspot_dash.services.models.training import follow_training
from tests.ml.test_team import two_epochs

folder = Path(sys.argv[1])
if not follow_training("cpu"):
    config, drawings = pickle.loads((folder / "given.pickle").read_bytes())
    (folder / "found.pickle").write_bytes(pickle.dumps(two_epochs(folder / "together", config, drawings)))
"""


def two_epochs(path: Path, config, drawings) -> list[float]:
    """Train, ask to stop after two epochs, and return the losses of the epochs."""
    seen: list[str] = []
    state = fit(
        build_model(config.encoder, seed=config.seed),
        config,
        (drawings[:2], drawings[2:]),
        Checkpoint(path),
        lambda event: seen.append(event["kind"]),
        lambda: seen.count("epoch") == 2,
    )
    return [row["train_loss"] for row in state.history]


def run(folder: Path, config, drawings) -> list[float]:
    """Train in two processes of torchrun, which chooses a free port itself; return the losses of the epochs."""
    (folder / "given.pickle").write_bytes(pickle.dumps((config, drawings)))
    (folder / "script.py").write_text(SCRIPT)
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    done = subprocess.run(
        [*launch, folder / "script.py", folder],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        timeout=180,
        check=False,
    )
    assert done.returncode == 0
    found: list[float] = pickle.loads((folder / "found.pickle").read_bytes())
    return found


def test_two_processes_learn_what_one_does_and_end_together_when_the_first_is_asked_to_stop(
    tmp_path, drawings, config
):
    three = config.model_copy(update={"epochs": 3})
    alone = two_epochs(tmp_path / "alone", three, drawings)
    losses = run(tmp_path, three, drawings)
    assert len(losses) == len(alone) == 2, "a process did not stop, or not with the other"
    # Dice and batch normalisation are of half a batch in each process.
    assert losses == pytest.approx(alone, rel=0.25)
    assert losses[1] < losses[0]


def test_parts_of_a_batch_are_all_of_it_and_even(monkeypatch):
    teams = [Team(rank, 3, torch.device("cpu")) for rank in range(3)]
    parts = [team.part(list(range(12))) for team in teams]
    assert sorted(chain(*parts)) == list(range(12)) and {len(part) for part in parts} == {4}
    with pytest.raises(ParameterError, match="8 tiles cannot be divided evenly among 3 processes"):
        teams[0].check(8)


def test_alone_nothing_is_shared():
    team = Team.joined(torch.device("cpu"))
    model = torch.nn.Linear(1, 1)
    assert team.size == 1 and team.together(model) is model
    assert team.from_first(5) == 5 and team.any(True) and not team.any(False)
