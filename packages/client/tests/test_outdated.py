"""What is deployed is compared with the folder it came from and with the base image as it is today."""

from __future__ import annotations

import dataclasses

import pytest

from langsmith_client.errors import RegistryError, UndecidedError
from langsmith_client.identity import Identity
from langsmith_client.image.publish import INPUTS_LABEL, build_request
from langsmith_client.image_reference import Repository
from langsmith_client.listing import Listed
from langsmith_client.outdated import Bases, Finding, State, compare_all, insist, rows
from langsmith_client.proof import Proof
from langsmith_client.target.protocol import Deployment, Phase, Revision

BASE = "docker.io/langchain/langgraph-api:3.11"
IMAGE = "127.0.0.1:5000/greeter@sha256:" + "a" * 64
REVISION = Revision("r1", Phase.DEPLOYED, "DEPLOYED", IMAGE)
DEPLOYMENT = Deployment("d1", "greeter", {}, REVISION, active_revision_id="r1")


class FakeBases(Bases):
    """Base images that stand still until they are moved."""

    def __init__(self, digest: str | Exception = "sha256:base"):
        self.now = digest

    def digest(self, name: str, platform: str) -> str:
        if isinstance(self.now, Exception):
            raise self.now
        return self.now


def identity_of(project, **changes):
    """What an image built from the project says about itself."""
    request = build_request(project, Repository("127.0.0.1:5000", "greeter"))
    known = Identity(
        "sha256:" + "a" * 64,
        tag=request.image.reference,
        commit=project.git.commit,
        inputs=request.labels[INPUTS_LABEL],
        base=BASE,
        base_digest="sha256:base",
        platform="linux/amd64",
    )
    return dataclasses.replace(known, **changes)


def listed(identity, served: str | None = "r1", running=REVISION):
    return Listed(DEPLOYMENT, running, running, identity, Proof(False, served))


def compare(project, deployed, bases=None):
    (finding,) = compare_all([project], [deployed] if deployed else [], bases or FakeBases())
    return finding


@pytest.fixture
def project(agent):
    """A committed agent."""
    return agent.load()


def test_an_agent_deployed_as_it_is_here_is_current(project):
    finding = compare(project, listed(identity_of(project)))
    assert (finding.state, finding.reasons) == (State.CURRENT, ())


def test_a_new_commit_makes_it_outdated_and_says_what_it_brings(agent, project):
    deployed = listed(identity_of(project))
    agent.write({"greeter/graph.py": "graph = 2\n"}).commit("Say hello")
    finding = compare(agent.load(), deployed)
    assert finding.state is State.OUTDATED
    assert finding.reasons[0].startswith(f"{finding.deployed} is deployed, the folder is {finding.tag}")
    assert [each.subject for each in finding.commits.added] == ["Say hello"]


def test_a_changed_file_makes_it_outdated_before_it_is_committed(agent, project):
    deployed = listed(identity_of(project))
    agent.write({"greeter/graph.py": "graph = 2\n"})
    finding = compare(agent.load(), deployed)
    assert finding.state is State.OUTDATED
    assert "-dirty-" in (finding.tag or "")


def test_a_commit_that_leaves_the_agent_alone_changes_nothing(agent, project):
    deployed = listed(identity_of(project))
    (agent.folder.parent / "elsewhere").mkdir()
    agent.git("commit", "--quiet", "--allow-empty", "--message", "Elsewhere")
    assert compare(agent.load(), deployed).state is State.CURRENT


def test_a_moved_base_image_makes_it_outdated(project):
    finding = compare(project, listed(identity_of(project)), FakeBases("sha256:newer"))
    assert (finding.state, finding.reasons) == (State.OUTDATED, (f"its base image {BASE} has moved",))


def test_a_base_image_that_cannot_be_asked_leaves_a_doubt_and_claims_nothing(project):
    finding = compare(project, listed(identity_of(project)), FakeBases(RegistryError("No route.")))
    assert finding.state is State.UNKNOWN
    assert finding.reasons == ("whether its base image moved is unknown: No route",)


def test_an_image_for_another_platform_is_compared_as_one(project):
    arm = build_request(project, Repository("127.0.0.1:5000", "greeter"), "linux/arm64")
    known = identity_of(project, platform="linux/arm64", inputs=arm.labels[INPUTS_LABEL], tag=arm.image.reference)
    assert compare(project, listed(known)).state is State.CURRENT


def test_an_agent_that_serves_another_revision_than_the_active_one_is_outdated(project):
    finding = compare(project, listed(identity_of(project), served="r0"))
    assert finding.state is State.OUTDATED
    assert "revision r0 is served" in finding.reasons[0]
    assert compare(project, listed(identity_of(project), served=None)).state is State.CURRENT, "silence is no claim"


def test_an_agent_that_is_not_deployed_is_said_to_be_absent(project):
    assert compare(project, None).state is State.ABSENT


@pytest.mark.parametrize(
    "identity", [Identity(problem="The registry no longer has it."), Identity("sha256:1", tag="someone-elses")]
)
def test_an_image_that_does_not_tell_is_unknown_and_not_outdated(project, identity):
    finding = compare(project, listed(identity))
    assert finding.state is State.UNKNOWN
    assert finding.reasons[0]


def test_a_deployment_without_a_revision_is_unknown(project):
    assert compare(project, Listed(DEPLOYMENT, None, None, Identity(), None, "502.")).reasons == ("502",)


def test_a_base_image_is_looked_up_once_for_all_agents(registry, server, push_base):
    image = push_base({})
    server.requests.clear()
    bases = Bases(registry)
    found = {bases.digest(BASE, "linux/amd64") for _ in range(3)}
    assert found == {registry.digest(image)}
    assert [line for line in server.requests if line.startswith("GET")] == [
        "GET /v2/langchain/langgraph-api/manifests/3.11"
    ]


def test_people_and_machines_get_the_reasons(project):
    (row,) = rows([compare(project, None)])
    assert row.cells["why"] == row.fields["reasons"][0] == "there is no deployment of this name"


@pytest.mark.parametrize(
    ("others", "whom"), [([], "greeter"), ([Finding("b", State.UNKNOWN)], "greeter, and 1 more,")], ids=["one", "two"]
)
def test_not_knowing_is_neither_yes_nor_no(others, whom):
    findings = [Finding("a", State.CURRENT), Finding("greeter", State.UNKNOWN, reasons=("No route",)), *others]
    with pytest.raises(UndecidedError, match=f"Whether {whom} is deployed as it is here is not known: No route\\."):
        insist(findings)
    insist([Finding("a", State.OUTDATED), Finding("b", State.ABSENT), Finding("c", State.CURRENT)])
