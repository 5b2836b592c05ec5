"""`deploy` and `wait`: what they print, and every exit code they can end with."""

from __future__ import annotations

import contextlib
import dataclasses
from typing import Any

import pytest

from langsmith_client.cli import looking, session
from langsmith_client.errors import (
    BuildError,
    ConflictError,
    OutcomeUnknownError,
    PreflightError,
    RegistryAccessError,
    RegistryError,
    TargetAccessError,
    TargetError,
    TargetUnavailableError,
)
from langsmith_client.identity import Identity
from langsmith_client.image.publish import PublishedImage
from langsmith_client.image_reference import parse_reference
from langsmith_client.proof import Proof
from langsmith_client.smoke import Smoke
from langsmith_client.surroundings import Surroundings
from langsmith_client.target.protocol import Deployment, Phase, Revision

IMAGE = PublishedImage(parse_reference("host.example/agent:1.2.0-0123456789ab"), "sha256:1", reused=False)
REVISION = Revision("r1", Phase.DEPLOYED, "DEPLOYED", "host/agent@sha256:1")
DEPLOYMENT = Deployment("d1", "greeter", {"listener": "l", "namespace": "n"}, REVISION, url="http://agents.example/x")
PROVEN = Proof(True, "revision-1")
RAN_WELL = Smoke(True, {"greeting": "hi"})
# The architecture's list, without what only the operator's CLI reaches (60) and with what a shell calls Ctrl-C.
DOCUMENTED = {0, 2, 3, 10, 11, 20, 21, 22, 23, 30, 40, 41, 50}


def failing(error):
    """Something that only raises."""

    def fail(*arguments, **options):
        raise error

    return fail


TOML = """
[targets.prod]
push_to = "host/agents"

[agents.greeter]
path = "."
smoke = "hello from the file"
"""


@dataclasses.dataclass
class Ground:
    """What a deploy stands on, each part of which a test can take away."""

    target: Any
    patch: pytest.MonkeyPatch
    proof: Proof | Exception = PROVEN
    smoke: Smoke = RAN_WELL
    image: PublishedImage | BaseException = IMAGE
    asked: list[Any] = dataclasses.field(default_factory=list)

    def at(self, method, error):
        """Let a method of the target raise."""
        self.patch.setattr(self.target, method, failing(error))


@pytest.fixture
def ground(monkeypatch, connected, clock):
    """Time that only passes by sleeping, an image that is pushed already, and pods that say what the test wants."""
    made = Ground(connected, monkeypatch)

    def answer(value):
        if isinstance(value, BaseException):
            raise value
        return value

    def surroundings(target, reporter):
        return Surroundings(
            target,
            reporter,
            prove=lambda url, revision_id, *, replicas: answer(made.proof),
            smoke=lambda url, asked, *, headers: made.asked.append(asked.input) or made.smoke,
            clock=clock,
            sleep=clock.sleep,
        )

    monkeypatch.setattr(session, "surroundings", surroundings)
    monkeypatch.setattr(session, "publish_image", lambda *arguments: answer(made.image))
    return made


@pytest.fixture
def deploy(cli, agent, ground):
    """Runs `deploy` on the agent."""
    return lambda *flags: cli("deploy", str(agent.folder), "--push-to", "host/agent", "--wait-timeout", "60", *flags)


def walks(*steps):
    return lambda ground: setattr(ground.target, "walk", list(steps))


def has(**parts):
    return lambda ground: [setattr(ground, name, value) for name, value in parts.items()]


