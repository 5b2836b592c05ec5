"""`langsmith-hybrid down`: consent is given by flags, or by typing the stack's name."""

from __future__ import annotations

import json
import sys
import types
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from operations.fakes import FakeAws, FakePulumi

from langsmith_hybrid.cli import main
from langsmith_hybrid.operations import aws, hosting_stack
from langsmith_hybrid.operations import down as operation
from langsmith_hybrid.operations.down import Consent, Standing

STANDING = Standing(107, frozenset({"l-1"}), frozenset(), ("hello",), ("the cluster agents-1",))


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Consent]:
    """The consents with which the stack, of which `STANDING` is found, was taken down."""
    consents: list[Consent] = []
    monkeypatch.setattr(hosting_stack.HostingStack, "find", lambda *_: FakePulumi().stack(tmp_path))
    monkeypatch.setattr(aws, "Aws", lambda region: FakeAws(region=region))
    monkeypatch.setattr(operation, "look", lambda *_: STANDING)
    monkeypatch.setattr(operation, "down", lambda _stack, _standing, consent, *_: consents.append(consent))
    return consents


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs the command, on a terminal if something is typed."""

    def command(*arguments: str, typed: str | None = None) -> Result:
        terminal = types.SimpleNamespace(stdin=types.SimpleNamespace(isatty=lambda: typed is not None))
        monkeypatch.setattr(sys.modules["langsmith_hybrid.cli.down"], "sys", terminal)
        return CliRunner().invoke(main, ["down", *arguments], input=f"{typed or ''}\n")

    return command


BOTH = ("--delete-deployments", "--unprotect")


def test_without_a_terminal_it_must_be_told_not_to_ask(run: Callable[..., Result], taken: list[Consent]) -> None:
    done = run(*BOTH)
    assert (done.exit_code, taken) == (2, [])
    assert "Give --yes." in done.stderr


def test_what_nobody_agreed_to_is_refused_before_anything_is_asked(
    run: Callable[..., Result], taken: list[Consent]
) -> None:
    done = run(typed="dev")
    assert (done.exit_code, taken) == (50, [])
    assert "Type the stack's name" not in done.output


@pytest.mark.parametrize(("typed", "code"), [("dev", 0), ("prod", 2), ("", 2)])
def test_the_stacks_name_must_be_typed_after_what_goes_was_shown(
    run: Callable[..., Result], taken: list[Consent], typed: str, code: int
) -> None:
    done = run(*BOTH, typed=typed)
    assert done.exit_code == code
    assert len(taken) == (code == 0)
    for what in ("107 resources of dev", "the deployment hello", "the cluster agents-1"):
        assert what in done.stderr, "nobody should agree to what they have not seen"


def test_flags_are_the_consent_and_json_is_one_object(run: Callable[..., Result], taken: list[Consent]) -> None:
    done = run("--yes", *BOTH, "--delete-tracing-projects", "--json")
    assert done.exit_code == 0, done.output
    assert taken == [Consent(deployments=True, tracing_projects=True, protected=True)]
    told = json.loads(done.stdout)
    assert (told["stack"], told["destroyed"], told["deployments"]) == ("langsmith-hybrid/dev", 107, ["hello"])
    assert done.stderr == ""
