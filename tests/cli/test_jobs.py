"""The queue's commands, as a person and as a program use them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from sunspot_dash.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def run(tmp_path):
    """Runs a command on a workspace; returns what it printed and its exit code."""

    def call(*arguments: str, **more) -> tuple[str, int]:
        command = [sys.executable, "app.py", *arguments, "--workspace", str(tmp_path / "data")]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, **more)
        assert "Traceback" not in done.stderr
        return done.stdout + done.stderr, done.returncode

    return call


def test_a_job_from_submission_to_prune(run, tmp_path):
    Workspace(tmp_path / "data").create()
    assert "no jobs" in run("jobs", "list")[0]
    text, code = run("jobs", "submit", "probe", "--param", "steps=3", "--param", "seconds=0.1")
    assert code == 0 and text.splitlines()[-1] == "1"
    assert "position 2 in the queue" in run("jobs", "submit", "probe", "--param", "fail=no sun today")[0]
    assert "Position 2 in the queue" in run("jobs", "list")[0]
    assert "no worker is running" in run("jobs", "list")[0]
    worker = subprocess.Popen(
        [sys.executable, "app.py", "worker", "--workspace", str(tmp_path / "data")],
        cwd=ROOT,
        stdout=subprocess.PIPE,
    )
    text, code = run("jobs", "follow", "1")
    assert code == 0 and "step 3/3" in text and text.index("step 3/3") < text.index("done: finished")
    assert "cpu" in run("jobs", "workers")[0]
    text, code = run("jobs", "follow", "2", "--json")
    assert code == 1 and "no sun today" in text
    assert json.loads(text.splitlines()[0])["state"] == "queued"
    worker.terminate()
    assert worker.wait(20) == 0
    rows = json.loads(run("jobs", "list", "--json")[0])
    assert [(row["number"], row["state"]) for row in rows] == [(2, "failed"), (1, "done")]
    assert [row["number"] for row in json.loads(run("jobs", "list", "--state", "failed", "--json")[0])] == [2]
    assert [row["number"] for row in json.loads(run("jobs", "list", "--before", "2", "--json")[0])] == [1]
    shown = json.loads(run("jobs", "show", "1", "--json")[0])
    assert shown["params"]["steps"] == 3 and shown["result"]["steps"] == 3 and shown["log"]
    assert "attempt 1 on cpu" in run("jobs", "show", "1")[0]
    assert "queued again" in run("jobs", "retry", "2")[0]
    assert "job 2 is cancelled" in run("jobs", "cancel", "2")[0]
    text, code = run("jobs", "prune", "--keep", "1", input="n\n")
    assert code == 1 and "permanently delete 1 job," in text
    assert "1 job deleted" in run("jobs", "prune", "--keep", "1", "--yes")[0]
    assert [path.name for path in (Workspace(tmp_path / "data").runs).iterdir()] == ["2"]
    assert "nothing to delete" in run("jobs", "prune", "--keep", "1")[0]


def test_a_program_does_all_of_it_by_json(tmp_path):
    Workspace(tmp_path / "data").create()

    def call(*arguments: str):
        command = [
            sys.executable,
            "app.py",
            "jobs",
            *arguments,
            "--json",
            "--workspace",
            str(tmp_path / "data"),
        ]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    job = call("submit", "probe", "--param", "steps=3")
    assert (job["number"], job["state"], job["position"]) == (1, "queued", 1)
    assert call("cancel", "1")["state"] == "cancelled"
    assert call("retry", "1")["position"] == 1
    call("cancel", "1")
    assert call("show", "1")["params"]["steps"] == 3 and call("list")[0]["number"] == 1
    assert call("workers") == []
    assert call("kinds")["train"]["properties"]["epochs"]["maximum"] == 1000
    assert call("prune", "--keep", "0", "--yes") == {"forgotten": [1]}
    assert call("prune", "--keep", "0") == {"forgotten": []}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["jobs", "submit", "bake"], "unknown kind of job 'bake'"),
        (["jobs", "submit", "probe", "--param", "steps"], "write NAME=VALUE"),
        (["jobs", "submit", "probe", "--param", "steps=0"], "from 1 to 1e+06"),
        (["jobs", "show", "7"], "there is no job 7"),
        (["jobs", "cancel", "7"], "there is no job 7"),
        (["jobs", "retry", "7"], "there is no job 7"),
        (["jobs", "list", "--state", "asleep"], "use one of queued"),
        (["worker", "--devices", "gpu"], "use auto, cpu, or GPUs such as"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(run, arguments, said, tmp_path):
    Workspace(tmp_path / "data").create()
    text, code = run(*arguments)
    assert code == 1 and text.startswith("error: ") and said in text and text.count("\n") == 1


def test_a_mistyped_workspace_is_told_and_not_made(run, tmp_path):
    for command in (["list"], ["submit", "probe"]):
        text, code = run("jobs", *command)
        assert code == 1 and "there is no workspace at" in text and not (tmp_path / "data").exists()


def test_a_queue_that_does_not_answer_is_one_sentence(run, monkeypatch, tmp_path):
    Workspace(tmp_path / "data").create()
    monkeypatch.setenv("SUNSPOT_QUEUE", "redis://127.0.0.1:1/0")
    text, code = run("jobs", "list")
    assert code == 1 and "does not answer" in text and text.count("\n") == 1


def test_every_kind_is_explained(run):
    done = subprocess.run(
        [sys.executable, "app.py", "jobs", "kinds"], cwd=ROOT, capture_output=True, text=True
    )
    for kind in ("train", "infer", "evaluate", "convert", "import"):
        assert f"{kind} (lane: " in done.stdout