ENDS = [
    (0, (), has(), "deployed and proven"),
    (0, (), walks(Phase.PENDING, TargetUnavailableError("502"), Phase.DEPLOYED), "an outage that passes"),
    (0, ("--no-require-proof",), has(proof=Proof(False, None, "hidden")), "declared good enough"),
    (0, ("--smoke", "hi"), has(), "a smoke test that passes"),
    (1, (), lambda ground: ground.at("find", TargetUnavailableError("502")), "nobody can say what is there"),
    (1, (), lambda ground: ground.at("apply", TargetError("400")), "the target takes no such revision"),
    (2, ("--smoke", "hi", "--no-wait"), has(), "flags that contradict each other"),
    (2, ("--smoke", "hi", "--smoke-graph", "other"), has(), "a graph that is none of the agent's"),
    (2, ("--listener-id", "l"), has(), "half a place"),
    (10, (), has(image=BuildError("No builder.")), "no image"),
    (11, (), has(image=RegistryError("Refused.")), "no push"),
    (20, (), walks(Phase.FAILED), "a revision that failed"),
    (20, (), walks(Phase.INTERRUPTED), "one that was interrupted"),
    (21, (), walks(Phase.SUPERSEDED), "one that a newer one took over from"),
    (22, (), walks(Phase.PENDING), "time that ran out"),
    (22, (), lambda ground: ground.at("apply", OutcomeUnknownError("Lost.")), "an outcome nobody knows"),
    (23, (), has(proof=Proof(False, "r0", "It serves another revision.")), "pods that serve something else"),
    (23, ("--smoke", "hi"), has(smoke=Smoke(False, reason="The graph failed.")), "a smoke test that fails"),
    (30, (), lambda ground: ground.at("apply", ConflictError("Someone else.")), "someone else was quicker"),
    (40, (), has(image=RegistryAccessError("Log in.")), "a registry that wants other credentials"),
    (40, (), lambda ground: ground.at("find", TargetAccessError("401")), "a key that is wrong"),
    (41, (), walks(Phase.PENDING, TargetAccessError("401")), "a key that expires on the way"),
    (50, (), lambda ground: ground.at("check", PreflightError("No such namespace.")), "a place that is none"),
    (130, (), has(image=KeyboardInterrupt()), "Ctrl-C"),
]


@pytest.mark.parametrize(
    ("exit_code", "flags", "arrange"), [pytest.param(*end[:3], id=f"{end[0]}: {end[3]}") for end in ENDS]
)
def test_every_end_has_its_exit_code_two_sentences_and_no_traceback(deploy, ground, exit_code, flags, arrange):
    arrange(ground)
    outcome = deploy(*flags)
    assert outcome.exit_code == exit_code, outcome.err
    assert "Traceback" not in outcome.err
    assert ("Error: " in outcome.err) is (exit_code != 0), "an error says what it is, a success does not"


class Labels:
    """What images say of themselves: the one that runs is of a later commit."""

    def of(self, image):
        """The identity of one."""
        day = 3 if image == REVISION.image else 1
        return Identity(tag=f"of-day-{day}", commit=str(day) * 40, created=f"2026-11-0{day}T12:00:00Z")


@pytest.mark.parametrize(("running", "notes"), [(REVISION.image, 1), (IMAGE.by_digest, 0)], ids=["later", "the same"])
def test_a_deploy_of_older_code_than_runs_says_that_it_goes_back(deploy, ground, monkeypatch, running, notes):
    monkeypatch.setattr(looking, "identities", lambda: contextlib.nullcontext(Labels()))
    ground.target.deployment = dataclasses.replace(DEPLOYMENT, newest=dataclasses.replace(REVISION, image=running))
    outcome = deploy("--json")
    assert outcome.exit_code == 0, "going back may be meant"
    said = [event["message"] for event in outcome.events() if event["event"] == "note"]
    assert len([text for text in said if text.startswith("This goes back: of-day-3 runs")]) == notes


DIGEST = "sha256:" + "a" * 64


def test_an_image_that_is_given_by_its_digest_is_deployed_and_nothing_is_built(cli, agent, ground, monkeypatch):
    ground.image = AssertionError("nothing shall be built or pushed")
    monkeypatch.setattr("langsmith_client.registry.Registry.digest", lambda self, image: image.reference)
    outcome = cli("deploy", str(agent.folder), "--image-uri", f"host.example/agent@{DIGEST}", "--json")
    assert outcome.exit_code == 0, outcome.err
    assert ground.target.changes[0].image == f"host.example/agent@{DIGEST}"
    assert outcome.events()[-1]["image"] == f"greeter@{DIGEST}"


@pytest.mark.parametrize(
    "flags",
    [
        ("--image-uri", "host.example/agent:1.0"),
        ("--image-uri", f"host.example/agent@{DIGEST}", "--push-to", "host.example/agent"),
        ("--image-uri", f"host.example/agent@{DIGEST}", "--force-rebuild"),
    ],
)
def test_an_image_is_given_by_digest_and_alone(cli, agent, ground, flags):
    assert cli("deploy", str(agent.folder), *flags).exit_code == 2
    assert ground.target.changes == []


def test_every_documented_exit_code_of_a_deploy_is_in_the_table():
    takes_two_deploys = {3}
    assert {end[0] for end in ENDS} == DOCUMENTED - takes_two_deploys | {1, 130}


