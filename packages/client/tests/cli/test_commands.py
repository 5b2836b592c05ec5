"""Commands end with the right code and two sentences, whatever is wrong."""

from __future__ import annotations

import json

import click

from langsmith_client.cli import COMMANDS, main
from langsmith_client.errors import TargetError
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


def test_an_agent_that_cannot_be_built_ends_with_its_own_code(cli, agent):
    config = {"dependencies": ["."], "graphs": {"greeter": "./greeter/graph.py:graph"}, "dockerfile_lines": ["RUN x"]}
    agent.write({"langgraph.json": json.dumps(config)})
    outcome = cli("build", str(agent.folder), "--builder", "layers")
    assert outcome.exit_code == 10
    assert "`dockerfile_lines`" in outcome.err


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


def test_an_error_of_the_target_keeps_its_two_sentences(cli, connected, monkeypatch):
    def fail(name):
        raise TargetError("It broke.", "Mend it.")

    monkeypatch.setattr(connected, "find", fail)
    assert cli("status", "greeter").err == "Error: It broke.\nMend it.\n"
