"""The commands that look at deployments, through the real command line, with a target in memory."""

from __future__ import annotations

import dataclasses

import pytest

from langsmith_client.environment.record import DeployedVariables, Record, with_record
from langsmith_client.errors import TargetError
from langsmith_client.target.protocol import LogLine, Phase, Revision

SECRET = "canary-secret-value"
FIRST, SECOND = "a" * 40, "b" * 40


def test_ls_is_one_table_for_people_and_one_event_an_agent_for_machines(cli, greeter):
    outcome = cli("ls")
    heading, row = outcome.out.splitlines()
    assert heading.split() == ["NAME", "STATUS", "TAG", "DIRTY", "DIGEST", "NAMESPACE", "SERVED", "AGE", "URL"]
    assert row.split()[:4] == ["greeter", "DEPLOYED", "2.0.0-bbbbbbbbbbbb", "no"]
    agent, result = cli("ls", "--json").events()
    assert (agent["event"], agent["identity"]["commit"], agent["served_revision_id"]) == (
        "deployment",
        SECOND,
        "2222-second",
    )
    assert (result["event"], result["count"], result["unknown"]) == ("result", 1, 0)


def test_ls_says_once_why_it_does_not_know_where_images_come_from(cli, greeter, server):
    server.manifests.clear()
    greeter.others = [dataclasses.replace(greeter.deployment, id="d2", name="other")]
    outcome = cli("ls")
    assert outcome.exit_code == 0
    assert outcome.err.count("The registry no longer has it.") == 1
    assert [line.split()[2] for line in outcome.out.splitlines()[1:]] == ["unknown", "unknown"]


def test_ls_of_an_empty_workspace_says_so(cli, connected):
    assert cli("ls").out == "deployments none\n"
    (result,) = cli("ls", "--json").events()
    assert (result["event"], result["count"]) == ("result", 0)


def test_history_leads_each_revision_to_its_commit_and_marks_the_active_one(cli, greeter):
    _, second, first = cli("history", "greeter").out.splitlines()[:3]
    assert second.startswith("*  2222-second")
    assert "1.0.0-aaaaaaaaaaaa" in first
    events = cli("history", "greeter", "--json", "--limit", "1").events()
    assert [each["event"] for each in events] == ["revision", "result"]
    assert (events[0]["active"], events[0]["identity"]["version"]) == (True, "2.0.0")


def test_history_says_once_why_it_does_not_know(cli, greeter, server):
    server.manifests.clear()
    outcome = cli("history", "greeter")
    assert outcome.exit_code == 0
    assert outcome.err.count("The registry no longer has it.") == 1
    assert "unknown" in outcome.out


def test_diff_compares_what_was_deployed_last_with_what_ran_before(cli, greeter):
    out = cli("diff", "greeter").out
    assert "2.0.0" in out
    assert "1.0.0 -> 2.0.0" in out
    (result,) = cli("diff", "greeter", FIRST[:12], "2222", "--json").events()
    assert (result["event"], result["from_revision_id"], result["to_revision_id"]) == (
        "result",
        "1111-first",
        "2222-second",
    )
    assert {each["aspect"] for each in result["differences"]} == {"image", "tag", "version", "commit"}


def test_diff_lists_the_commits_where_the_clone_has_them(cli, greeter, agent, push):
    old = agent.git("rev-parse", "HEAD")
    new = agent.write({"greeter/graph.py": "graph = 2\n"}).commit("Say hello")
    for index, commit in ((0, new), (1, old)):
        image = push({"org.opencontainers.image.revision": commit})
        greeter.history[index] = dataclasses.replace(greeter.history[index], image=image)
    assert f"+ {new[:9]} Say hello" in cli("diff", "greeter", "--clone", str(agent.folder)).out
    (result,) = cli("diff", "greeter", "1111", "2222", "--clone", str(agent.folder), "--json").events()
    assert [each["hash"] for each in result["commits"]["added"]] == [new]