def test_nothing_to_do_is_success_unless_the_difference_is_asked_for(deploy, ground):
    assert deploy("--detailed-exitcode").exit_code == 0, "something was done"
    outcome = deploy()
    assert outcome.exit_code == 0
    assert "greeter (unchanged)" in outcome.out
    assert deploy("--detailed-exitcode").exit_code == 3
    assert len(ground.target.changes) == 1


def test_a_deploy_tells_machines_what_is_served(deploy):
    outcome = deploy("--json", "--smoke", '{"name": "Ada"}')
    result = outcome.events()[-1]
    assert (result["event"], result["changed"], result["proven"]) == ("result", True, True)
    assert (result["image"], result["digest"]) == ("greeter:1.2.0-0123456789ab", "sha256:1")
    assert (result["smoke"]["passed"], result["smoke"]["output"]) == (True, {"greeting": "hi"})


def test_the_smoke_test_of_a_langsmith_toml_is_asked_unless_a_flag_says_another(cli, agent, ground):
    agent.write({"langsmith.toml": TOML})
    folder = str(agent.folder)
    assert cli("deploy", folder, "--target", "prod", "--no-wait").exit_code == 0, "only those who wait can ask"
    assert ground.asked == []
    cli("deploy", folder, "--target", "prod")
    cli("deploy", folder, "--target", "prod", "--smoke", "hello from the flag")
    assert [each["messages"][0]["content"] for each in ground.asked] == ["hello from the file", "hello from the flag"]


@pytest.mark.parametrize("walk", [Phase.PENDING, TargetAccessError("401")])
def test_a_revision_that_is_left_to_itself_comes_with_the_command_that_follows_it(deploy, ground, walk):
    ground.target.walk = [Phase.PENDING, walk]
    outcome = deploy("--region", "eu", "--no-require-proof", "--smoke", "hi")
    assert (
        "langsmith-client wait greeter revision-1 --region eu --no-require-proof --smoke hi --smoke-graph greeter"
        in outcome.err
    )


def test_not_waiting_prints_the_command_that_follows(deploy):
    assert "follow with langsmith-client wait greeter revision-1\n" in deploy("--no-wait").out


def test_an_unproven_deploy_says_how_to_accept_that(deploy, ground):
    ground.proof = Proof(False, None, "/info answered 404: the agent is up but hides it.")
    outcome = deploy()
    assert "hides it" in outcome.err
    assert "--no-require-proof" in outcome.err


def test_a_deployment_on_its_way_out_is_a_conflict(deploy, ground):
    ground.target.deployment = dataclasses.replace(DEPLOYMENT, deleting=True)
    assert deploy().exit_code == 30


def test_variables_of_the_agent_are_deployed_and_never_printed(deploy, ground, agent):
    agent.write({"prod.env": "TOKEN=canary-secret\n"})
    outcome = deploy("--env-file", str(agent.folder / "prod.env"))
    assert ground.target.changes[0].environment == {"TOKEN": "canary-secret"}
    assert "canary-secret" not in outcome.out + outcome.err


def test_a_file_that_cannot_be_used_is_named_without_a_traceback(deploy, ground):
    ground.proof = PermissionError(13, "Permission denied", "/cache/x")
    outcome = deploy()
    assert outcome.exit_code == 1
    assert "/cache/x cannot be used (Permission denied)" in outcome.err


def test_waiting_goes_on_where_a_deploy_left_off(cli, ground):
    ground.target.deployment = DEPLOYMENT
    outcome = cli("wait", "greeter", "r1", "--json")
    assert outcome.exit_code == 0
    assert (outcome.events()[-1]["revision_id"], outcome.events()[-1]["proven"]) == ("r1", True)


def test_waiting_finds_the_agent_by_its_folder_and_can_let_it_run(cli, ground, agent):
    ground.target.deployment = DEPLOYMENT
    assert cli("wait", str(agent.folder), "r1", "--smoke", "hi").exit_code == 2, "no langgraph.json names the graph"
    outcome = cli("wait", str(agent.folder), "r1", "--smoke", "hi", "--smoke-graph", "greeter", "--json")
    assert outcome.events()[-1]["smoke"]["passed"]


def test_waiting_for_a_deployment_that_is_not_there_says_so(cli, ground):
    outcome = cli("wait", "nobody", "r1")
    assert outcome.exit_code == 1
    assert "There is no deployment 'nobody'" in outcome.err
