"""The commands of the queue, for people and for programs."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from sunspot_dash.workspace import Workspace
from tests.coco import content, encoded
from tests.command_line import run
from tests.conftest import REPOSITORY


@pytest.fixture
def space(tmp_path) -> Workspace:
    return Workspace(tmp_path / "data").create()


@pytest.fixture
def call(tmp_path):
    """Run a command on the workspace; return its output and its exit code."""

    def begin(*arguments: str, answer: str | None = None) -> tuple[str, int]:
        done = run(*arguments, "--workspace", tmp_path / "data", answer=answer)
        return done.text, done.code

    return begin


@contextmanager
def working(space: Workspace) -> Iterator[subprocess.Popen[bytes]]:
    """A worker in a separate process that ends with the test."""
    command = [sys.executable, "app.py", "worker", "--workspace", str(space.root)]
    process = subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def test_a_job_from_submission_to_prune(call, space):
    assert "no jobs" in call("jobs", "list")[0]
    text, code = call("jobs", "submit", "probe", "--param", "steps=3", "--param", "seconds=0.1")
    assert code == 0 and text.splitlines()[-1] == "1"
    assert "position 2 in the queue" in call("jobs", "submit", "probe", "--param", "fail=no sun today")[0]
    assert "Position 2 in the queue" in call("jobs", "list")[0]
    assert "no worker is running" in call("jobs", "list")[0]
    with working(space) as worker:
        text, code = call("jobs", "follow", "1")
        assert code == 0 and "step 3/3" in text and text.index("step 3/3") < text.index("done: finished")
        assert "cpu" in call("jobs", "workers")[0]
        text, code = call("jobs", "follow", "2", "--json")
        assert code == 1 and "no sun today" in text
        assert json.loads(text.splitlines()[0])["state"] == "queued"
        worker.terminate()
        assert worker.wait() == 0
    rows = json.loads(call("jobs", "list", "--json")[0])
    assert [(row["number"], row["state"]) for row in rows] == [(2, "failed"), (1, "done")]
    assert [row["number"] for row in json.loads(call("jobs", "list", "--state", "failed", "--json")[0])] == [
        2
    ]
    assert [row["number"] for row in json.loads(call("jobs", "list", "--before", "2", "--json")[0])] == [1]
    shown = json.loads(call("jobs", "show", "1", "--json")[0])
    assert shown["params"]["steps"] == 3 and shown["result"]["steps"] == 3 and shown["log"]
    assert "attempt 1 on cpu" in call("jobs", "show", "1")[0]
    assert "queued again" in call("jobs", "retry", "2")[0]
    assert "job 2 is cancelled" in call("jobs", "cancel", "2")[0]
    text, code = call("jobs", "prune", "--keep", "1", answer="n\n")
    assert code == 1 and "permanently delete 1 job," in text
    assert "1 job deleted" in call("jobs", "prune", "--keep", "1", "--yes")[0]
    assert [path.name for path in space.runs.iterdir()] == ["2"]
    assert "nothing to delete" in call("jobs", "prune", "--keep", "1")[0]


def test_every_command_answers_in_json(call, space):
    def answer(*arguments: str):
        text, code = call("jobs", *arguments, "--json")
        assert code == 0, text
        return json.loads(text)

    job = answer("submit", "probe", "--param", "steps=3")
    assert (job["number"], job["state"], job["position"]) == (1, "queued", 1)
    assert answer("cancel", "1")["state"] == "cancelled"
    assert answer("retry", "1")["position"] == 1
    answer("cancel", "1")
    assert answer("show", "1")["params"]["steps"] == 3 and answer("list")[0]["number"] == 1
    assert answer("workers") == []
    assert answer("kinds")["train"]["properties"]["epochs"]["maximum"] == 1000
    assert answer("prune", "--keep", "0", "--yes") == {"forgotten": [1]}
    assert answer("prune", "--keep", "0") == {"forgotten": []}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["jobs", "submit", "bake"], "unknown kind of job 'bake'"),
        (["jobs", "submit", "probe", "--param", "steps"], "write NAME=VALUE"),
        (["jobs", "submit", "probe", "--param", "steps=0"], "from 1 to 1000000"),
        (["jobs", "show", "7"], "there is no job 7"),
        (["jobs", "cancel", "7"], "there is no job 7"),
        (["jobs", "retry", "7"], "there is no job 7"),
        (["jobs", "list", "--state", "asleep"], "use one of queued"),
        (["worker", "--devices", "gpu"], "use auto, cpu, or GPUs such as"),
    ],
)
def test_an_error_is_one_sentence(call, space, arguments, message):
    text, code = call(*arguments)
    assert code == 1 and text.startswith("error: ") and message in text and text.count("\n") == 1


def test_a_mistyped_workspace_is_rejected_and_not_created(call, tmp_path):
    for command in (["list"], ["submit", "probe"]):
        text, code = call("jobs", *command)
        assert code == 1 and "there is no workspace at" in text and not (tmp_path / "data").exists()


def test_a_queue_that_does_not_answer_is_an_error_in_one_sentence(call, space, monkeypatch):
    monkeypatch.setenv("SUNSPOT_QUEUE", "redis://127.0.0.1:1/0")
    text, code = call("jobs", "list")
    assert code == 1 and "cannot be reached" in text and text.count("\n") == 1


def test_a_repeated_parameter_is_a_list(call, space):
    space.annotations_file.write_bytes(encoded(content({"a.png": 1}, ("Fleck", "Hof", "Fackel"))))
    given = ["--param", "model_name=x", "--param", "category=fleck", "--param", "category=Hof"]
    assert call("jobs", "submit", "train", *given)[1] == 0
    assert json.loads(call("jobs", "show", "1", "--json")[0])["params"]["category"] == ["Fleck", "Hof"]


def test_every_kind_of_job_is_described():
    text = run("jobs", "kinds").stdout
    for kind in ("train", "infer", "evaluate", "convert", "import"):
        assert f"{kind} (lane: " in text
