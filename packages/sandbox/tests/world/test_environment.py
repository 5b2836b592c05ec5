"""Tools of the product reach the sandbox through their official variables, and nothing real."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from langsmith_sandbox import credentials, environment
from langsmith_sandbox.paths import WorldPaths
from langsmith_sandbox.supervisor.part_environment import part_environment
from langsmith_sandbox.world import World

PORTS = {"aws": 1001, "control-plane": 1002, "registry": 1003, "charts": 1004, "ingress": 1005}
WORLD = World("id", "running", ports=PORTS)
SECRETS = credentials.make()


@pytest.fixture
def paths(tmp_path: Path) -> WorldPaths:
    return WorldPaths(tmp_path / "a home with 'quotes'")


def test_each_tool_finds_its_own_service(paths: WorldPaths) -> None:
    found = environment.variables(paths, WORLD, SECRETS)
    assert found["AWS_ENDPOINT_URL"] == "http://127.0.0.1:1001"
    assert found["LANGGRAPH_HOST_URL"] == "http://127.0.0.1:1002"
    assert found["LANGSMITH_CLIENT_REGISTRY_MIRRORS"] == "docker.io=127.0.0.1:1003"
    assert found["PULUMI_BACKEND_URL"] == f"file://{paths.pulumi}/state"
    assert found["PULUMI_PYTHON_CMD"] == sys.executable
    assert SECRETS.passphrase not in found.values(), "the engine reads it from a file"


def test_plugins_may_be_fetched_exactly_when_the_engine_is_the_users_own(paths: WorldPaths) -> None:
    switch = "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"
    assert switch not in environment.variables(paths, WORLD, SECRETS)
    paths.bin.mkdir(parents=True)
    (paths.bin / "pulumi-language-python").touch()
    assert environment.variables(paths, WORLD, SECRETS)[switch] == "true"


def test_a_shell_that_evaluates_the_exports_has_the_same_environment(paths: WorldPaths) -> None:
    exports = environment.shell_exports(paths, WORLD, SECRETS)
    dump = f"{sys.executable} -c 'import json, os; print(json.dumps(dict(os.environ)))'"
    found = json.loads(
        subprocess.run(
            ["sh", "-c", f'eval "$EXPORTS"; {dump}'],
            env={
                "EXPORTS": exports,
                "PATH": "/usr/bin:/bin",
                "AWS_PROFILE": "production",
                "LANGGRAPH_HOST_API_KEY": "real",
            },
            capture_output=True,
            check=True,
            timeout=30,
        ).stdout
    )
    expected = environment.variables(paths, WORLD, SECRETS)
    assert {name: found.get(name) for name in expected} == expected
    assert found["PATH"] == f"{paths.bin}:{Path(sys.executable).parent}:/usr/bin:/bin"
    assert "AWS_PROFILE" not in found, "a profile would win over the sandbox's key"
    assert "LANGGRAPH_HOST_API_KEY" not in found, "it would win over the sandbox's LANGSMITH_API_KEY"


def test_processes_of_the_product_get_no_account_of_the_user(paths: WorldPaths) -> None:
    real = dict.fromkeys(("AWS_PROFILE", "AWS_SESSION_TOKEN", *environment.LANGSMITH_LOGINS), "real")
    found = environment.process_environment(paths, WORLD, SECRETS, {**real, "HOME": "/home/me", "PATH": "/bin"})
    assert found["HOME"] == "/home/me"
    assert not real.keys() & found.keys()
    assert found["PATH"].endswith(":/bin")


def test_parts_keep_the_machines_settings_but_no_accounts_and_no_proxy_for_loopback() -> None:
    found = part_environment(
        {"LANG": "C", "AWS_PROFILE": "p", "LANGSMITH_API_KEY": "k", "LANGSMITH_SANDBOX_X": "1", "NO_PROXY": "corp"},
        {"ADDED": "yes"},
    )
    assert found["LANG"] == "C"
    assert found["LANGSMITH_SANDBOX_X"] == "1"
    assert found["ADDED"] == "yes"
    assert not {"AWS_PROFILE", "LANGSMITH_API_KEY"} & found.keys()
    assert found["NO_PROXY"].startswith("corp,127.0.0.0/8")
    assert "127.0.0.1" in found["no_proxy"]


def test_parts_write_bytecode_even_where_the_shell_forbids_it() -> None:
    assert "PYTHONDONTWRITEBYTECODE" not in part_environment({"PYTHONDONTWRITEBYTECODE": "1"}, {})
