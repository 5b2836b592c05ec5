"""The workflow, the action and their page: pinned, given little, and with commands the client really takes."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from langsmith_client.cli import main

ROOT = Path(__file__).parents[3]
ACTION_FILE = ROOT / "actions/langsmith-client/action.yml"
WORKFLOW_FILE = ROOT / "examples/github/deploy.yml"
PAGE = (ROOT / "docs/ci.md").read_text(encoding="utf-8")
ACTION: dict[str, Any] = yaml.safe_load(ACTION_FILE.read_text(encoding="utf-8"))
WORKFLOW: dict[str, Any] = yaml.safe_load(WORKFLOW_FILE.read_text(encoding="utf-8"))
OURS = "your-org/langsmith-hybrid/actions/langsmith-client@"


def steps() -> list[dict[str, Any]]:
    """Every step of the action and the workflow."""
    return [*ACTION["runs"]["steps"], *(step for job in WORKFLOW["jobs"].values() for step in job["steps"])]


def step(name: str) -> dict[str, Any]:
    """A step of the action."""
    return next(each for each in ACTION["runs"]["steps"] if each.get("name") == name)


def environment(step: dict[str, Any]) -> dict[str, str]:
    """What a step's script finds in its environment: inputs as their defaults, folders of the runner as some."""
    defaults = {name: str(each.get("default") or "prod") for name, each in ACTION["inputs"].items()}
    found = {}
    for name, value in step.get("env", {}).items():
        filled = re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda match: defaults[match[1]], value)
        found[name] = re.sub(r"\$\{\{ [\w.]+ \}\}", "folder", filled)
    return found


def rows(heading: str) -> dict[str, str]:
    """The page's table with this first heading: its second cell by its first."""
    (table,) = re.findall(rf"^\| {heading} \|.*\n\|.*\n((?:\|.*\n)+)", PAGE, re.MULTILINE)
    return {line.split("`")[1]: line for line in table.splitlines()}


def commands() -> Iterator[str]:
    """Every call of the client in the page's blocks; those of the action are run below."""
    for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL):
        yield from (line for line in block.replace("\\\n", " ").splitlines() if line.startswith("langsmith-client "))


@pytest.fixture
def ran(tmp_path: Path) -> Any:
    """Runs a script of the action as GitHub does, with a client that records its call and exits as told."""
    stub = tmp_path / "bin" / "langsmith-client"
    stub.parent.mkdir()
    stub.write_text('#!/bin/sh\nprintf "%s\\n" "$@" > "$CALL"\nexit "$CODE"\n')
    stub.chmod(0o755)

    def run(name: str, code: int = 0, **variables: str) -> tuple[int, list[str], dict[str, str]]:
        script = tmp_path / "script"
        script.write_text(step(name)["run"])
        output, call = tmp_path / "output", tmp_path / "call"
        output.write_text("")
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
            env={
                **environment(step(name)),
                "PATH": f"{stub.parent}{os.pathsep}{os.environ['PATH']}",
                "GITHUB_OUTPUT": str(output),
                "CALL": str(call),
                "CODE": str(code),
                **variables,
            },
            capture_output=True,
            check=False,
        )
        outputs = dict(line.split("=", 1) for line in output.read_text().splitlines())
        return done.returncode, call.read_text().splitlines() if call.exists() else [], outputs

    return run


def accept(arguments: list[str]) -> None:
    """Parse a call of the client without running it; fails on anything it does not know."""
    command = main.get_command(click.Context(main), arguments[0])
    assert command is not None, f"there is no command {arguments[0]}"
    command.make_context(arguments[0], list(arguments[1:]), parent=click.Context(main))


