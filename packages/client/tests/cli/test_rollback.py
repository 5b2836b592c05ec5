"""`rollback` through the real command line: what it shows, asks, makes and proves."""

from __future__ import annotations

import io

import pytest
from click.testing import CliRunner

from langsmith_client.cli import main
from langsmith_client.proof import Proof
from langsmith_client.target.protocol import Phase

FIRST = "a" * 40


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
