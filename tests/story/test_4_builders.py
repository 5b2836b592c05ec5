"""An image built by docker's own builder, run beside one made of layers: the same agent, whoever asks."""

from __future__ import annotations

import dataclasses
import json
import tempfile
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from base_root import push_runnable
from buildkit_daemon import buildkit
from standing_world import deployments, image_config, outputs, revisions
from workspace import Workspace

from langsmith_sandbox.cluster.seed_images import agent_base
from langsmith_sandbox.toolchain import buildkit as machine
from langsmith_sandbox.toolchain import ensure, ensure_buildkit

pytestmark = [pytest.mark.engine, pytest.mark.world]

BY_LAYERS, BY_DOCKER = "hello-world-graph", "built-by-docker"


@dataclasses.dataclass(frozen=True)
class Builder:
    """Docker with a builder: the base image that its commands can run in, and the variables that lead to it."""

    base: str
    environ: Mapping[str, str]


@pytest.fixture
def builder(workspace: Workspace, standing: dict[str, Any]) -> Iterator[Builder]:
    """A BuildKit that takes Docker Hub's images from the sandbox's registry."""
    if reason := machine.obstacle():
        pytest.skip(f"no image can be built by docker here: {reason}")
    hub = workspace.url("registry-storage").removeprefix("http://")  # past the logins of the account's own repositories
    base = push_runnable(agent_base(ensure().agent_server_python), hub, "3.11-runnable")
    with (
        tempfile.TemporaryDirectory(prefix="buildkit-", ignore_cleanup_errors=True) as folder,
        buildkit(ensure_buildkit(), hub, Path(folder)) as environ,
    ):
        yield Builder(base, environ)


@pytest.fixture
def repository(workspace: Workspace, standing: dict[str, Any]) -> Iterator[str]:
    """A repository of the account for what docker builds."""
    name = f"builders/{BY_DOCKER}"
    workspace.in_sandbox(f"aws ecr create-repository --repository-name {name}")
    yield f"{outputs(workspace)['registryUrl']}/{name}"
    workspace.in_sandbox(f"aws ecr delete-repository --repository-name {name} --force")  # the stack knows nothing of it


def asked(url: str, path: str, body: dict[str, Any] | None = None) -> Any:
    """What the agent behind ``url`` answers."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url + path, data=data, headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answered:
        return json.load(answered)


def shown(url: str) -> dict[str, Any]:
    """All that a caller can see of an agent, but for when and as which revision it was started."""
    info = asked(url, "/info")
    assistants = asked(url, "/assistants/search", {})
    return {
        "answer": asked(url, "/runs/wait", {"assistant_id": "hello", "input": {"question": "Who are you?"}}),
        "info": {name: value for name, value in info.items() if name != "host"},
        "kind": info["host"]["kind"],
        "assistants": [(each["assistant_id"], each["graph_id"], each["name"], each["config"]) for each in assistants],
        "schemas": [asked(url, f"/assistants/{each['assistant_id']}/schemas") for each in assistants],
        "graphs": [asked(url, f"/assistants/{each['assistant_id']}/graph") for each in assistants],
    }


def newest_image(workspace: Workspace, name: str) -> str:
    """The image of a deployment's newest revision."""
    return revisions(workspace, name)[0]["source_revision_config"]["image_uri"]


def served(config: dict[str, Any]) -> dict[str, str]:
    """An image's variables, but for where Python looks: what docker installs there, layers name."""
    variables = dict(line.split("=", 1) for line in config["Env"])
    return {name: value for name, value in variables.items() if name not in {"PATH", "PYTHONPATH"}}


def test_both_builders_produce_images_that_serve_the_same_graph(
    workspace: Workspace, builder: Builder, repository: str
) -> None:
    stack = outputs(workspace)
    variables = " ".join(f"{name}={value}" for name, value in builder.environ.items())
    done = workspace.in_sandbox(
        f"{variables} langsmith-client deploy {workspace.agent} --name {BY_DOCKER} --builder docker"
        f" --base-image {builder.base}"
        f" --push-to {repository} --listener-id {stack['listenerId']} --k8s-namespace {stack['namespaces'][0]} --json"
    )
    result = json.loads(done.stdout.splitlines()[-1])
    assert (result["built"], result["proven"]) == (True, True)

    running = deployments(workspace)
    by_layers, by_docker = running[BY_LAYERS], running[BY_DOCKER]
    assert shown(by_docker["source_config"]["custom_url"]) == shown(by_layers["source_config"]["custom_url"])

    ours, theirs = (image_config(workspace, newest_image(workspace, name)) for name in (BY_LAYERS, BY_DOCKER))
    assert ours["WorkingDir"] == theirs["WorkingDir"]
    assert served(ours) == served(theirs)
