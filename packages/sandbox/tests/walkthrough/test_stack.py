"""Driving the hosting stack: what is asked of the engine, and how its answers are read."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from langsmith_sandbox.walkthrough import stack_config
from langsmith_sandbox.walkthrough.errors import ToolFailedError
from langsmith_sandbox.walkthrough.stack import Stack, relevant, totals
from langsmith_sandbox.walkthrough.state_key import StateKey
from langsmith_sandbox.walkthrough.tools import Outcome, Tools

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Notes

    from langsmith_sandbox.credentials import Credentials
    from langsmith_sandbox.paths import WorldPaths
    from langsmith_sandbox.world import World

# Keeps a record of its calls, and writes configuration the way the engine does.
ENGINE = """
import json, os, sys, yaml
arguments = sys.argv[1:]
with open(os.environ["CALLS"], "a") as calls:
    calls.write(json.dumps(arguments) + "\\n")
def configure(values):
    try:
        stored = yaml.safe_load(open("Pulumi.sandbox.yaml"))
    except FileNotFoundError:
        stored = {"config": {}}
    stored.setdefault("encryptedkey", "a data key")
    stored["config"].update(values)
    yaml.safe_dump(stored, open("Pulumi.sandbox.yaml", "w"))
if arguments[:2] == ["stack", "init"]:
    configure({})
if arguments[:2] == ["config", "set-all"]:
    pairs = [argument.partition("=")[2].partition("=") for argument in arguments if argument.startswith("--plaintext=")]
    configure({key: value for key, _, value in pairs})
if arguments[:2] == ["config", "set"]:
    key = next(argument for argument in arguments[2:] if ":" in argument)
    configure({key: {"secure": f"v1:{len(sys.stdin.read())}"}})
if arguments[0] == os.environ.get("BREAKS"):
    print("Diagnostics:\\n  aws:eks:Cluster (cluster):\\n    error: no room\\n\\nResources:\\n    + 1 created")
    sys.exit(255)
if arguments[0] == "up":
    print(" +  aws:ec2:Vpc network creating (0s)\\nResources:\\n    + 85 created\\n    ~ 2 updated\\n\\nDuration: 4s")
if arguments[:2] == ["stack", "output"]:
    print('{"listenerId": "l"}')
"""


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What happens to the keys of stacks."""
    happened: list[str] = []
    monkeypatch.setattr(StateKey, "ensure", lambda key: happened.append(f"{key.project} has one"))
    monkeypatch.setattr(StateKey, "retire", lambda key: happened.append(f"{key.project} has none"))
    return happened


@pytest.fixture
def stack(paths: WorldPaths, tmp_path: Path, program: Callable[[str, str], Path], keys: list[str]) -> Stack:
    folder = tmp_path / "hosting"
    folder.mkdir()
    paths.bin.mkdir(parents=True)
    (paths.bin / "pulumi").symlink_to(program("pulumi", ENGINE))
    environ = {**os.environ, "AWS_REGION": "us-east-1", "CALLS": str(tmp_path / "calls")}
    return Stack(folder, paths, Tools(environ, paths.logs))


def calls(stack: Stack) -> list[list[str]]:
    with open(stack.tools.environ["CALLS"]) as record:
        return [json.loads(line) for line in record]


def test_a_fresh_stack_is_configured_with_every_key_and_the_api_key_never_is_an_argument(
    stack: Stack, world: World, secrets: Credentials
) -> None:
    written = stack.configure(world, secrets)

    assert set(written) == {*stack_config.plain_values(world, secrets), "langsmithApiKey"}
    assert secrets.api_key not in json.dumps(calls(stack))
    assert f"v1:{len(secrets.api_key)}" in stack.file.read_text(), "it went in by standard input"


def test_a_configured_stack_is_left_alone_without_asking_the_engine(
    stack: Stack, world: World, secrets: Credentials
) -> None:
    stack.configure(world, secrets)
    before = len(calls(stack))
    assert stack.configure(world, secrets) == ()
    assert len(calls(stack)) == before


def test_a_value_somebody_changed_is_put_right_and_others_are_kept(
    stack: Stack, world: World, secrets: Credentials
) -> None:
    stack.configure(world, secrets)
    changed = stack.file.read_text().replace("environment: sandbox", "environment: mine\n  langsmith-hybrid:tags: {}")
    stack.file.write_text(changed)
    assert stack.configure(world, secrets) == ("environment",)
    assert "langsmith-hybrid:tags" in stack.file.read_text()


def test_another_key_in_the_stack_file_is_noticed(stack: Stack, world: World, secrets: Credentials) -> None:
    stack.configure(world, secrets)
    stack.file.write_text(stack.file.read_text().replace("secure: v1:", "secure: v1:other"))
    assert stack.configure(world, secrets) == ("langsmithApiKey",)


@pytest.mark.parametrize("seal", ["encryptionsalt: v1:of-another-passphrase", "encryptedkey: of-another-account"])
def test_no_seal_of_another_sandbox_is_taken_over(stack: Stack, seal: str) -> None:
    stack.file.write_text(f"{seal}\nconfig: {{}}\n")
    stack.ensure()
    assert "of-another" not in stack.file.read_text()


def made(paths: WorldPaths) -> None:
    """Leave the state of a stack, as the engine does."""
    state = paths.pulumi / "state" / ".pulumi" / "stacks" / "langsmith-hybrid" / "sandbox.json"
    state.parent.mkdir(parents=True, exist_ok=True)
    state.touch()


