"""Requests for callbacks that no page sends: refused with 400 and one line in the log, whatever they contain."""

from __future__ import annotations

import json
import logging
import os
import random
from typing import Any

import dash_bootstrap_components as dbc
import pytest
from pydantic import ValidationError

from sunspot_dash.services.analysis import download
from sunspot_dash.services.catalogue.indexer import Indexer
from sunspot_dash.web.app import create_app
from sunspot_dash.web.callbacks import KINDS
from sunspot_dash.web.components import submission
from sunspot_dash.web.context import NAME
from sunspot_dash.web.ids import Shell

URL = "/_dash-update-component"
SEED = int(os.environ.get("FUZZ_SEED", "20"))  # benchmarks/fuzz.py gives others
ROUNDS = 12  # requests for each callback
HOSTILE = (
    *(
        None,
        True,
        -1,
        0,
        3,
        2**63,
        10**30,
        1.5,
        -1e308,
        "",
        "x",
        "uset",
        "../../etc/passwd",
        "\0",
        "\ud800",
        "NaN",
    ),
    *(
        "9999-99-99",
        "1999-01-01",
        "<script>",
        "a" * 5000,
        "data:;base64,!!",
        [],
        ["x"],
        [[]],
        [None],
        {},
        {"a": 1},
    ),
    *(
        [{}],
        [{"key": 1}],
        [{"key": "x", "number": "y", "name": []}],
        {"row": 5},
        {"row": {"number": []}},
        {"key": {}},
    ),
    *(
        {"startRow": "a", "endRow": None},
        {"startRow": 0, "endRow": 10**12, "sortModel": [{"colId": "x; drop"}]},
    ),
    *({"startRow": -5, "endRow": 5, "filterModel": {"name": {"type": "contains", "filter": {}}}},),
    *(
        {"points": []},
        {"points": [{}]},
        {"points": [{"customdata": [[], {}], "curveNumber": 99}]},
        {"points": "x"},
    ),
    *({"xaxis.range": 3}, {"xaxis.range": [None, {}]}, {"range": {"x": [1, 2]}}, {"colId": 1, "rowId": {}}),
)


@pytest.fixture
def app(filled, monkeypatch):
    """An app with results; no callback reaches another host or starts a process."""
    monkeypatch.setattr(download, "_opener", _no_network)
    made = create_app(filled, refresh=False)
    monkeypatch.setattr(made._background_manager, "call_job_fn", lambda *_, **__: 0)
    Indexer(made.server.extensions[NAME].catalogue).refresh()
    made.server.test_client().get("/_dash-layout")  # registers the callbacks of the pages
    return made


def _no_network(*_: Any, **__: Any) -> None:
    raise OSError("no network in a test")


def post(app, content: Any, kind: str = "application/json"):
    data = content if isinstance(content, str | bytes) else json.dumps(content)
    return app.server.test_client().post(URL, data=data, headers={"Content-Type": kind})


def valid(app, output: str, choose=lambda wanted: None) -> dict[str, Any]:
    """A request as the page sends it; `choose` gives the value of a property."""
    callback = app.callback_map[output]

    def given(wanted: dict[str, Any]) -> Any:
        one = {"id": wanted["id"], "property": wanted["property"], "value": choose(wanted)}
        if not wanted["id"].startswith("{"):
            return one
        names = json.loads(wanted["id"])
        return [one | {"id": {key: "x" if value == ["ALL"] else value for key, value in names.items()}}]

    def target(wanted: Any) -> Any:
        one = {"id": wanted.component_id, "property": wanted.component_property}
        if not wanted.has_wildcard():
            return one
        return [
            one | {"id": {key: value if isinstance(value, str) else "x" for key, value in one["id"].items()}}
        ]

    outputs = callback["output"]
    inputs = [given(wanted) for wanted in callback["inputs"]]
    first = inputs[0][0] if isinstance(inputs[0], list) else inputs[0]
    identity = first["id"] if isinstance(first["id"], str) else json.dumps(first["id"], separators=(",", ":"))
    return {
        "output": output,
        "outputs": [target(one) for one in outputs] if isinstance(outputs, list | tuple) else target(outputs),
        "inputs": inputs,
        "state": [given(wanted) for wanted in callback["state"]],
        "changedPropIds": [f"{identity}.{first['property']}"],
    }


def served(app) -> list[str]:
    """The callbacks that the server handles."""
    return [one["output"] for one in app._callback_list if not one.get("clientside_function")]


