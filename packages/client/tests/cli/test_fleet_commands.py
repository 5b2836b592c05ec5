"""`plan` and `apply` from the command line, against a target and a registry in memory."""

from __future__ import annotations

import json

import pytest

from langsmith_client.cli import asking, session
from langsmith_client.errors import ConflictError
from langsmith_client.proof import Proof
from langsmith_client.surroundings import Surroundings
from langsmith_client.target.protocol import Deployment, Phase, Revision

HOST = "127.0.0.1:5000"
DEV = f'[targets.dev]\npush_to = "{HOST}/agents"\n'
AGENT = '[agents.greeter]\npath = "."\n'


@pytest.fixture
def fleet(agent, connected, push_base, monkeypatch, clock):
    """An agent with a langsmith.toml beside it, and a world in which its deploys cost no time."""
    push_base({})
    agent.write({"langsmith.toml": DEV + AGENT}).commit()
    monkeypatch.setattr(session, "surroundings", lambda target, reporter: Surroundings(target, reporter, clock=clock))
    # `apply` makes these two itself, since Ctrl-C has to end them: no argument leads to them.
    monkeypatch.setattr("langsmith_client.proof.prove", lambda *_, **__: Proof(True, "r"))
    monkeypatch.setattr("langsmith_client.fleet.crew.Brake.sleep", lambda self, seconds: clock.sleep(seconds))
    return str(agent.folder)


def test_a_plan_is_a_table_of_what_would_change_and_why(cli, fleet):
    outcome = cli("plan", "--fleet", fleet)
    assert outcome.exit_code == 0
    lines = outcome.out.splitlines()
    assert lines[0].split() == ["AGENT", "ACTION", "WAVE", "IMAGE", "DIGEST", "WHY"]
    assert "greeter  create" in lines[1]
    assert lines[-1] == "plan        1 to create on dev"


def test_nothing_to_do_has_a_code_of_its_own_where_it_is_asked_for(cli, fleet, connected):
    assert cli("apply", "--fleet", fleet, "--builder", "layers", "--detailed-exitcode").exit_code == 0
    again = [cli(command, "--fleet", fleet, "--detailed-exitcode") for command in ("plan", "apply")]
    assert [outcome.exit_code for outcome in again] == [3, 3]
    assert cli("plan", "--fleet", fleet).exit_code == 0
    assert len(connected.changes) == 1


def test_a_saved_plan_is_applied_as_it_is_and_tells_where_it_was_kept(cli, fleet, connected, tmp_path):
    kept = str(tmp_path / "plan.json")
    assert f"kept in     {kept}" in cli("plan", "--fleet", fleet, "--out", kept).out
    outcome = cli("apply", kept, "--fleet", fleet, "--builder", "layers", "--json")
    assert outcome.exit_code == 0, outcome.out
    assert outcome.events()[-1] == {
        "schema": 1,
        "event": "result",
        "target": "dev",
        "counts": {"deployed": 1, "unchanged": 0, "failed": 0, "interrupted": 0, "not started": 0},
        "exit_code": 0,
    }
    (row,) = [event for event in outcome.events() if event["event"] == "outcome"]
    assert (row["name"], row["state"], row["proven"]) == ("greeter", "deployed", True)


def test_a_saved_plan_whose_world_has_moved_changes_nothing(cli, fleet, connected, tmp_path, agent):
    kept = str(tmp_path / "plan.json")
    cli("plan", "--fleet", fleet, "--out", kept)
    agent.write({"greeter/graph.py": "graph = 3\n"}).commit()
    report, summary = tmp_path / "junit.xml", tmp_path / "summary.md"
    outcome = cli("apply", kept, "--fleet", fleet, "--junit", str(report), "--github-summary", str(summary))
    assert outcome.exit_code == 30
    assert "its files or its base image are others" in report.read_text()
    assert "Rollout to dev refused" in summary.read_text()
    assert "greeter: its files or its base image are others." in outcome.err
    assert "Nothing was changed" in outcome.err
    assert connected.changes == []


def test_an_agent_that_left_the_file_has_moved(cli, fleet, agent, tmp_path):
    kept = str(tmp_path / "plan.json")
    cli("plan", "--fleet", fleet, "--out", kept)
    agent.write({"langsmith.toml": DEV + AGENT.replace("greeter", "other")})
    outcome = cli("apply", kept, "--fleet", fleet)
    assert (outcome.exit_code, "greeter is no longer an agent of the target" in outcome.err) == (30, True)


def test_a_refused_agent_is_shown_in_the_table_and_no_plan_is_kept(cli, fleet, connected, tmp_path):
    connected.refusal = ConflictError("It is being deleted.", "Wait.")
    outcome = cli("plan", "--fleet", fleet, "--out", str(tmp_path / "plan.json"))
    assert outcome.exit_code == 30
    assert "greeter  refuse" in outcome.out
    assert "greeter: It is being deleted.\nWait.\n" in outcome.err
    assert not (tmp_path / "plan.json").exists()
    assert cli("apply", "--fleet", fleet).exit_code == 30


