"""The read-only API: rows, pages, wrong parameters, what has not changed, and its description."""

from __future__ import annotations

import json
import urllib.error
import urllib.request

import pytest

from sunspot_dash.services.export.api_rows import FIELDS


def get(dashboard, path: str, **headers: str):
    asked = urllib.request.Request(f"{dashboard.url}/api/v1/{path}", headers=headers)
    try:
        with urllib.request.urlopen(asked) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def rows(dashboard, path: str) -> dict:
    status, _, body = get(dashboard, path)
    assert status == 200, body
    return json.loads(body)


def test_each_kind_has_its_fields_and_they_agree(dashboard):
    found = {what: rows(dashboard, f"{what}?limit=1000") for what in FIELDS}
    for what, answer in found.items():
        assert answer["total"] == len(answer["rows"]) > 0 and answer["next"] is None
        assert all(set(row) == set(FIELDS[what]) for row in answer["rows"])
    drawings, groups = found["drawings"]["rows"], found["groups"]["rows"]
    assert sum(row["groups"] for row in drawings) == len(groups)
    assert sum(row["spots"] for row in drawings) == len(found["spots"]["rows"])
    assert {row["sunspot_number"] for row in drawings} == {
        row["sunspot_number"] for row in found["numbers"]["rows"]
    }
    assert all(row["zurich"] and not row["typed"] and row["latitude_sigma_deg"] > 0.5 for row in groups)


def test_pages_are_followed_to_the_end(dashboard):
    total = rows(dashboard, "spots")["total"]
    seen, path = [], "spots?limit=7&counts=either"
    while path:
        answer = rows(dashboard, path)
        seen += [(row["name"], row["number"]) for row in answer["rows"]]
        path = (answer["next"] or "").removeprefix("/api/v1/")
    assert len(seen) == len(set(seen)) == total


def test_a_period_is_included_at_both_ends(dashboard):
    dates = [row["date"] for row in rows(dashboard, "drawings")["rows"]]
    found = rows(dashboard, f"drawings?from={dates[1]}&to={dates[2]}")
    assert [row["date"] for row in found["rows"]] == dates[1:3]


def test_what_has_not_changed_is_not_sent_again(dashboard):
    _, headers, _ = get(dashboard, "drawings")
    status, _, body = get(dashboard, "drawings", **{"If-None-Match": headers["ETag"]})
    assert (status, body) == (304, b"")


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("limit=0", "expected 1 to 1000"),
        ("offset=-1", "expected 0 or more"),
        ("from=yesterday", "yesterday"),
        ("model=nobody", "'nobody' has no results"),
        ("counts=all", "counts were 'all'"),
        ("page=2", "unknown parameter 'page': use one of model, counts"),
        ("limit=many", "many"),
    ],
)
def test_a_wrong_parameter_is_named(dashboard, query, reason):
    status, _, body = get(dashboard, f"groups?{query}")
    assert status == 400 and reason in json.loads(body)["error"]


def test_an_empty_workspace_has_no_rows(empty_dashboard):
    for what in FIELDS:
        assert rows(empty_dashboard, what)["rows"] == []


def test_the_api_only_reads(dashboard):
    asked = urllib.request.Request(f"{dashboard.url}/api/v1/drawings", method="POST", data=b"{}")
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(asked)
    assert refused.value.code in (403, 405)


def test_the_description_names_every_field_and_the_page_opens_an_answer(dashboard, open_page):
    described = rows(dashboard, "openapi.json")
    for what, fields in FIELDS.items():
        schema = described["paths"][f"/{what}"]["get"]["responses"]["200"]["content"]["application/json"][
            "schema"
        ]
        assert set(schema["properties"]["rows"]["items"]["properties"]) == set(fields)
    page = open_page(dashboard.url + "/api/v1/")
    page.get_by_role("button", name="GET /api/v1/numbers").click()
    assert '"sunspot_number"' in page.locator("body").inner_text()
