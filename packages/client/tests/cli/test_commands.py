"""Commands end with the right code and two sentences, whatever is wrong."""

from __future__ import annotations

import dataclasses

import click
import pytest

from langsmith_client.cli import COMMANDS, main, session
from langsmith_client.deploy import Surroundings
from langsmith_client.errors import PreflightError, TargetAccessError, TargetError, TargetUnavailableError
from langsmith_client.image.publish import PublishedImage
from langsmith_client.image_reference import parse_reference
from langsmith_client.proof import Proof
from langsmith_client.target.protocol import Deployment, Phase, Revision

IMAGE = PublishedImage(parse_reference("host.example/agent:1.2.0-0123456789ab"), "sha256:1", reused=False)
REVISION = Revision("r1", Phase.DEPLOYED, "DEPLOYED", "host/agent@sha256:1")
DEPLOYMENT = Deployment("d1", "greeter", {"listener": "l", "namespace": "n"}, REVISION, url="http://agents.example/x")


def test_every_command_has_a_module_of_its_name_and_the_summary_of_its_help():
    for name in COMMANDS:
        command = main.get_command(click.Context(main), name)
        assert command is not None
        assert command.name == name


def test_an_unknown_command_is_a_usage_error(cli):
    assert cli("dploy").exit_code == 2


def test_without_a_key_the_variables_are_named(cli):
    outcome = cli("status", "greeter")
    assert outcome.exit_code == 40
    assert "LANGSMITH_API_KEY" in outcome.err
    assert "Traceback" not in outcome.err


def test_a_dashboard_address_is_not_taken_for_a_control_plane(cli):
    outcome = cli("status", "greeter", "--host-url", "https://eu.smith.langchain.com", LANGSMITH_API_KEY="k" * 20)
    assert outcome.exit_code == 2
    assert "https://eu.api.host.langchain.com" in outcome.err


def test_errors_are_one_event_for_machines(cli):
    (event,) = cli("status", "greeter", "--json").events()
    assert (event["schema"], event["event"], event["exit_code"]) == (1, "error", 40)


def test_problems_of_the_agent_are_told_before_anything_is_contacted(cli, agent):
    agent.write({"langgraph.json": '{"graphz": {}}'})
    outcome = cli("deploy", str(agent.folder), "--push-to", "127.0.0.1:1/x")
    assert outcome.exit_code == 2
    assert "graphz" in outcome.err


def test_a_repository_with_a_tag_is_refused_because_tags_follow_from_the_commit(cli, agent, connected):
    outcome = cli("deploy", str(agent.folder), "--push-to", "127.0.0.1:1/x:latest")
    assert outcome.exit_code == 2
    assert "without a tag" in outcome.err


def test_a_registry_that_is_down_ends_a_push_with_its_own_code(cli, agent, monkeypatch):
    monkeypatch.setattr("langsmith_client.registry.connection._FIRST_PAUSE", 0.0)
    outcome = cli("push", str(agent.folder), "--push-to", "127.0.0.1:1/x", "--builder", "layers")
    assert outcome.exit_code == 11
    assert "127.0.0.1:1 cannot be reached" in outcome.err


def test_changed_files_are_listed(cli, agent, monkeypatch):
    monkeypatch.setattr("langsmith_client.registry.connection._FIRST_PAUSE", 0.0)
    agent.write({"greeter/graph.py": "graph = 2\n"})
    outcome = cli("push", str(agent.folder), "--push-to", "127.0.0.1:1/x")
    assert "not as committed, so the tag says so: greeter/graph.py" in outcome.err


def test_status_shows_what_is_deployed_and_what_is_served(cli, connected, monkeypatch):
    connected.deployment = DEPLOYMENT
    monkeypatch.setattr("langsmith_client.proof.ask", lambda url: Proof(False, "r0"))
    (event,) = cli("status", "greeter", "--json").events()
    assert (event["revision_id"], event["served_revision_id"]) == ("r1", "r0"), "a difference must be visible"
    assert "served      r0" in cli("status", "greeter").out


def test_status_of_a_folder_is_that_of_its_agent(cli, connected, agent, monkeypatch):
    connected.deployment = DEPLOYMENT
    monkeypatch.setattr("langsmith_client.proof.ask", lambda url: Proof(False, "r1"))
    assert cli("status", str(agent.folder)).exit_code == 0
    assert cli("status", "nobody").exit_code == 1


@pytest.fixture
def world(monkeypatch, connected, clock):
    """Time that only passes by sleeping, an image that is pushed already, and pods that say what the test wants."""
    pods = {"proof": Proof(True, "revision-1")}

    def surroundings(target, reporter):
        def prove(url, revision_id, *, replicas):
            if isinstance(pods["proof"], Exception):
                raise pods["proof"]
            return pods["proof"]

        return Surroundings(target, reporter, prove=prove, clock=clock, sleep=clock.sleep)

    monkeypatch.setattr(session, "surroundings", surroundings)
    monkeypatch.setattr(session, "publish_image", lambda *arguments: IMAGE)
    return pods


