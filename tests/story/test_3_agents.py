"""The deploy CLI on the standing world: one agent through its whole life, then a fleet of twenty."""

from __future__ import annotations

import json
import shutil
import tomllib
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from standing_world import deployments, outputs, revisions
from workspace import Workspace

pytestmark = [pytest.mark.engine, pytest.mark.world]

FLEET = [f"greeter-{number:02}" for number in range(1, 21)]
AGENT = "hello-world-graph"
QUESTION = '{"question": "Who are you?"}'


def client(workspace: Workspace, arguments: str, *, folder: Path | None = None, expect: int | None = 0) -> list[Any]:
    """Run langsmith-client in the sandbox's environment; the events it printed."""
    done = workspace.in_sandbox(f"langsmith-client {arguments} --json", cwd=folder, expect=expect)
    assert "Traceback" not in done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def answer(url: str) -> str:
    """What the agent behind ``url`` says to a question."""
    request = urllib.request.Request(
        f"{url}/runs/wait",
        data=f'{{"assistant_id": "hello", "input": {QUESTION}}}'.encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answered:
        return json.load(answered)["answer"]


@pytest.fixture(scope="module")
def target(workspace: Workspace, standing: dict[str, Any]) -> None:
    """A langsmith.toml that ``init`` wrote from the stack's outputs."""
    client(workspace, "init --from-stack stacks/hosting:sandbox")


def test_init_fills_a_target_from_the_stack_and_deploy_needs_nothing_else(workspace: Workspace, target: None) -> None:
    (written,) = tomllib.loads((workspace.root / "langsmith.toml").read_text())["targets"].values()
    assert written["host_url"] == workspace.url("control-plane")
    assert written["workspace_id"] == workspace.credentials["workspace_id"]
    assert written["references"][AGENT]["POSTGRES_URI_CUSTOM"] == f"{AGENT}-stores:POSTGRES_URI_CUSTOM"
    made = len(revisions(workspace))
    (*_, result) = client(workspace, f"deploy {workspace.agent} --target sandbox --detailed-exitcode", expect=3)
    assert (result["built"], result["changed"], result["proven"]) == (False, False, True)
    assert len(revisions(workspace)) == made


def test_a_rollback_to_a_commit_serves_its_code_and_a_deploy_goes_forward_again(
    workspace: Workspace, target: None
) -> None:
    before = workspace.run("git", "rev-parse", "HEAD").stdout.strip()
    rewrite(workspace.agent / "hello_world_graph" / "graph.py", "Good day, ", "Welcome, ")
    workspace.commit("Be warmer")
    client(workspace, f"deploy {workspace.agent} --target sandbox")
    (*_, back) = client(workspace, f"rollback {AGENT} {before} --yes")
    assert answer(back["url"]).startswith("Good day, ")
    (*_, forward) = client(workspace, f"deploy {workspace.agent} --target sandbox --smoke '{QUESTION}'")
    assert (forward["built"], forward["changed"]) == (False, True), "the image is in the registry still"
    assert answer(forward["url"]).startswith("Welcome, ")


def test_a_variable_set_by_hand_stays_when_the_agent_is_deployed_again(workspace: Workspace, target: None) -> None:
    client(workspace, f"env set {AGENT} GREETING=- < /dev/null", expect=2)  # an empty value is no value
    (workspace.root / "greeting").write_text("from a file")
    client(workspace, f"env set {AGENT} GREETING@greeting")
    (*_, again) = client(workspace, f"deploy {workspace.agent} --target sandbox")
    assert again["changed"] is False
    variables = {each["name"]: each["value"] for each in deployments(workspace)[AGENT]["secrets"]}
    assert variables["GREETING"] == "from a file"


@pytest.fixture(scope="module")
def fleet(workspace: Workspace, target: None) -> Iterator[Path]:
    """Twenty agents in one repository, each with a greeting of its own, and the langsmith.toml that names them."""
    folder = workspace.root / "fleet"
    for name in FLEET:
        ignored = shutil.ignore_patterns(".venv", "__pycache__", "tests", "uv.lock")
        shutil.copytree(workspace.agent, folder / name, ignore=ignored)
        rewrite(folder / name / "pyproject.toml", 'name = "hello-world-graph"', f'name = "{name}"')
        rewrite(folder / name / "hello_world_graph" / "graph.py", "Welcome, ", f"This is {name}, ")
    stack = outputs(workspace)
    lines = [
        "[targets.sandbox]",
        f'push_to = "{stack["registryUrl"]}/fleet"',
        f'listener_id = "{stack["listenerId"]}"',
        f'namespace = "{stack["namespaces"][0]}"',
    ]
    for name in FLEET:
        lines += [f"[agents.{name}]", f'path = "{name}"', "resources = { cpu = 0.1, memory_mb = 512 }"]
    (folder / "langsmith.toml").write_text("\n".join(lines))
    rewrite(folder / "langsmith.toml", f'path = "{FLEET[0]}"', f'path = "{FLEET[0]}"\ncanary = true')
    workspace.commit("Add a fleet")
    repositories(workspace, "create_repository(repositoryName=name)")
    yield folder
    repositories(workspace, "delete_repository(repositoryName=name, force=True)")  # the stack knows nothing of them


def repositories(workspace: Workspace, call: str) -> None:
    """Call ECR for the repository of every agent of the fleet."""
    program = f"import boto3, sys\necr = boto3.client('ecr')\nfor name in sys.argv[1:]:\n    ecr.{call}"
    named = " ".join(f"fleet/{name}" for name in FLEET)
    workspace.in_sandbox(f'python -c "{program}" {named}')


def rewrite(file: Path, old: str, new: str) -> None:
    """Replace what must be there."""
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def test_a_fleet_of_twenty_agents_is_planned_deployed_and_proven(workspace: Workspace, fleet: Path) -> None:
    client(workspace, "plan --detailed-exitcode", folder=fleet)
    assert set(deployments(workspace)) == {AGENT}, "a plan changes nothing"
    client(workspace, "apply --parallel 8 --junit report.xml", folder=fleet)
    listed = deployments(workspace)
    assert set(listed) == {AGENT, *FLEET}
    for name in FLEET:
        assert answer(listed[name]["source_config"]["custom_url"]).startswith(f"This is {name}, ")


def test_an_unchanged_fleet_has_nothing_to_do(workspace: Workspace, fleet: Path) -> None:
    client(workspace, "plan --detailed-exitcode", folder=fleet, expect=3)


def test_a_saved_plan_changes_only_what_it_shows_and_not_twice(workspace: Workspace, fleet: Path) -> None:
    changed = FLEET[6]
    rewrite(fleet / changed / "hello_world_graph" / "graph.py", "This is ", "Still ")
    workspace.commit("Change one agent")
    client(workspace, "plan --out change.json --detailed-exitcode", folder=fleet)
    client(workspace, "apply change.json", folder=fleet)
    made = {name: len(revisions(workspace, name)) for name in FLEET}
    assert made == dict.fromkeys(FLEET, 1) | {changed: 2}
    assert answer(deployments(workspace)[changed]["source_config"]["custom_url"]).startswith("Still ")
    (*_, refusal) = client(workspace, "apply change.json", folder=fleet, expect=30)
    assert changed in refusal["what"], "the world the plan saw is not there any more"
