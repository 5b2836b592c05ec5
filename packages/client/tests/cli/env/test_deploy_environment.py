"""What a deploy is told about the environment: flags, then langsmith.toml, then the agent's own langgraph.json."""

from __future__ import annotations

import pytest

from langsmith_client.cli import session
from langsmith_client.image.publish import PublishedImage
from langsmith_client.image_reference import parse_reference
from langsmith_client.target.protocol import SecretReference

IMAGE = PublishedImage(parse_reference("host.example/greeter:1.2.0-0123456789ab"), "sha256:1", reused=False)
FLEET = """
[targets.prod]
push_to = "host.example"

[agents.greeter]
path = "."
env_file = "prod.env"
resources = { cpu = 2 }
references = { DB = "greeter-db:uri" }
"""


@pytest.fixture
def deploy(cli, connected, agent, agents_that_serve, monkeypatch):
    """Deploys the agent, whose image is in the registry already."""
    monkeypatch.setattr(session, "publish_image", lambda *arguments, **options: IMAGE)

    def run(*flags):
        return cli("deploy", str(agent.folder), "--push-to", "host.example/greeter", *flags)

    return run


def test_a_secret_reference_is_deployed_and_leaves_with_another_list(deploy, connected, agent):
    assert deploy("--secret-ref", "DB=greeter-db:uri", "--secret-ref", "CACHE=cache:uri").exit_code == 0
    assert connected.deployment.references == (
        SecretReference("CACHE", "cache", "uri"),
        SecretReference("DB", "greeter-db", "uri"),
    )
    assert deploy().exit_code == 0
    assert len(connected.changes) == 1, "a deploy without the flag says nothing about references"
    outcome = deploy("--secret-ref", "DB=greeter-db:uri")
    assert connected.deployment.references == (SecretReference("DB", "greeter-db", "uri"),)
    assert "secret references: CACHE removed" in outcome.err


def test_a_name_that_is_a_value_and_a_reference_is_refused(deploy, connected, agent):
    agent.write({"prod.env": "DB=1\n"})
    outcome = deploy("--env-file", str(agent.folder / "prod.env"), "--secret-ref", "DB=greeter-db:uri")
    assert (outcome.exit_code, connected.changes) == (2, [])
    assert "DB" in outcome.err


def test_a_conflict_ends_a_deploy_with_its_code_unless_somebody_is_right(deploy, connected, agent):
    flags = ("--env-file", str(agent.folder / "prod.env"))
    agent.write({"prod.env": "A=canary-1\n"})
    assert deploy(*flags).exit_code == 0
    connected.deployment.environment["A"] = "canary-theirs"
    agent.write({"prod.env": "A=canary-2\n"})
    refused = deploy(*flags)
    assert refused.exit_code == 30
    assert "A changed both here and there" in refused.err
    assert "canary" not in refused.err
    assert deploy(*flags, "--env-conflict", "remote").exit_code == 0
    assert connected.deployment.environment == {"A": "canary-theirs"}


def test_a_target_brings_the_agents_own_lines_of_langsmith_toml_and_flags_beat_them(deploy, connected, agent):
    agent.write({"langsmith.toml": FLEET, "prod.env": "A=prod\n", "other.env": "A=other\n"})
    assert deploy("--target", "prod").exit_code == 0
    (change,) = connected.changes
    assert (change.environment, change.references) == ({"A": "prod"}, (SecretReference("DB", "greeter-db", "uri"),))
    assert change.resources["cpu"] == 2
    flags = ("--env-file", str(agent.folder / "other.env"), "--secret-ref", "DB=other:uri", "--resource", "cpu=4")
    assert deploy("--target", "prod", *flags).exit_code == 0
    change = connected.changes[-1]
    assert (change.environment, change.references) == ({"A": "other"}, (SecretReference("DB", "other", "uri"),))
    assert change.resources["cpu"] == 4


def test_an_agent_that_langsmith_toml_does_not_list_speaks_for_itself(deploy, connected, agent):
    agent.write({"langsmith.toml": '[targets.prod]\npush_to = "host.example"\n', "prod.env": "A=prod\n"})
    assert deploy("--target", "prod").exit_code == 0
    assert connected.changes[0].environment == {}