def test_a_deploy_prints_what_is_served_and_ends_with_zero(cli, agent, world):
    outcome = cli("deploy", str(agent.folder), "--push-to", "host/agent", "--json")
    assert outcome.exit_code == 0
    result = outcome.events()[-1]
    assert (result["event"], result["changed"], result["proven"]) == ("result", True, True)
    assert (result["image"], result["digest"]) == ("greeter:1.2.0-0123456789ab", "sha256:1")


def test_the_same_deploy_again_changes_nothing_and_ends_with_zero_too(cli, agent, world, connected):
    cli("deploy", str(agent.folder), "--push-to", "host/agent")
    outcome = cli("deploy", str(agent.folder), "--push-to", "host/agent")
    assert outcome.exit_code == 0
    assert "greeter (unchanged)" in outcome.out
    assert len(connected.changes) == 1


@pytest.mark.parametrize(
    ("walk", "proof", "exit_code"),
    [
        ([Phase.FAILED], True, 20),
        ([Phase.INTERRUPTED], True, 20),
        ([Phase.SUPERSEDED], True, 21),
        ([Phase.PENDING], True, 22),
        ([Phase.DEPLOYED], False, 23),
        ([Phase.PENDING, TargetAccessError("401")], True, 41),
        ([Phase.PENDING, TargetUnavailableError("502"), Phase.DEPLOYED], True, 0),
    ],
)
def test_every_end_of_a_revision_has_its_own_exit_code(cli, agent, world, connected, walk, proof, exit_code):
    connected.walk = walk
    world["proof"] = Proof(proof, "r", "" if proof else "It serves another revision.")
    outcome = cli("deploy", str(agent.folder), "--push-to", "host/agent", "--wait-timeout", "60")
    assert outcome.exit_code == exit_code, outcome.err


@pytest.mark.parametrize(("error", "exit_code"), [(PreflightError("x"), 50), (TargetAccessError("x"), 40)])
def test_a_refusal_before_anything_is_done_has_its_own_exit_code(cli, agent, world, connected, error, exit_code):
    connected.refusal = error
    assert cli("deploy", str(agent.folder), "--push-to", "host/agent").exit_code == exit_code


def test_a_deployment_on_its_way_out_is_a_conflict(cli, agent, world, connected):
    connected.deployment = dataclasses.replace(DEPLOYMENT, deleting=True)
    assert cli("deploy", str(agent.folder), "--push-to", "host/agent").exit_code == 30


def test_variables_of_the_agent_are_deployed_and_never_printed(cli, agent, world, connected):
    agent.write({"prod.env": "TOKEN=canary-secret\n"})
    outcome = cli("deploy", str(agent.folder), "--push-to", "host/agent", "--env-file", str(agent.folder / "prod.env"))
    assert connected.changes[0].environment == {"TOKEN": "canary-secret"}
    assert "canary-secret" not in outcome.out + outcome.err


def test_waiting_goes_on_where_a_deploy_left_off(cli, world, connected):
    connected.deployment = DEPLOYMENT
    outcome = cli("wait", "greeter", "r1", "--json")
    assert outcome.exit_code == 0
    assert (outcome.events()[-1]["revision_id"], outcome.events()[-1]["proven"]) == ("r1", True)


def test_deleting_without_a_terminal_needs_a_yes(cli, connected):
    connected.deployment = DEPLOYMENT
    outcome = cli("delete", "greeter")
    assert outcome.exit_code == 2
    assert "--yes" in outcome.err


def test_deleting_what_is_not_there_is_done(cli, connected):
    (event,) = cli("delete", "greeter", "--yes", "--json").events()
    assert (event["event"], event["changed"]) == ("result", False)


def test_an_interrupted_command_says_that_the_revision_goes_on(cli, connected, monkeypatch):
    def interrupt(name):
        raise KeyboardInterrupt

    monkeypatch.setattr(connected, "find", interrupt)
    outcome = cli("status", "greeter")
    assert outcome.exit_code == 130
    assert "goes on" in outcome.err


def test_a_file_that_cannot_be_used_is_named_without_a_traceback(cli, agent, world):
    world["proof"] = PermissionError(13, "Permission denied", "/cache/x")
    outcome = cli("deploy", str(agent.folder), "--push-to", "host/agent")
    assert outcome.exit_code == 1
    assert "/cache/x cannot be used (Permission denied)" in outcome.err


def test_an_error_of_the_target_keeps_its_two_sentences(cli, connected, monkeypatch):
    def fail(name):
        raise TargetError("It broke.", "Mend it.")

    monkeypatch.setattr(connected, "find", fail)
    assert cli("status", "greeter").err == "Error: It broke.\nMend it.\n"
