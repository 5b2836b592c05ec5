"""The commands that look at deployments and go back, through the real command line, with a target in memory."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json

import httpx2
import pytest
from click.testing import CliRunner

from langsmith_client.cli import main, session
from langsmith_client.environment.record import DeployedVariables, Record, with_record
from langsmith_client.errors import TargetError
from langsmith_client.image.publish import build_request
from langsmith_client.image_reference import parse_repository
from langsmith_client.manifest import OCI_MANIFEST, Manifest
from langsmith_client.proof import Proof
from langsmith_client.surroundings import Surroundings
from langsmith_client.target.protocol import Deployment, LogLine, Phase, Revision

REPOSITORY = "127.0.0.1:5000/greeter"
SECRET = "canary-secret-value"
FIRST, SECOND = "a" * 40, "b" * 40


@pytest.fixture
def push(server):
    """Puts an image with the given labels into the registry; returns it by digest."""

    def push(labels):
        blob = json.dumps({"os": "linux", "architecture": "amd64", "config": {"Labels": dict(labels)}}).encode()
        digest = "sha256:" + hashlib.sha256(blob).hexdigest()
        server.blobs["greeter", digest] = blob
        manifest = Manifest(json.dumps({"config": {"digest": digest}, "layers": []}).encode(), OCI_MANIFEST)
        server.manifests["greeter", manifest.digest] = manifest
        return f"{REPOSITORY}@{manifest.digest}"

    return push


def labels(commit, version):
    """What an image says that was built from a clean commit."""
    return {
        "org.opencontainers.image.revision": commit,
        "org.opencontainers.image.version": version,
        "org.opencontainers.image.ref.name": f"{version}-{commit[:12]}",
        "com.langsmith-client.dirty": "false",
    }


@pytest.fixture
def images(push):
    """Two images in the registry, of two commits; their references by digest."""
    return push(labels(FIRST, "1.0.0")), push(labels(SECOND, "2.0.0"))


@pytest.fixture
def greeter(connected, images, monkeypatch):
    """A deployment that was deployed twice; its pods serve the second revision."""
    old, new = images
    connected.history = [
        Revision("2222-second", Phase.DEPLOYED, "DEPLOYED", new, created_at="2026-11-02T12:00:00Z"),
        Revision("1111-first", Phase.DEPLOYED, "DEPLOYED", old, created_at="2026-11-01T12:00:00Z"),
    ]
    connected.deployment = Deployment(
        "d1",
        "greeter",
        {"listener": "l1", "namespace": "agents"},
        connected.history[0],
        {"TOKEN": SECRET},
        url="http://agents.example/lgp/greeter",
        active_revision_id="2222-second",
        page="http://dashboard.example/d1",
    )
    monkeypatch.setattr("langsmith_client.proof.ask", lambda url: Proof(False, "2222-second"))
    return connected


@pytest.fixture
def pods(monkeypatch, clock):
    """What the pods say when a rollback asks for proof."""
    said = {"proof": Proof(True, "restored-1")}

    def surroundings(target, reporter):
        return Surroundings(target, reporter, lambda *_, **__: said["proof"], clock, clock.sleep)

    monkeypatch.setattr(session, "surroundings", surroundings)
    return said


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
        image = push(labels(commit, "1.0.0"))
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


def test_rollback_shows_what_it_changes_makes_one_revision_and_proves_it(cli, greeter, pods):
    outcome = cli("rollback", "greeter", "--yes", "--json")
    assert outcome.exit_code == 0, outcome.err
    events = outcome.events()
    assert [each["event"] for each in events] == ["preview", "revision", "status", "status", "proof", "result"]
    assert (events[0]["from_revision_id"], events[0]["to_revision_id"]) == ("2222-second", "1111-first")
    result = events[-1]
    assert (result["restored_revision_id"], result["revision_id"]) == ("1111-first", "restored-1")
    assert (result["commit"], result["changed"], result["proven"]) == (FIRST, True, True)
    assert [each.id for each in greeter.restored] == ["1111-first"]


@pytest.mark.parametrize("wanted", ["1111", FIRST[:12], "1.0.0-aaaaaaaaaaaa"])
def test_rollback_takes_an_id_a_commit_or_a_tag(cli, greeter, pods, wanted):
    assert cli("rollback", "greeter", wanted, "--yes").exit_code == 0
    assert [each.id for each in greeter.restored] == ["1111-first"]


@pytest.mark.parametrize("flags", [(), ("--no-input",)])
def test_rollback_without_a_terminal_needs_a_yes_and_asks_nothing_before(cli, greeter, flags):
    outcome = cli("rollback", "greeter", *flags)
    assert outcome.exit_code == 2
    assert "--yes" in outcome.err
    assert not greeter.restored


class Terminal(io.BytesIO):
    """An input that counts as a terminal."""

    def isatty(self):
        return True


@pytest.mark.parametrize(("typed", "exit_code", "made"), [("y\n", 0, 1), ("\n", 1, 0), ("n\n", 1, 0)])
def test_rollback_asks_after_the_preview_and_enter_alone_is_a_no(greeter, pods, typed, exit_code, made):
    result = CliRunner().invoke(main, ["rollback", "greeter"], input=Terminal(typed.encode()))
    assert (result.exit_code, len(greeter.restored)) == (exit_code, made), result.output
    preview, _, rest = result.stderr.partition("Roll back? [y/N]")
    assert "1.0.0-aaaaaaaaaaaa" in preview
    assert "Roll back?" not in rest + result.stdout


def test_rollback_to_an_image_that_is_gone_is_refused_before_anything_is_made(cli, greeter, pods, server):
    server.manifests.pop(("greeter", greeter.history[1].image.partition("@")[2]))
    outcome = cli("rollback", "greeter", "1111", "--yes")
    assert outcome.exit_code == 50
    assert "gone from the registry" in outcome.err
    assert not greeter.restored


def test_rollback_can_do_without_the_registry_when_told(cli, greeter, pods, server):
    server.manifests.clear()
    assert cli("rollback", "greeter", "1111", "--yes", "--unchecked").exit_code == 0
    assert [each.id for each in greeter.restored] == ["1111-first"]


def test_rollback_to_what_runs_changes_nothing_and_ends_with_zero(cli, greeter, pods):
    outcome = cli("rollback", "greeter", "2222", "--yes")
    assert outcome.exit_code == 0
    assert "greeter (unchanged)" in outcome.out
    assert not greeter.restored


@pytest.mark.parametrize(
    ("walk", "proof", "exit_code"),
    [
        ([Phase.FAILED], True, 20),
        ([Phase.SUPERSEDED], True, 21),
        ([Phase.PENDING], True, 22),
        ([Phase.DEPLOYED], False, 23),
    ],
)
def test_rollback_ends_as_honestly_as_a_deploy(cli, greeter, pods, walk, proof, exit_code):
    greeter.walk = walk
    pods["proof"] = Proof(proof, "x", "" if proof else "It serves another one.")
    assert cli("rollback", "greeter", "--yes", "--wait-timeout", "60").exit_code == exit_code


def test_rollback_without_waiting_says_how_to_follow_it_where_it_acted(cli, greeter, pods):
    outcome = cli("rollback", "greeter", "--yes", "--no-wait", "--region", "eu")
    assert outcome.exit_code == 0
    assert "langsmith-client wait greeter restored-1 --region eu" in outcome.out
    assert "served)" not in outcome.out, "nothing is claimed that nobody saw"


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


def test_outdated_compares_folders_and_tells_scripts_when_there_is_nothing_to_do(cli, connected, agent):
    outcome = cli("outdated", str(agent.folder))
    assert outcome.exit_code == 0
    assert "not deployed" in outcome.out
    found, result = cli("outdated", str(agent.folder), "--json").events()
    assert (found["event"], found["state"], result["counts"]["not deployed"]) == ("agent", "not deployed", 1)
    assert cli("outdated", str(agent.folder), "--detailed-exitcode").exit_code == 0, "there is something to do"


def test_outdated_ends_with_three_only_when_all_is_current_and_someone_asked(cli, connected, agent, push):
    request = build_request(agent.load(), parse_repository(REPOSITORY))
    newest = Revision("r1", Phase.DEPLOYED, "DEPLOYED", push(request.labels))
    connected.deployment = Deployment("d1", "greeter", {}, newest, active_revision_id="r1")
    assert cli("outdated", str(agent.folder), "--detailed-exitcode").exit_code == 3
    assert cli("outdated", str(agent.folder)).exit_code == 0


@pytest.mark.parametrize("flags", [[], ["--detailed-exitcode"]])
def test_outdated_of_images_nobody_can_read_is_no_success(cli, connected, agent, server, flags):
    server.hook = lambda request: httpx2.Response(500)
    newest = Revision("r1", Phase.DEPLOYED, "DEPLOYED", f"{REPOSITORY}@sha256:{'a' * 64}")
    connected.deployment = Deployment("d1", "greeter", {}, newest, active_revision_id="r1")
    outcome = cli("outdated", str(agent.folder), *flags)
    assert outcome.exit_code == 1, "a script would take anything else for an answer"
    assert "unknown" in outcome.out
    assert "Whether greeter is deployed as it is here is not known" in outcome.err


@pytest.mark.parametrize("command", ["history", "diff", "rollback", "logs", "status"])
def test_a_name_that_nothing_has_ends_with_two_sentences(cli, connected, command):
    outcome = cli(command, "nobody", *(["--yes"] if command == "rollback" else []))
    assert outcome.exit_code == TargetError.exit_code
    assert "There is no deployment 'nobody'" in outcome.err
    assert "Traceback" not in outcome.err
