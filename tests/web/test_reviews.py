"""The routes of the page Review: every answer is JSON with one sentence, and no gesture is lost or written twice."""

from __future__ import annotations

import os

import numpy as np
import pytest

from jobs.recovery import open_ledger
from sunspot_dash.io.corrections import last_change, read_corrections
from sunspot_dash.io.journals import journals_of, read_journals
from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.services.catalogue.indexer import Indexer
from sunspot_dash.web.app import create_app


@pytest.fixture
def client(filled):
    Indexer(Catalogue(filled)).refresh()
    made = create_app(filled, refresh=False).server.test_client()
    made.space, (made.key, made.name) = (
        filled,
        Catalogue(filled).rows("select key, name from drawing order by date")[0],
    )
    return made


def send(client, *gestures: dict, person: str = "Ada", model: str = "uset"):
    body = {"model": model, "person": person, "gestures": list(gestures)}
    return client.post(f"/drawings/{client.key}/gestures", json=body)


def review(client, state: str = ""):
    return client.get(f"/drawings/{client.key}/review?model=uset&state={state}")


def states(client) -> dict[str, str]:
    return {spot["number"]: spot["state"] for spot in review(client).json["spots"]}


def test_gestures_are_recorded_once_and_seen_by_others(client):
    before = review(client).json
    assert (
        before["ran"] and not before["finished_at"] and set(states(client).values()) == {"found", "candidate"}
    )
    reject = {"id": "g00000001", "act": "reject", "keys": ["1"]}
    add = {"id": "g00000002", "act": "add", "outlines": [[[300, 300], [310, 300], [305, 310]]]}
    assert send(client, reject, add).json == {"recorded": 2}
    assert send(client, add, person="Ada").json == {"recorded": 1}  # sent twice, after a lost answer
    after = review(client, before["state"]).json
    assert states(client)["1"] == "rejected" and states(client)["g00000002"] == "accepted"
    assert [one["id"] for one in after["gestures"]] == ["g00000001", "g00000002"]
    assert review(client, after["state"]).status_code == 204
    send(client, {"id": "g00000003", "act": "accept", "keys": ["1"]}, person="Bea")
    assert states(client)["1"] == "accepted" and review(client).json["disputes"][0]["key"] == "1"
    assert len(journals_of(client.space.reviews, client.name)) == 2
    send(client, {"id": "g00000004", "act": "finish"}, person="Bea")
    assert review(client).json["finished_by"] == "Bea"


def test_what_cannot_be_recorded_has_a_reason_and_the_rest_stays(client):
    good, bad = (
        {"id": "g00000001", "act": "reject", "keys": ["1"]},
        {"id": "g00000002", "act": "reject", "keys": ["999"]},
    )
    answer = send(client, good, bad)
    assert (
        answer.status_code == 422
        and answer.json["recorded"] == 1
        and "no spot '999'" in answer.json["reason"]
    )
    assert send(client, good, person=" ").json["reason"].startswith("enter your name")
    assert send(client, good, model="../../x").status_code in (404, 422, 507)
    for body in ({}, [], {"model": "uset", "person": "A", "gestures": [{"id": "7", "act": "accept"}]}, "x"):
        refused = client.post(f"/drawings/{client.key}/gestures", json=body)
        assert refused.status_code == 400 and "reload the page" in refused.json["reason"]
    refused = client.post(f"/drawings/{client.key}/gestures", data=b'{"model": NaN')
    assert refused.status_code == 400
    assert client.get("/drawings/0000000000000000/review?model=uset").status_code == 404
    gestures, problems = read_journals(client.space.reviews, client.name)
    assert [one.id for one in gestures] == ["g00000001"] and not problems


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_journal_that_cannot_be_written_is_said(client):
    client.space.reviews.mkdir(parents=True, exist_ok=True)
    client.space.reviews.chmod(0o500)
    answer = send(client, {"id": "g00000001", "act": "reject", "keys": ["1"]})
    client.space.reviews.chmod(0o700)
    assert answer.status_code == 507 and answer.json["recorded"] == 0


def test_a_click_finds_a_candidate_or_an_umbra(client):
    content = review(client).json
    candidate = next(spot for spot in content["spots"] if spot["state"] == "candidate")
    at = {"model": "uset", "x": candidate["x"], "y": candidate["y"]}
    assert client.post(f"/drawings/{client.key}/spot", json=at).json == {
        "key": candidate["number"],
        "outline": None,
        "reason": "",
    }
    counted = next(spot for spot in content["spots"] if spot["state"] == "found")
    again = client.post(f"/drawings/{client.key}/spot", json=at | {"x": counted["x"], "y": counted["y"]})
    assert again.json["key"] is None and "already counted" in again.json["reason"]
    outside = client.post(f"/drawings/{client.key}/spot", json=at | {"x": 2, "y": 2}).json["reason"]
    assert "outside the solar disk" in outside
    assert client.post(f"/drawings/{client.key}/grey").status_code == 204
    window = client.get(f"/media/{client.key}/window?left=10&top=20&right=110&bottom=80&v=1")
    assert window.mimetype == "image/jpeg" and window.data[:2] == b"\xff\xd8"
    for query in ("", "left=0&top=0&right=999999&bottom=5", "left=x&top=0&right=1&bottom=1"):
        assert client.get(f"/media/{client.key}/window?{query}").status_code == 404


