"""A kind of target that is no control plane goes through every command, none of which knows of it."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING

import pytest
from target_in_memory import FakeTarget

from langsmith_client.cli import looking, session
from langsmith_client.proof import Proof
from langsmith_client.surroundings import Surroundings
from langsmith_client.target.protocol import LogLine

if TYPE_CHECKING:
    from langsmith_client.target.protocol import WholeTarget

PLACE = "127.0.0.1:5000/agents"
TOML = f'[targets.dev]\npush_to = "{PLACE}"\n[agents.greeter]\npath = "."\n'


class Releases(FakeTarget):
    """Agents as releases of a chart, say: nobody's control plane knows of them."""


@pytest.fixture
def kind(agent, push_base, open_registry, monkeypatch, clock):
    """The only way to it is the one place where a target is opened; a control plane cannot even be addressed."""

    def fail(*_, **__):
        raise AssertionError("a command speaks to the control plane, past the target")

    monkeypatch.setattr("langsmith_control_plane.client.ControlPlaneClient.__init__", fail)
    made: WholeTarget = Releases()  # what a type checker has to agree with is all that is asked of a kind
    monkeypatch.setattr(session, "connected", lambda where, place=None: contextlib.nullcontext(made))
    for name in ("registries", "glanced_registries"):
        monkeypatch.setattr(looking, name, open_registry)
    monkeypatch.setattr("langsmith_client.registry.Registry.from_environment", lambda environ, **_: open_registry())
    monkeypatch.setattr("langsmith_client.fleet.crew.Brake.sleep", lambda self, seconds: clock.sleep(seconds))
    monkeypatch.setattr("langsmith_client.proof.prove", lambda *_, **__: Proof(True, "r"))
    monkeypatch.setattr("langsmith_client.proof.ask", lambda url: Proof(False, "revision-1"))

    def surroundings(target, reporter):
        return Surroundings(target, reporter, lambda *_, **__: Proof(True, "r"), clock, clock.sleep)

    monkeypatch.setattr(session, "surroundings", surroundings)
    push_base({})
    agent.write({"langsmith.toml": TOML}).commit()
    made.lines = [LogLine("2026-11-02T12:00:00Z", "INFO", "Release greeter is rolled out.")]
    return made


def test_an_agent_lives_its_whole_life_on_another_kind_of_target(cli, kind, agent):
    folder = str(agent.folder)

    def last(*words, expect=0):
        outcome = cli(*words, "--json")
        assert outcome.exit_code == expect, outcome.out + outcome.err
        return outcome.events()[-1]

    assert last("plan", "--fleet", folder)["counts"]["create"] == 1
    deployed = last("deploy", folder, "--target", "dev", "--builder", "layers")
    assert (deployed["changed"], deployed["proven"]) == (True, True)
    assert last("wait", folder, deployed["revision_id"])["proven"] is True
    assert last("status", folder)["revision_id"] == deployed["revision_id"]
    assert cli("ls", "--json").events()[0]["name"] == "greeter"
    assert last("outdated", folder, "--detailed-exitcode", expect=3)["counts"]["current"] == 1

    first = kind.deployment.newest
    agent.write({"greeter/graph.py": "graph = 2\n"}).commit()
    assert last("apply", "--fleet", folder, "--builder", "layers", "--yes")["counts"]["deployed"] == 1
    kind.history = [kind.deployment.newest, first]
    assert [each["revision_id"] for each in cli("history", folder, "--json").events()[:2]] == ["revision-2", first.id]
    assert "Release greeter is rolled out." in json.dumps(cli("logs", folder, "--json").events())
    assert last("diff", folder)["event"] == "result"
    assert last("env", "set", folder, "--plain", "TONE=warm")["changed"] is True
    assert last("rollback", folder, first.id, "--yes")["changed"] is True
    assert kind.restored == [first]
    assert last("delete", "greeter", "--yes")["changed"] is True
    assert kind.find("greeter") is None