def test_diff_says_why_it_does_not_know(cli, greeter, server):
    server.manifests.clear()
    outcome = cli("diff", "greeter")
    assert outcome.exit_code == 0
    assert outcome.err.count("The registry no longer has it.") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("diff", "greeter", "a", "b", "c"),
        ("diff", "greeter", "none-such"),
        ("rollback", "greeter", "none-such", "--yes"),
    ],
)
def test_revisions_that_cannot_be_meant_are_a_usage_error(cli, greeter, pods, arguments):
    outcome = cli(*arguments)
    assert outcome.exit_code == 2
    assert not greeter.restored


def test_logs_are_lines_on_the_output_without_any_value_of_a_variable(cli, greeter):
    greeter.lines = [LogLine("2026-11-02T12:00:00Z", "INFO", f"started with {SECRET}")]
    outcome = cli("logs", "greeter")
    assert outcome.out == "2026-11-02T12:00:00Z  INFO  started with **********\n"
    line, result = cli("logs", "greeter", "--json").events()
    assert (line["event"], line["message"], result["count"]) == ("log", "started with **********", 1)
    assert SECRET not in str(line)


def test_logs_of_one_revision_are_followed_until_it_has_ended(cli, greeter, pods):
    greeter.lines = [LogLine("t", "INFO", "one")]
    outcome = cli("logs", "greeter", "--revision", "1111", "--follow", "--json")
    assert outcome.exit_code == 0
    assert outcome.events()[-1]["revision_id"] == "1111-first"
    assert cli("logs", "greeter", "--revision", "none-such").exit_code == 2


def test_logs_without_lines_say_so_and_values_that_cannot_be_masked_are_named(cli, greeter):
    greeter.deployment = dataclasses.replace(greeter.deployment, environment={"TOKEN": None})
    outcome = cli("logs", "greeter")
    assert outcome.out == "log         no lines\n"
    assert "cannot be masked: TOKEN" in outcome.err


def test_status_names_image_commit_and_page_and_nothing_that_is_wrong_when_nothing_is(cli, greeter):
    outcome = cli("status", "greeter")
    for words in ("2.0.0-bbbbbbbbbbbb", SECOND, "http://dashboard.example/d1", "listener l1, namespace agents"):
        assert words in outcome.out
    assert "cause" not in outcome.out
    (event,) = cli("status", "greeter", "--json").events()
    assert (event["event"], event["cause"], event["page"]) == ("result", None, "http://dashboard.example/d1")


def test_status_and_diff_name_what_another_client_has_taken_away(cli, greeter):
    assert "missing" not in cli("status", "greeter").out
    known = Record(DeployedVariables.of({"TOKEN": SECRET, "TONE": "warm"}))
    greeter.deployment = dataclasses.replace(greeter.deployment, resources=with_record({}, known))
    assert "missing     TONE was deployed with this client and taken away since" in cli("status", "greeter").out
    assert cli("status", "greeter", "--json").events()[-1]["taken_away"] == ["TONE"]
    notes = [event for event in cli("diff", "greeter", "--json").events() if event["event"] == "note"]
    assert [note["variables"] for note in notes] == [["TONE"]]


def test_status_of_a_failed_deploy_shows_why_what_to_do_and_what_still_runs(cli, greeter, images):
    said = "The container ends with exit code 1 again and again; its log says: KeyError: 'X'."
    failed = Revision("3333-third", Phase.FAILED, "DEPLOY_FAILED", images[1], said, "2026-11-02T13:00:00Z")
    greeter.deployment = dataclasses.replace(greeter.deployment, newest=failed)
    greeter.history.insert(0, failed)
    greeter.revision = lambda deployment_id, revision_id: next(
        each for each in greeter.history if each.id == revision_id
    )
    out = cli("status", "greeter").out
    assert "cause       The agent starts and ends again." in out
    assert "KeyError: 'X'" in out
    assert "running     2222-second (DEPLOYED)" in out
    (event,) = cli("status", "greeter", "--json").events()
    assert (event["cause"], event["revision_id"]) == ("crash", "3333-third")


@pytest.mark.parametrize("command", ["history", "diff", "rollback", "logs", "status"])
def test_a_name_that_nothing_has_ends_with_two_sentences(cli, connected, command):
    outcome = cli(command, "nobody", *(["--yes"] if command == "rollback" else []))
    assert outcome.exit_code == TargetError.exit_code
    assert "There is no deployment 'nobody'" in outcome.err
    assert "Traceback" not in outcome.err
