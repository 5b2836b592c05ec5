"""The revisions of a deployment, with what their images say about themselves."""

from __future__ import annotations

import datetime as dt

import pytest

from langsmith_client.history import fields, history, rows
from langsmith_client.identity import Identity
from langsmith_client.target.protocol import Deployment, Phase, Revision

NOW = dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC)
A, B = ("host/greeter@sha256:" + letter * 64 for letter in "ab")
REVISIONS = [
    Revision("r3", Phase.FAILED, "DEPLOY_FAILED", B, created_at="2026-11-02T11:00:00Z"),
    Revision("r2", Phase.DEPLOYED, "DEPLOYED", A, created_at="2026-11-01T12:00:00Z"),
    Revision("r1", Phase.DEPLOYED, "DEPLOYED", A),
]
DEPLOYMENT = Deployment("d1", "greeter", {}, REVISIONS[0], active_revision_id="r2")
KNOWN = Identity(tag="1.2.0-0123456789ab", commit="0123456789ab" + "0" * 28, version="1.2.0", dirty=True)


class Reader:
    """Knows image A and has lost B."""

    def __init__(self):
        self.asked = []

    def of(self, image):
        self.asked.append(image)
        return KNOWN if image == A else Identity(problem="The registry no longer has it.")


@pytest.fixture
def entries(target):
    """The history of a deployment whose last deploy failed."""
    target.deployment, target.history = DEPLOYMENT, REVISIONS
    return history(target, Reader(), DEPLOYMENT)


def test_the_active_revision_is_marked_and_the_failed_one_above_it_is_not(entries):
    assert [(each.revision.id, each.active) for each in entries] == [("r3", False), ("r2", True), ("r1", False)]
    assert [row.cells[""] for row in rows(entries, NOW)] == [" ", "*", " "]


def test_commit_version_and_changes_are_those_of_the_image(entries):
    cells = rows(entries, NOW)[1].cells
    assert (cells["tag"], cells["commit"], cells["version"]) == ("1.2.0-0123456789ab", "0123456789ab", "1.2.0")
    assert (cells["dirty"], cells["age"], cells["status"]) == ("yes", "1d", "DEPLOYED")


def test_what_the_registry_no_longer_has_is_unknown_and_not_guessed_from_its_neighbours(entries):
    row = rows(entries, NOW)[0]
    assert (row.cells["tag"], row.cells["commit"], row.cells["dirty"]) == ("unknown", "unknown", "?")
    assert row.fields["identity"]["problem"] == "The registry no longer has it."


def test_revisions_that_share_an_image_cost_one_question(target):
    target.deployment, target.history = DEPLOYMENT, REVISIONS
    reader = Reader()
    history(target, reader, DEPLOYMENT)
    assert sorted(reader.asked) == [A, B]


def test_no_more_revisions_than_asked_for_are_read(target):
    target.deployment, target.history = DEPLOYMENT, REVISIONS
    assert [each.revision.id for each in history(target, Reader(), DEPLOYMENT, limit=2)] == ["r3", "r2"]


def test_what_a_failure_quotes_of_a_variable_is_masked(target):
    leaky = Revision("r3", Phase.FAILED, "DEPLOY_FAILED", B, "bad token canary-secret")
    target.deployment = Deployment("d1", "greeter", {}, leaky, {"TOKEN": "canary-secret"})
    (entry,) = history(target, Reader(), target.deployment)
    assert fields(entry)["message"] == "bad token **********"
