"""The official ``langgraph deploy`` against the control plane: what it accepts, other official clients should too."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import pytest

from langsmith_sandbox.control_plane import deployments, revisions, standing
from langsmith_sandbox.control_plane.requests import StatusReport

IMAGE = "registry.example/agent@sha256:" + "a" * 64


@pytest.fixture
def project(tmp_path):
    """A folder that the CLI takes for an agent's."""
    folder = tmp_path / "hello"
    folder.mkdir()
    (folder / "langgraph.json").write_text('{"dependencies": ["."], "graphs": {"hello": "./graph.py:graph"}}')
    return folder


@pytest.fixture
def data_plane(world):
    """Deploys whatever waits for it, except images named ``broken``."""
    world.clock.run()
    stop = threading.Event()

    def run():
        while not stop.wait(0.1):
            with world.plane.store.transaction():
                for each in world.plane.store.deployments.everything():
                    step(world.plane, each)

    thread = threading.Thread(target=run)
    thread.start()
    yield
    stop.set()
    thread.join(30)


def step(plane, deployment):
    wanted = revisions.wanted(standing.revisions(plane, deployment), deployment.active_revision_id)
    if wanted is None or wanted.status in revisions.ENDED:
        return
    taken_up = StatusReport(status="DEPLOYING")
    if wanted.status == "DEPLOYING":
        broken = "broken" in wanted.image_uri
        taken_up = StatusReport(status="DEPLOY_FAILED" if broken else "DEPLOYED", url="http://agents/hello")
    deployments.report(plane, deployment.tenant_id, deployment.id, wanted.id, taken_up)


def deploy(world, url, project, *arguments, image=IMAGE):
    """Runs the CLI as a pipeline would; output and exit code."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(project.parent),
        "LANGSMITH_API_KEY": world.api_key,
        "LANGSMITH_TENANT_ID": "11111111-1111-4111-8111-111111111111",
        "LANGGRAPH_CLI_NO_ANALYTICS": "1",
    }
    program = "from langgraph_cli.cli import cli; cli()"
    command = ["deploy", "--name", "hello", "--image-uri", image, "--no-input", "--host-url", url, *arguments]
    return subprocess.run(
        [sys.executable, "-c", program, *command],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_it_creates_follows_updates_and_reports_failure(world, project, data_plane):
    pytest.importorskip("langgraph_cli.deploy", reason="the official CLI is not installed")
    listener = world.listener()
    with world.on_a_socket() as url:
        without = deploy(world, url, project)
        assert without.returncode != 0
        assert "--listener-id" in without.stderr, "it understands the 400 about the missing listener"
        created = deploy(world, url, project, "--listener-id", listener, "--k8s-namespace", "agents")
        assert created.returncode == 0, created.stderr
        assert "http://agents/hello" in created.stdout + created.stderr
        updated = deploy(world, f"{url}/api-host", project, image=IMAGE.replace("a" * 64, "b" * 64))
        assert updated.returncode == 0, updated.stderr
        failed = deploy(world, url, project, image=IMAGE.replace("agent", "broken"))
        assert failed.returncode != 0
    (deployment,) = world.http.get("/v2/deployments").json()["resources"]
    statuses = [each["status"] for each in world.revisions(deployment)]
    assert statuses == ["DEPLOY_FAILED", "DEPLOYED", "DEPLOYED"]
