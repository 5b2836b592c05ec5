"""`langsmith-hybrid orphans`: what was found on standard output, the verdict as an exit code."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from operations.fakes import PROJECT, FakePulumi, refusal
from operations.orphans.account import OF_US, World, arn

from langsmith_hybrid.cli import main
from langsmith_hybrid.operations.hosting_stack import HostingStack
from langsmith_hybrid.operations.orphans import Whose

Run = Callable[..., Result]


@pytest.fixture
def world(tmp_path: Path) -> World:
    (tmp_path / "Pulumi.yaml").write_text(f"name: {PROJECT}\n")
    return World(tmp_path)


@pytest.fixture
def run(world: World, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the command in the stack's folder, against the world."""
    monkeypatch.setattr("langsmith_hybrid.operations.hosting_stack.PulumiOnPath", lambda: world.pulumi)
    monkeypatch.setattr("langsmith_hybrid.operations.orphans.search", lambda _whose: world.search())

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(main, ["orphans", "--cwd", str(world.folder), *arguments])

    return run


def test_nothing_is_a_sentence_and_zero(run: Run) -> None:
    done = run()
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.startswith("Nothing is left of the stack dev in eu-west-1")


def test_what_is_left_is_listed_and_ends_in_60(run: Run, world: World) -> None:
    world.aws.tags((arn("new", "thing/1"), OF_US))
    done = run()
    assert done.exit_code == 60
    assert "new:thing  1" in done.stdout
    assert done.stderr.startswith("Error: One thing is left that no stack manages.\n")


def test_machines_read_one_object_that_says_all_of_it(run: Run, world: World) -> None:
    world.aws.tags((arn("new", "thing/1"), OF_US))
    done = run("--json")
    said = json.loads(done.output)
    assert (done.exit_code, said["exit_code"], said["schema"]) == (60, 60, 1)
    (left,) = said["left"]
    assert left.keys() == {"type", "id", "arn", "stack", "why", "remove"}


def test_machines_read_an_empty_list_where_nothing_is_left(run: Run) -> None:
    done = run("--json")
    assert (done.exit_code, json.loads(done.output)) == (0, {"schema": 1, "left": [], "notes": [], "unseen": []})


def test_a_refusal_ends_in_its_own_code_and_shows_what_was_found(run: Run, world: World) -> None:
    world.aws.tags((arn("new", "thing/1"), OF_US))
    world.aws.answers["kms", "list_aliases"] = refusal("ExpiredToken")
    done = run()
    assert done.exit_code == 41
    assert "new:thing  1" in done.stdout
    assert "Log in again" in done.stderr


def test_every_stack_is_looked_for_where_that_is_asked(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[Path, str | None]] = []

    def every(folder: Path, name: str | None) -> Whose:
        asked.append((folder, name))
        return Whose.one(HostingStack(folder, "dev", PROJECT, FakePulumi()))

    monkeypatch.setattr(Whose, "every", every)
    done = run("--all-stacks", "--stack", "prod")
    assert done.exit_code == 0
    assert [name for _, name in asked] == ["prod"]


def test_a_folder_that_is_no_stacks_is_a_usage_error(run: Run, world: World) -> None:
    (world.folder / "Pulumi.yaml").unlink()
    done = run()
    assert done.exit_code == 2
    assert "There is no Pulumi.yaml" in done.stderr
