"""Two sides beside each other: equal values look equal, and nothing else shows."""

from __future__ import annotations

import json

from langsmith_client.environment.comparison import rows
from langsmith_client.environment.fingerprint import Fingerprints
from langsmith_client.environment.plan import EnvironmentWish, compare


def shown(remote, variables, **options):
    deployment = remote.deployment()
    plan = compare(EnvironmentWish(variables, **options), deployment)
    return {row.fields["name"]: row.fields for row in rows(plan, deployment, Fingerprints())}


def test_every_name_of_either_side_has_a_row_that_says_what_a_deploy_would_do(remote, references):
    remote.deploy({"SAME": "1", "OURS": "1", "BOTH": "1", "DROPPED": "1"}, references=references(DB="db:uri"))
    remote.variables |= {"BOTH": "theirs", "THEIRS": "x", "HIDDEN": None}
    found = shown(
        remote, {"SAME": "1", "OURS": "2", "BOTH": "3", "NEW": "1", "HIDDEN": ""}, references=references(DB="db:url")
    )
    assert {name: fields["deploy"] for name, fields in found.items()} == {
        "SAME": "unchanged",
        "OURS": "changed",
        "BOTH": "conflict",
        "DROPPED": "removed",
        "NEW": "added",
        "THEIRS": "kept",
        "HIDDEN": "kept",
        "DB": "changed",
    }
    assert found["SAME"]["here"] == found["SAME"]["there"]
    assert found["OURS"]["here"] != found["OURS"]["there"]
    assert (found["NEW"]["there"], found["THEIRS"]["here"], found["HIDDEN"]["there"]) == (None, None, "not told")
    assert (found["DB"]["here"], found["DB"]["there"]) == ("db:url", "db:uri"), "where a secret is, is none"


def test_hashes_tell_nothing_but_equality_and_change_with_every_look(remote):
    remote.replace(A="canary", B="canary")
    first, second = shown(remote, {"A": "canary"}), shown(remote, {"A": "canary"})
    assert first["A"]["here"] == first["B"]["there"], "equal values are equal within one look"
    assert first["A"]["here"] != second["A"]["here"], "but two logs cannot be compared, nor a guess be tried"
    assert "canary" not in json.dumps(first)