@pytest.mark.parametrize("kept", ["config:\n  langsmith-hybrid:profile: production\n", None])
def test_a_stack_file_that_somebody_wrote_anew_is_kept_and_gets_its_seal_back(
    stack: Stack, paths: WorldPaths, kept: str | None
) -> None:
    stack.ensure()
    made(paths)
    stack.file.unlink()
    if kept is not None:
        stack.file.write_text(kept)
    stack.ensure()
    assert stack.file.read_text() == f"encryptedkey: a data key\n{kept or ''}"


def test_a_stack_file_written_before_its_stack_is_kept(stack: Stack) -> None:
    stack.file.write_text("config:\n  langsmith-hybrid:profile: production\n")
    stack.ensure()
    assert "profile: production" in stack.file.read_text()


def test_a_stack_is_made_once_with_a_key_of_the_account(stack: Stack, paths: WorldPaths, keys: list[str]) -> None:
    stack.ensure()
    made(paths)
    stack.ensure()
    provider = "awskms:///alias/langsmith-hybrid-state?region=us-east-1"
    assert [call[:5] for call in calls(stack)] == [["stack", "init", "sandbox", "--secrets-provider", provider]]
    assert keys == ["langsmith-hybrid has one"]


def test_the_stack_file_of_this_sandbox_is_kept(stack: Stack, world: World, secrets: Credentials) -> None:
    stack.configure(world, secrets)
    before = stack.file.read_text()
    assert "encryptedkey" in before
    stack.ensure()
    assert stack.file.read_text() == before


def test_the_lock_of_a_killed_engine_is_broken_and_that_of_a_living_one_is_not(stack: Stack, paths: WorldPaths) -> None:
    locks = paths.pulumi / "state" / ".pulumi" / "locks" / "organization" / "langsmith-hybrid" / "sandbox"
    locks.mkdir(parents=True)
    (locks / "living.json").write_text(json.dumps({"pid": os.getpid()}))
    stack.ensure()
    assert not any(call[0] == "cancel" for call in calls(stack))
    (locks / "dead.json").write_text(json.dumps({"pid": 2**22 + 1}))
    stack.ensure()
    assert any(call[0] == "cancel" for call in calls(stack))


def test_an_update_shows_its_steps_and_sums_up_what_it_changed(stack: Stack, notes: Notes) -> None:
    assert stack.up(notes) == "85 created, 2 updated"
    assert notes.heard == ["Vpc network creating (0s)"]
    assert calls(stack)[0][:5] == ["up", "--yes", "--skip-preview", "--parallel", "64"]


def test_outputs_are_read_as_json(stack: Stack) -> None:
    assert stack.outputs() == {"listenerId": "l"}


def test_a_failed_update_quotes_the_engines_diagnostics(stack: Stack, notes: Notes, tmp_path: Path) -> None:
    breaking = Stack(stack.folder, stack.paths, Tools({**stack.tools.environ, "BREAKS": "up"}, tmp_path / "logs"))
    with pytest.raises(ToolFailedError, match="error: no room") as caught:
        breaking.up(notes)
    assert caught.value.exit_code == 20
    assert "1 created" not in caught.value.what, "only what went wrong"
    assert str(tmp_path / "logs") in caught.value.remedy


def test_a_removed_stack_leaves_neither_file_nor_key_behind_even_if_it_went_half_way(
    stack: Stack, paths: WorldPaths, world: World, secrets: Credentials, keys: list[str]
) -> None:
    stack.ensure()
    made(paths)
    stack.configure(world, secrets)
    stack.remove()
    assert any(call[:2] == ["stack", "rm"] for call in calls(stack))
    assert not stack.file.exists()
    assert keys[-1] == "langsmith-hybrid has none"
    assert stack.configure(world, secrets), "the next sandbox starts from nothing"

    (paths.pulumi / "state").rename(paths.pulumi / "no-state")
    (paths.pulumi / "stack-file-langsmith-hybrid.json").unlink()
    stack.remove()
    assert stack.file.exists(), "of a stack that is still to be made"
    assert calls(stack)[-1][:2] != ["stack", "rm"], "there is no stack to remove"
    assert keys[-2:] == ["langsmith-hybrid has none"] * 2, "but what an interruption left of it"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("Resources:", "    85 unchanged", "", "Duration: 2s"), "85 unchanged"),
        (("Resources:", "    + 9 created", "    1 errored"), "9 created, 1 errored"),
        (("Resources:", "    - 85 deleted"), "85 deleted"),
        (("Updating (sandbox):",), "nothing"),
    ],
)
def test_the_engines_count_is_read_in_every_shape(lines: tuple[str, ...], expected: str, tmp_path: Path) -> None:
    assert totals(Outcome(0, lines, tmp_path / "log")) == expected


def test_warnings_about_stand_in_plugins_are_not_shown_as_the_cause(tmp_path: Path) -> None:
    lines = ("Diagnostics:", "  warning: using pulumi-resource-aws from $PATH at /x", "  error: boom")
    assert relevant(Outcome(1, lines, tmp_path / "log")) == "  error: boom"


def test_without_diagnostics_the_end_of_what_was_said_is_shown(tmp_path: Path) -> None:
    (tmp_path / "log.stderr.log").write_text("error: incorrect passphrase\n")
    assert relevant(Outcome(1, ("hm",), tmp_path / "log.log")).endswith("incorrect passphrase")