def test_the_queue_lists_doubtful_drawings_first_and_counts(client):
    rows = client.get("/queue/uset?from=0&to=9&state=needs review").json
    assert rows["total"] == rows["to_review"] == 5 and rows["reviewed"] == 0
    scores = [row["score"] for row in rows["rows"]]
    assert scores == sorted(scores, reverse=True) and np.isfinite(scores).all()
    skipped = client.get(f"/queue/uset?from=0&to=9&state=all&skipped={rows['rows'][0]['key']}").json["rows"]
    assert skipped[-1]["key"] == rows["rows"][0]["key"]
    assert client.get("/queue/none?from=0&to=9").json["total"] == 0


def test_a_correction_is_saved_queued_undone_and_never_overwrites_one_that_was_not_seen(client):
    before = review(client).json
    opened, values = before["correction"]["state"], before["correction"]["values"]
    moved = values | {"x": values["x"] + 5, "observer": "Smith"}
    body = {"model": "uset", "person": "Ada", "opened": opened, "values": moved}
    address = f"/drawings/{client.key}/correction"
    assert client.post(address, json=body).json["jobs"].endswith("processes the drawing again.")
    (job,) = open_ledger(client.space).all()
    assert job.kind == "infer" and job.params["drawings"][0].endswith(client.name)
    after = review(client, before["state"]).json
    assert after["outdated"] and not before["outdated"]
    assert after["correction"]["values"] == moved and after["disk"]["x"] == moved["x"]
    found = read_corrections(client.space.corrections_file)[client.name]
    assert found.disk.by_hand and found.observer == "Smith"
    refused = client.post(address, json=body | {"person": "Bea", "values": values})
    assert refused.status_code == 409 and refused.json["reason"].startswith("Ada has corrected this drawing")
    assert read_corrections(client.space.corrections_file)[client.name] == found
    state = after["correction"]["state"]
    wrong = client.post(address, json=body | {"opened": state, "values": moved | {"radius": 3}})
    assert wrong.status_code == 422 and "limb's centre" in wrong.json["reason"]
    for bad in ({}, body | {"opened": ""}, body | {"values": {}}, body | {"values": moved | {"x": "1e999"}}):
        assert client.post(address, json=bad).status_code == 400
    assert client.post(f"{address}/undo", json={"person": " ", "opened": state}).status_code == 422
    assert "again" in client.post(f"{address}/undo", json={"person": "Ada", "opened": state}).json["jobs"]
    assert read_corrections(client.space.corrections_file) == {}
    assert last_change(client.space.corrections_log, client.name).by == "Ada"
    assert not review(client).json["outdated"]
    state = review(client).json["correction"]["state"]
    dated = body | {"opened": state, "values": values | {"date": "1956-02-03"}}
    assert "rebuilds the tables" in client.post(address, json=dated).json["jobs"]
    assert read_corrections(client.space.corrections_file)[client.name].disk is None


def test_a_blind_reader_gets_only_what_they_have_marked(client):
    content = review(client).json
    counted = next(spot for spot in content["spots"] if spot["state"] == "found")
    send(client, {"id": "g00000001", "act": "finish"}, person="Ada")
    at = {"model": "uset", "x": counted["x"], "y": counted["y"], "reader": "Bea"}
    found = client.post(f"/drawings/{client.key}/spot", json=at).json
    # A spot that counts in the review is new to the blind reader, and has the outline of the scan.
    assert found["key"] is None and len(found["outline"]) >= 3
    body = {"model": "uset", "person": "Bea", "blind": True}
    add = {"id": "g00000002", "act": "add", "outlines": [found["outline"]]}
    reject = {"id": "g00000003", "act": "reject", "keys": [counted["number"]]}
    answer = client.post(f"/drawings/{client.key}/gestures", json=body | {"gestures": [add, reject]})
    assert answer.json["recorded"] == 1 and "no spot" in answer.json["reason"]
    blind = client.get(f"/drawings/{client.key}/review?model=uset&reader=Bea").json
    assert [spot["number"] for spot in blind["spots"]] == ["g00000002"] and not blind["finished_by"]
    assert [one["id"] for one in blind["gestures"]] == ["g00000002"]
    assert len(states(client)) == len(content["spots"]) and review(client).json["finished_by"] == "Ada"
    refused = client.get(f"/drawings/{client.key}/review?model=uset&reader=")
    assert refused.status_code == 422 and "enter your name" in refused.json["reason"]
    Indexer(Catalogue(client.space)).refresh()
    (row, *_) = client.get("/queue/uset?from=0&to=9&state=reviewed&reader=Bea").json["rows"]
    assert set(row) == {"key", "name", "date", "time", "picture", "reviewed_by", "reviewed_at"}
    assert row["reviewed_by"] == ""
    open_ones = "/queue/uset?from=0&to=9&state=needs review"
    assert client.get(f"{open_ones}&reader=Bea").json["total"] == client.get(open_ones).json["total"] + 1