def test_a_failure_ends_with_the_agents_own_code_and_every_report_tells_of_it(cli, fleet, connected, tmp_path):
    connected.walk = [Phase.FAILED]
    connected.message = "It crashed."
    report, summary = tmp_path / "junit.xml", tmp_path / "summary.md"
    outcome = cli(
        *("apply", "--fleet", fleet, "--builder", "layers", "--junit", str(report)), GITHUB_STEP_SUMMARY=str(summary)
    )
    assert outcome.exit_code == 20
    assert "greeter  wave 1  failed" in outcome.out
    assert "It crashed" in outcome.err
    assert 'failures="1"' in report.read_text()
    assert "1 failed on dev" in summary.read_text()


def test_a_plan_goes_to_the_summary_of_the_job_too(cli, fleet, tmp_path):
    cli("plan", "--fleet", fleet, GITHUB_STEP_SUMMARY=str(tmp_path / "summary.md"))
    assert (tmp_path / "summary.md").read_text().startswith("## Plan for dev")


@pytest.mark.parametrize(("answer", "deployed"), [("n\n", 0), ("\n", 0), ("y\n", 1)])
def test_on_a_terminal_a_plan_nobody_has_seen_is_shown_and_asked_about(
    cli, fleet, connected, monkeypatch, answer, deployed
):
    monkeypatch.setattr(asking, "may_ask", lambda: True)
    outcome = cli("apply", "--fleet", fleet, "--builder", "layers", stdin=answer)
    assert "1 to create on dev. Carry it out? [y/N]" in outcome.err
    assert (len(connected.changes), outcome.exit_code) == (deployed, 1 - deployed)


def test_a_saved_plan_and_a_yes_are_not_asked_about(cli, fleet, connected, monkeypatch, tmp_path):
    monkeypatch.setattr(asking, "may_ask", lambda: True)
    kept = str(tmp_path / "plan.json")
    cli("plan", "--fleet", fleet, "--out", kept)
    assert cli("apply", kept, "--fleet", fleet, "--builder", "layers").exit_code == 0
    assert cli("apply", "--fleet", fleet, "--yes").exit_code == 0


@pytest.mark.parametrize(
    ("toml", "arguments", "words"),
    [
        (DEV + DEV.replace("dev", "prod") + AGENT, (), "Choose one with --target: dev, prod."),
        (AGENT, (), "has no targets"),
        (DEV + AGENT, ("--target", "prod"), "has no target `prod`"),
        (DEV + AGENT, ("--only", "greter"), "did you mean `greeter`"),
        (DEV + AGENT.replace("path", "pth"), (), "did you mean `path`"),
        (DEV, (), "lists no agent"),
    ],
)
def test_a_target_and_agents_must_be_clear_before_anything_is_asked(cli, fleet, agent, toml, arguments, words):
    agent.write({"langsmith.toml": toml})
    outcome = cli("plan", "--fleet", fleet, *arguments)
    assert outcome.exit_code == 2
    assert words in outcome.err


def test_without_a_langsmith_toml_the_way_to_one_is_told(cli, agent, connected):
    outcome = cli("plan", "--fleet", str(agent.folder))
    assert (outcome.exit_code, "langsmith-client init" in outcome.err) == (2, True)


@pytest.mark.parametrize("more", [("--only", "greeter"), ("--env-conflict", "local")])
def test_a_saved_plan_leaves_nothing_to_choose(cli, fleet, tmp_path, more):
    kept = str(tmp_path / "plan.json")
    cli("plan", "--fleet", fleet, "--out", kept)
    outcome = cli("apply", kept, "--fleet", fleet, *more)
    assert (outcome.exit_code, "PLAN says which agents" in outcome.err) == (2, True)


def test_a_saved_plan_is_for_its_own_target(cli, fleet, agent, tmp_path):
    kept = str(tmp_path / "plan.json")
    cli("plan", "--fleet", fleet, "--out", kept)
    agent.write({"langsmith.toml": DEV + DEV.replace("dev", "prod") + AGENT})
    outcome = cli("apply", kept, "--fleet", fleet, "--target", "prod")
    assert (outcome.exit_code, "The plan is for the target dev, not for prod." in outcome.err) == (2, True)


def test_values_are_in_no_output_and_no_file(cli, fleet, agent, connected, tmp_path):
    agent.write({"greeter.env": "TOKEN=s3cret-value\n", "langsmith.toml": DEV + AGENT + 'env_file = "greeter.env"\n'})
    revision = Revision("r1", Phase.DEPLOYED, "DEPLOYED", f"{HOST}/agents/greeter@sha256:1")
    connected.deployment = Deployment("d1", "greeter", {}, revision, environment={"TOKEN": "s3cret-before"})
    kept = tmp_path / "plan.json"
    told = [cli("plan", "--fleet", fleet, "--out", str(kept), *more) for more in ((), ("--json",))]
    assert "~ TOKEN" in told[0].out
    assert "s3cret" not in "".join(outcome.out + outcome.err for outcome in told) + kept.read_text()
    assert [each["name"] for each in json.loads(kept.read_text())["agents"][0]["variables"]] == ["TOKEN"]