STATE = [(Shell.DRAWINGS, "children"), (Shell.TO_REVIEW, "children")]
STATE += [(Shell.QUEUE, "children"), (Shell.QUEUE, "title"), (Shell.OUTAGE, "children")]
PULSE = "..{}..".format("...".join(f"{identity}.{name}" for identity, name in STATE))
MALFORMED = {
    "nothing": "",
    "not JSON": "{",
    "not UTF-8": b"\xff\xfe",
    "deep": "[" * 200_000,
    "deep in a value": f'{{"output":"{PULSE}","inputs":' + "[" * 200_000,
    "NaN": '{"output": NaN}',
    "a long number": '{"output": ' + "9" * 10_000 + "}",
    "null": "null",
    "a list": "[]",
    "a text": '"x"',
    "no keys": {},
    "no output": {"inputs": []},
    "unknown output": {"output": "x.y", "inputs": []},
    "output is a list": {"output": ["x"]},
    "output is null": {"output": None},
    "no inputs": {"output": PULSE},
    "inputs are a text": {"output": PULSE, "inputs": "x"},
    "input is a number": {"output": PULSE, "inputs": [1]},
    "input without id": {"output": PULSE, "inputs": [{"property": "data"}]},
    "another input": {
        "output": PULSE,
        "inputs": [{"id": "jobs-retry", "property": "data", "value": "1"}],
    },
    "another property": {"output": PULSE, "inputs": [{"id": "shell-pulse", "property": "x", "value": 1}]},
    "more inputs": {"output": PULSE, "inputs": [{"id": "shell-pulse", "property": "data"}] * 2},
    "id is a list": {"output": PULSE, "inputs": [{"id": [], "property": "n_intervals"}]},
    "value of another type": {
        "output": "jobs-message.children",
        "inputs": [{"id": "jobs-cancel", "property": "n_clicks", "value": {}}],
    },
}


@pytest.mark.parametrize("case", MALFORMED)
def test_a_malformed_request_is_refused_with_one_line(app, case, caplog):
    with caplog.at_level(logging.WARNING):
        answer = post(app, MALFORMED[case])
    assert answer.status_code == 400 and "Reload the page" in answer.get_json()["reason"]
    assert len(caplog.records) == 1 and "\n" not in caplog.text.strip() and not caplog.records[0].exc_info


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *(("outputs", value) for value in (None, 5, {"id": 5}, [[]], {"id": "x", "property": 1})),
        *(("changedPropIds", value) for value in (5, [{}])),
        *(("state", value) for value in ("x", [1])),
    ],
)
def test_a_wrong_part_of_an_otherwise_valid_request_is_refused(app, key, value):
    request = valid(app, PULSE, lambda _: 1)
    assert post(app, request).status_code == 200
    assert post(app, request | {key: value}).status_code == 400


def test_other_content_types_and_forged_handles_are_refused_or_ignored(app):
    request = valid(app, PULSE, lambda _: 1)
    assert post(app, request, "text/plain").status_code == 400
    cancel = valid(app, "inference-cancel.id", lambda _: 1)
    answer = app.server.test_client().post(f"{URL}?cancelJob=1&oldJob=2&cacheKey=x&job=3", json=cancel)
    assert answer.status_code in (200, 204)


def test_hostile_values_in_a_form_that_starts_a_job_are_a_message(app, monkeypatch):
    """These callbacks run in a process of their own."""
    chance = random.Random(SEED)
    monkeypatch.setattr(submission.signal, "signal", lambda *_: None)
    monkeypatch.setattr(submission, "follow", lambda *_, **__: [])
    for output in ("train-message.children", "inference-message.children"):
        callback = app.callback_map[output]
        start = callback["callback"].__wrapped__
        for _ in range(10 * ROUNDS):
            values = [hostile(chance, wanted["property"]) for wanted in callback["state"]]
            assert isinstance(start(lambda _: None, "nonce", *values), dbc.Toast), values


def hostile(chance: random.Random, name: str) -> Any:
    """A value for a property, mostly of a type that passes the first check."""
    fitting = [value for value in HOSTILE if fits(name, value)]
    return chance.choice(HOSTILE if chance.random() < 0.02 else fitting)


def fits(name: str, value: Any) -> bool:
    try:
        KINDS[name].validate_python(value)
    except (KeyError, ValidationError):
        return name not in KINDS
    return True


def test_hostile_values_in_every_callback_are_refused_or_ignored(app, caplog):
    chance = random.Random(SEED)
    outputs = served(app)
    assert len(outputs) > 70
    answers = []
    for output in outputs:
        for _ in range(ROUNDS):
            request = valid(app, output, lambda wanted: hostile(chance, wanted["property"]))
            caplog.clear()
            answers.append(post(app, request).status_code)
            assert answers[-1] in (200, 204, 400), (output, request, caplog.text)
            assert answers[-1] != 400 or caplog.text.count("\n") == 1, caplog.text
            assert not any(record.exc_info for record in caplog.records), caplog.text
    assert {200, 400} <= set(answers)
