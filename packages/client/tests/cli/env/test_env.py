"""The env commands: one revision for a change, none for none, and no value on any stream."""

from __future__ import annotations

import dataclasses
import json
import stat
import subprocess
import sys

import pytest

from langsmith_client.cli.env import COMMANDS
from langsmith_client.environment.record import read_record
from langsmith_client.errors import TargetUnavailableError
from langsmith_client.proof import Proof
from langsmith_client.target.protocol import Deployment, Phase, Revision, SecretReference

IMAGE = "host.example/greeter@sha256:1"
CANARY = "canary-secret"


@pytest.fixture
def deployed(connected, agents_that_serve):
    """A deployment with a variable and a reference, whose pods serve what they should."""
    connected.deployment = Deployment(
        "deployment-1",
        "greeter",
        {},
        Revision("revision-0", Phase.DEPLOYED, "DEPLOYED", IMAGE),
        environment={"TOKEN": CANARY},
        references=(SecretReference("DB", "greeter-db", "uri"),),
    )
    return connected


@pytest.fixture
def env(cli, deployed):
    """Runs an env command; whatever it does, no value of a variable may appear."""

    def run(*arguments, **environment):
        outcome = cli("env", *arguments, **environment)
        assert CANARY not in outcome.out + outcome.err
        return outcome

    return run


def test_a_variable_is_set_by_one_revision_of_the_same_image_which_is_followed_and_proven(env, deployed):
    outcome = env("set", "greeter", "--from-env", "NEW", "--json", NEW=f"{CANARY}-2")
    assert outcome.exit_code == 0
    (change,) = deployed.changes
    assert (change.image, change.environment) == (IMAGE, {"TOKEN": CANARY, "NEW": f"{CANARY}-2"})
    assert (change.references, change.resources) == (None, None), "what is not meant is not sent"
    result = outcome.events()[-1]
    assert (result["event"], result["changed"], result["proven"]) == ("result", True, True)
    assert result["variables"] == {"NEW": "added", "TOKEN": "kept"}


def test_what_is_set_already_makes_no_revision(env, deployed):
    outcome = env("set", "greeter", "--from-env", "TOKEN", "--secret-ref", "DB=greeter-db:uri", "--json", TOKEN=CANARY)
    assert (outcome.exit_code, deployed.changes) == (0, [])
    assert outcome.events()[-1]["changed"] is False


def test_a_value_is_read_from_a_pipe(env, deployed):
    assert env("set", "greeter", "NEW=-", stdin=f"{CANARY}-3\n").exit_code == 0
    assert deployed.changes[0].environment["NEW"] == f"{CANARY}-3"


def test_a_secret_on_the_command_line_changes_nothing_and_is_not_repeated(env, deployed):
    outcome = env("set", "greeter", f"NEW={CANARY}")
    assert (outcome.exit_code, deployed.changes) == (2, [])
    assert "NEW has a value that every process can see" in outcome.err


def test_a_reserved_name_is_refused_with_what_to_use_in_its_place(env, deployed):
    outcome = env("set", "greeter", "--plain", "POSTGRES_URI=x")
    assert (outcome.exit_code, deployed.changes) == (2, [])
    assert "POSTGRES_URI_CUSTOM" in outcome.err


def test_setting_nothing_is_a_usage_error(env):
    assert env("set", "greeter").exit_code == 2


def test_a_reference_takes_the_place_of_a_variable_and_the_other_way_round(env, deployed):
    assert env("set", "greeter", "--plain", "DB=x", "--secret-ref", "TOKEN=tokens:greeter").exit_code == 0
    (change,) = deployed.changes
    assert change.environment == {"DB": "x"}
    assert change.references == (SecretReference("TOKEN", "tokens", "greeter"),)


def test_a_name_is_unset_whatever_it_is_and_a_missing_one_is_only_noted(env, deployed):
    deployed.deployment = dataclasses.replace(deployed.deployment, environment={"TOKEN": CANARY, "OTHER": "x"})
    outcome = env("unset", "greeter", "OTHER", "DB", "NOBODY")
    assert outcome.exit_code == 0
    (change,) = deployed.changes
    assert (change.environment, change.references) == ({"TOKEN": CANARY}, ())
    assert "no NOBODY" in outcome.err


def test_the_last_variable_is_not_claimed_to_be_removed(env, deployed):
    outcome = env("unset", "greeter", "TOKEN")
    assert (outcome.exit_code, deployed.changes) == (2, [])
    assert "cannot be removed" in outcome.err
    assert "Keep one" in outcome.err


def test_values_that_are_not_returned_are_not_lost_to_a_change(env, deployed):
    deployed.deployment = dataclasses.replace(deployed.deployment, environment={"TOKEN": None})
    outcome = env("set", "greeter", "--plain", "LEVEL=debug")
    assert (outcome.exit_code, deployed.changes) == (30, [])
    assert "TOKEN" in outcome.err


