"""Ctrl-C in a real process, and the line it leaves behind in another."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

CLIENT = Path(sys.executable).with_name("langsmith-client")
# As a terminal starts it: where the tests run in the background, interrupts are ignored, and children inherit that.
AT_A_TERMINAL = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from langsmith_client.cli import main
main()
"""


@pytest.fixture
def agents(world: Any, serve: Any) -> Iterator[None]:
    """Agents on a real port, which serve what the listener deployed last."""

    def info(request: Request) -> JSONResponse:
        return JSONResponse({"host": {"host_revision_id": world.served.get(request.path_params["name"])}})

    def ok(request: Request) -> JSONResponse:
        return JSONResponse({"ok": True})

    with serve(Starlette(routes=[Route("/{name}/info", info), Route("/{name}/ok", ok)])) as url:
        world.agents = url
        yield


@pytest.fixture
def environment(world: Any, tmp_path: Path) -> dict[str, str]:
    """What a person has set who works with this control plane."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "LANGSMITH_API_KEY": world.api_key,
        "LANGSMITH_WORKSPACE_ID": world.workspace,
        "NO_PROXY": "127.0.0.1",
    }


def test_an_interrupted_wait_prints_the_line_that_goes_on_and_the_line_works(world, agents, environment):
    world.works = False
    made = world.deploy("greeter", 1, wait=False).revision_id
    command = [sys.executable, "-c", AT_A_TERMINAL, "wait", "greeter", made, "--host-url", world.url]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as waiting:
        assert waiting.stderr is not None
        seen = waiting.stderr.readline()
        assert f"revision {made} is " in seen
        waiting.send_signal(signal.SIGINT)
        said = waiting.stderr.read()
    assert waiting.returncode == 130
    assert "Traceback" not in said
    assert world.api_key not in said
    line = said.splitlines()[-1].partition("follow it with: ")[2]
    assert line == f"langsmith-client wait greeter {made} --host-url {world.url}"

    world.works = True
    for _ in range(3):
        world.sleep(1.0)
    resumed = [str(CLIENT), *shlex.split(line)[1:]]
    done = subprocess.run(resumed, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    assert f"revision    {made} (DEPLOYED)" in done.stdout