def test_every_action_is_pinned_to_a_commit_and_says_which_release_that_is() -> None:
    text = ACTION_FILE.read_text(encoding="utf-8") + WORKFLOW_FILE.read_text(encoding="utf-8")
    used = [line.strip() for line in text.splitlines() if re.match(r"\s*(- )?uses: ", line)]
    assert len(used) == len([each for each in steps() if "uses" in each]), "none is overlooked"
    theirs = [line for line in used if OURS not in line]
    assert len(theirs) >= 6, "the others are looked at below"
    for line in theirs:
        assert re.search(r"@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line), f"a tag can be moved: {line}"


def test_no_script_holds_an_expression() -> None:
    for each in steps():
        assert "${{" not in each.get("run", ""), "what a branch or an input is called would be run as a command"


def test_jobs_are_given_no_more_than_they_need() -> None:
    assert WORKFLOW["permissions"] == {}, "nothing by default"
    for job in WORKFLOW["jobs"].values():
        assert job["permissions"] == {"contents": "read", "id-token": "write"}, "the code, and a proof for AWS"
        assert "LANGSMITH_API_KEY" not in {**WORKFLOW["env"], **job.get("env", {})}, "not for every step"
    seeing = [each.get("name", "") for each in steps() if "LANGSMITH_API_KEY" in each.get("env", {})]
    assert seeing == ["Plan", "Apply"], "neither others' actions nor the installation see the key"
    for each in steps():
        if each.get("uses", "").startswith("actions/checkout@"):
            assert each["with"]["persist-credentials"] is False, "later steps need no token of the repository"
    assert "head.repo.full_name == github.repository" in WORKFLOW["jobs"]["plan"]["if"], "forks get no key"


def test_only_what_is_on_main_is_applied_and_after_approval() -> None:
    # YAML 1.1 takes the key `on` for true.
    triggers: dict[str, Any] = WORKFLOW.get("on") or WORKFLOW[True]  # type: ignore[index]
    assert triggers["push"]["branches"] == ["main"], "a push elsewhere deploys nothing"
    job = WORKFLOW["jobs"]["apply"]
    assert "github.event_name == 'push'" in job["if"], "a pull request is planned, not applied"
    assert "needs.plan.outputs.changes == 'true'" in job["if"], "without changes nobody is asked to approve"
    assert job["environment"] == "production", "its reviewers are asked"
    assert WORKFLOW["concurrency"]["cancel-in-progress"] is False, "a rollout is not stopped half way"


def test_the_workflow_gives_the_action_the_inputs_it_has_and_uses_the_outputs_it_gives() -> None:
    given = [each["with"] for each in steps() if OURS in each.get("uses", "")]
    assert [each["command"] for each in given] == ["plan", "apply"]
    for each in given:
        assert set(each) <= set(ACTION["inputs"]), "GitHub only warns of others"
        assert {name for name, value in ACTION["inputs"].items() if value.get("required")} <= set(each)
    used = set(re.findall(r"steps\.(?:plan|apply)\.outputs\.(\w+)", WORKFLOW_FILE.read_text(encoding="utf-8")))
    assert used == set(ACTION["outputs"]), "an output nobody makes is empty without a word"
    plan = Path(environment(step("Plan"))["PLAN"]).name
    assert given[1]["plan"].endswith(f"/{plan}"), "an artifact keeps the name of its file"


def test_the_page_tells_every_input_and_output_with_its_default() -> None:
    inputs, outputs = rows("input"), rows("output")
    assert list(inputs) == list(ACTION["inputs"]), "in the order of the action"
    assert set(outputs) == set(ACTION["outputs"])
    for name, each in ACTION["inputs"].items():
        default = each.get("default", "")
        assert not default.isdigit() or f"by default {default}" in inputs[name]


@pytest.mark.parametrize("command", list(commands()))
def test_every_command_of_the_page_is_one_the_client_takes(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "agents" / "greeter").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    accept(shlex.split(command)[1:])


@pytest.mark.parametrize(("code", "outputs"), [(0, {"changes": "true"}), (3, {"changes": "false"})])
def test_planning_tells_whether_there_is_anything_to_do(ran: Any, code: int, outputs: dict[str, str]) -> None:
    ended, call, told = ran("Plan", code)
    assert ended == 0, "nothing to do is no failure"
    assert told == {**outputs, "plan": "folder/langsmith-client/agents.plan"}
    accept(call)


@pytest.mark.parametrize("name", ["Plan", "Apply"])
@pytest.mark.parametrize("code", [2, 20, 22, 30, 40])
def test_a_failure_ends_the_job_with_the_clients_own_code(ran: Any, name: str, code: int) -> None:
    ended, _, told = ran(name, code)
    assert ended == code, "what failed is read from it"
    assert "changes" not in told, "no job may go on from a plan that was not made"


def test_applying_takes_the_plan_and_reports_even_a_failure(ran: Any) -> None:
    _, call, told = ran("Apply", 20, PLAN="some where/agents.plan")
    assert call[:2] == ["apply", "some where/agents.plan"], "as one word"
    assert told == {"junit": "folder/langsmith-client/agents.xml"}, "known before the client runs"
    accept(call)
    _, call, _ = ran("Apply", PLAN="")
    assert call[1] == "--fleet", "without a plan there is no empty one"
    accept(call)


def test_a_name_that_looks_like_a_command_stays_a_name(ran: Any, tmp_path: Path) -> None:
    _, call, _ = ran("Plan", TARGET=f"$(touch {tmp_path}/harm); `id`")
    assert call[call.index("--target") + 1] == f"$(touch {tmp_path}/harm); `id`"
    assert not (tmp_path / "harm").exists()


def test_the_action_installs_what_the_lock_file_names(tmp_path: Path) -> None:
    (line,) = [line for line in step("Install langsmith-client")["run"].splitlines() if line.startswith("uv ")]
    argv = [str(ROOT) if word == "$SOURCE" else word for word in shlex.split(line) if word != "--quiet"]
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        [*argv, "--dry-run", "--offline"],
        env={**os.environ, "PATH": path, "UV_PROJECT_ENVIRONMENT": str(tmp_path / "venv")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"the lock file alone says what to install: {done.stderr}"
    assert "botocore==" in done.stderr, "with which roles of AWS are found"
    assert "pytest==" not in done.stderr, "what we develop with stays here"
