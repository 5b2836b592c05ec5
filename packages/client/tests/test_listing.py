"""A workspace at a glance: every agent looked at, at the same time, and none of them able to spoil the list."""

from __future__ import annotations

import dataclasses
import datetime as dt
import threading

import pytest

from langsmith_client.errors import TargetError, TargetUnavailableError
from langsmith_client.identity import Identity
from langsmith_client.listing import WORKERS, fields, list_agents, rows
from langsmith_client.proof import Proof
from langsmith_client.target.protocol import Deployment, Phase, Revision

NOW = dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC)
IMAGE = "host/greeter@sha256:" + "a" * 64
REVISION = Revision("r1", Phase.DEPLOYED, "DEPLOYED", IMAGE, created_at="2026-11-01T12:00:00Z")
DEPLOYMENT = Deployment(
    "d1", "greeter", {"namespace": "agents"}, REVISION, url="http://agents.example/x", active_revision_id="r1"
)
KNOWN = Identity("sha256:" + "a" * 64, tag="1.2.0-0123456789ab", dirty=False)


class Reader:
    """Knows every image to be the same, and remembers what it was asked."""

    def __init__(self):
        self.asked = []

    def of(self, image):
        self.asked.append(image)
        return KNOWN


def listed(target, served="r1", reader=None):
    (only,) = list_agents(target, reader or Reader(), probe=lambda url: Proof(False, served))
    return only


def test_an_agent_that_is_as_it_should_be_is_one_line(target):
    target.deployment = DEPLOYMENT
    (row,) = rows([listed(target)], NOW)
    assert dict(row.cells) == {
        "name": "greeter",
        "status": "DEPLOYED",
        "tag": "1.2.0-0123456789ab",
        "dirty": "no",
        "digest": "a" * 12,
        "namespace": "agents",
        "served": "newest",
        "age": "1d",
        "url": "http://agents.example/x",
    }


def test_machines_get_whole_identifiers_and_no_variables(target):
    target.deployment = dataclasses.replace(DEPLOYMENT, environment={"TOKEN": "canary"})
    found = fields(listed(target))
    assert found["identity"]["digest"] == KNOWN.digest
    assert (found["revision_id"], found["served_revision_id"]) == ("r1", "r1")
    assert "canary" not in str(found)


def test_of_a_failed_deploy_the_image_that_still_runs_is_shown_beside_the_failure(target):
    failed = Revision("r2", Phase.FAILED, "DEPLOY_FAILED", "host/greeter@sha256:new")
    target.deployment = dataclasses.replace(DEPLOYMENT, newest=failed)
    target.revision = lambda deployment_id, revision_id: dataclasses.replace(REVISION, id=revision_id)
    reader = Reader()
    agent = listed(target, "r1", reader)
    assert reader.asked == [IMAGE], "the image of the active revision, not that of the failed one"
    cells = rows([agent], NOW)[0].cells
    assert (cells["status"], cells["served"]) == ("DEPLOY_FAILED", "active")


def test_an_active_revision_that_is_pruned_leaves_the_image_unknown_and_is_not_taken_for_the_newest(target):
    def pruned(deployment_id, revision_id):
        raise TargetError("Revision r1 not found.")

    target.deployment = dataclasses.replace(DEPLOYMENT, newest=dataclasses.replace(REVISION, id="r2"))
    target.revision = pruned
    reader = Reader()
    agent = listed(target, "r1", reader)
    assert not reader.asked
    assert (agent.running, agent.problem) == (None, "Revision r1 not found.")
    assert rows([agent], NOW)[0].cells["tag"] == "unknown"


@pytest.mark.parametrize(("served", "shown"), [("r0-long-id", "other (r0-long-)"), (None, "unknown")])
def test_what_is_served_is_what_the_agent_says_and_nothing_else(target, served, shown):
    target.deployment = DEPLOYMENT
    assert rows([listed(target, served)], NOW)[0].cells["served"] == shown


def test_a_deployment_without_revision_or_url_is_listed_as_far_as_it_is_known(target):
    target.deployment = Deployment("d1", "new", {}, None)
    agent = listed(target)
    cells = rows([agent], NOW)[0].cells
    assert (cells["status"], cells["served"], cells["age"], cells["url"]) == ("unknown", "unknown", "-", "-")


def test_trouble_with_one_agent_is_told_in_its_row_and_spares_the_others(target):
    target.deployment = DEPLOYMENT
    target.others = [dataclasses.replace(DEPLOYMENT, id="d2", name="broken")]
    whole = target.newest

    def newest(deployment):
        if deployment.name == "broken":
            raise TargetUnavailableError("502 for ever.")
        return whole(deployment)

    target.newest = newest
    agents = list_agents(target, Reader(), probe=lambda url: Proof(False, "r1"))
    assert [(each.deployment.name, each.problem) for each in agents] == [("broken", "502 for ever."), ("greeter", "")]


def test_agents_are_looked_at_side_by_side_and_listed_by_name(target):
    names = [f"agent-{number:03}" for number in reversed(range(WORKERS * 4))]
    target.others = [dataclasses.replace(DEPLOYMENT, id=name, name=name) for name in names]
    together = threading.Barrier(WORKERS, timeout=20)  # seconds; passes only if so many ask at the same time

    def probe(url):
        together.wait()
        return Proof(False, "r1")

    assert [each.deployment.name for each in list_agents(target, Reader(), probe=probe)] == sorted(names)


def test_an_empty_workspace_is_no_table(target):
    assert rows(list_agents(target, Reader(), probe=lambda url: Proof(False, None)), NOW) == []
