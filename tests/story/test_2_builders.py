"""An image built by docker's own builder, run beside one made of layers: the same agent, whoever asks."""

from __future__ import annotations

import json
import tempfile
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from base_root import lay_out
from buildkit_daemon import buildkit, docker
from standing_world import deployments, image_config, outputs, revisions
from workspace import Workspace

from langsmith_sandbox.cluster.seed_images import agent_base
from langsmith_sandbox.toolchain import buildkit as machine
from langsmith_sandbox.toolchain import ensure, ensure_buildkit

pytestmark = [pytest.mark.engine, pytest.mark.world]

BY_LAYERS, BY_DOCKER = "hello-world-graph", "built-by-docker"
BASE = "langchain/langgraph-api:3.11-runnable"


@pytest.fixture
def builder(workspace: Workspace, standing: dict[str, Any]) -> Iterator[Mapping[str, str]]:
    """Docker with a builder, and in the sandbox's registry a base image that its commands can run in."""
    if reason := machine.obstacle():
        pytest.skip(f"no image can be built by docker here: {reason}")
    hub = workspace.url("registry-storage").removeprefix("http://")  # where its images are put, as at the start
    with tempfile.TemporaryDirectory(prefix="buildkit-", ignore_cleanup_errors=True) as folder:
        (root := Path(folder) / "root").mkdir()
        dockerfile = Path(folder) / "Dockerfile"
        dockerfile.write_text(lay_out(agent_base(ensure().agent_server_python), root))
        with buildkit(ensure_buildkit(), hub, Path(folder)) as environ:
            # As it is: packing and unpacking the base, which nobody looks at, would be most of the work.
            pushed = f"type=image,push=true,compression=uncompressed,name={hub}/{BASE}"
            docker(
                ["buildx", "build", "--provenance=false", "--output", pushed, "--file", str(dockerfile), str(root)],
                environ,
            )
            yield environ


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
    workspace: Workspace, builder: Mapping[str, str], repository: str
) -> None:
    stack = outputs(workspace)
    variables = " ".join(f"{name}={value}" for name, value in builder.items())
    done = workspace.in_sandbox(
        f"{variables} langsmith-client deploy {workspace.agent} --name {BY_DOCKER} --builder docker --base-image {BASE}"
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