def test_a_deploy_keeps_what_was_set_by_hand_and_removes_what_it_made_itself(env, deployed, agent):
    agent.write({"prod.env": "OURS=1\n"})
    push = ("push", str(agent.folder), "--env-file", str(agent.folder / "prod.env"))
    assert env(*push).exit_code == 0
    assert env("set", "greeter", "--plain", "BY_HAND=1").exit_code == 0
    agent.write({"prod.env": "OTHER=1\n"})
    outcome = env(*push)
    assert outcome.exit_code == 0
    assert deployed.changes[-1].environment == {"TOKEN": CANARY, "BY_HAND": "1", "OTHER": "1"}
    assert "BY_HAND, TOKEN" in outcome.err, "what stays although the file does not name it is said"


def test_pushing_the_same_again_makes_no_revision_and_the_record_travels_with_the_first(env, deployed, agent):
    agent.write({"prod.env": "OURS=1\n"})
    for _ in range(2):
        assert env("push", str(agent.folder), "--env-file", str(agent.folder / "prod.env")).exit_code == 0
    (change,) = deployed.changes
    assert read_record(change.resources).says({"OURS": "1"}, None)


def test_a_conflict_ends_a_push_and_is_settled_by_a_flag(env, deployed, agent):
    agent.write({"prod.env": "OURS=1\n"})
    push = ("push", str(agent.folder), "--env-file", str(agent.folder / "prod.env"))
    env(*push)
    env("set", "greeter", "--plain", "OURS=theirs")
    agent.write({"prod.env": "OURS=2\n"})
    assert env(*push).exit_code == 30
    assert len(deployed.changes) == 2
    assert env(*push, "--env-conflict", "local").exit_code == 0
    assert deployed.changes[-1].environment["OURS"] == "2"


def test_a_difference_is_shown_by_hashes_and_ends_with_zero_even_in_conflict(env, deployed, agent):
    agent.write({"prod.env": f"TOKEN={CANARY}\nNEW=1\n"})
    outcome = env("diff", str(agent.folder), "--env-file", str(agent.folder / "prod.env"), "--json")
    assert outcome.exit_code == 0
    *rows, result = outcome.events()
    assert {row["name"]: row["deploy"] for row in rows} == {"DB": "kept", "NEW": "added", "TOKEN": "unchanged"}
    assert (result["changes"], result["conflicts"], deployed.changes) == (True, [], [])
    assert "greeter-db:uri" in env("diff", "greeter").out, "a name alone shows what is there"


def test_the_environment_is_written_to_a_private_file_only_where_asked(env, tmp_path):
    assert env("pull", "greeter").exit_code == 2
    path = tmp_path / "greeter.env"
    outcome = env("pull", "greeter", "--output", str(path))
    assert outcome.exit_code == 0
    assert (stat.S_IMODE(path.stat().st_mode), f'TOKEN="{CANARY}"' in path.read_text(encoding="utf-8")) == (0o600, True)
    assert env("pull", "greeter", "--output", str(path)).exit_code == 2, "an existing file is not overwritten"
    assert env("pull", "greeter", "--output", str(path), "--force").exit_code == 0


def test_values_that_are_not_returned_are_not_written_as_if_they_were_none(env, deployed, tmp_path):
    deployed.deployment = dataclasses.replace(deployed.deployment, environment={"TOKEN": None})
    assert env("pull", "greeter", "--output", str(tmp_path / "x")).exit_code == 30
    assert list(tmp_path.glob("x*")) == []


def test_an_unproven_change_has_the_exit_code_of_an_unproven_deploy(env, agents_that_serve):
    agents_that_serve["proof"] = Proof(False, None, "It does not answer.")
    assert env("set", "greeter", "--plain", "LEVEL=debug").exit_code == 23


def test_not_waiting_claims_no_proof_and_says_how_to_go_on(env, agents_that_serve):
    agents_that_serve["proof"] = Proof(False, None, "Nobody may ask.")
    outcome = env("set", "greeter", "--plain", "LEVEL=debug", "--no-wait", "--profile", "work", "--json")
    assert outcome.exit_code == 0
    result = outcome.events()[-1]
    assert (result["proven"], result["status"]) == (False, "CREATING")
    assert result["resume"] == "langsmith-client wait greeter revision-1 --profile work"


def test_an_outage_on_the_way_costs_patience_and_not_the_change(env, deployed, monkeypatch):
    answers, find, apply = [TargetUnavailableError("502")], deployed.find, deployed.apply
    monkeypatch.setattr(deployed, "find", lambda name: _raise(answers) if answers else find(name))
    refusals = [TargetUnavailableError("429")]
    monkeypatch.setattr(deployed, "apply", lambda change: _raise(refusals) if refusals else apply(change))
    assert env("set", "greeter", "--plain", "LEVEL=debug").exit_code == 0
    assert len(deployed.changes) == 1


def _raise(errors):
    raise errors.pop()


def test_a_deployment_that_is_being_deleted_is_left_to_go(env, deployed):
    deployed.deployment = dataclasses.replace(deployed.deployment, deleting=True)
    assert env("set", "greeter", "--plain", "LEVEL=debug").exit_code == 30


def test_importing_every_env_command_imports_nothing_of_weight():
    names = [f"langsmith_client.cli.env.{name}" for name in COMMANDS]
    code = (
        f"import importlib, json, sys\nfor name in {names}:\n    importlib.import_module(name)\n"
        "print(json.dumps([*sys.modules]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"httpx2", "rich", "dotenv", "langsmith_control_plane", "langsmith_client.deploy", "hashlib"}
    assert not heavy & set(json.loads(done.stdout))
