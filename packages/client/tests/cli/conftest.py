"""The command line, run in this process against a control plane and a registry in memory."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner

from langsmith_client.cli import looking, main, session


@dataclasses.dataclass(frozen=True)
class Outcome:
    """How a command ended."""

    exit_code: int
    out: str
    err: str

    def events(self) -> list[dict[str, Any]]:
        """The JSON lines."""
        return [json.loads(line) for line in self.out.splitlines()]


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Callable[..., Outcome]:
    """Runs the command line; an error nobody expected fails the test instead of looking like an exit code."""
    for name in [name for name in os.environ if name.startswith(("LANGSMITH_", "LANGGRAPH_", "LANGCHAIN_"))]:
        if name != "LANGSMITH_TEST_REGISTRY_BINARY":
            monkeypatch.delenv(name)
    monkeypatch.setenv("LANGSMITH_CONFIG_FILE", str(tmp_path / "langsmith" / "config.json"))
    monkeypatch.setenv("LANGSMITH_CLIENT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "docker"))

    def run(*arguments: str, stdin: str | None = None, **env: str) -> Outcome:
        result = CliRunner().invoke(main, list(arguments), env=env, input=stdin)
        ended_by = result.exception
        defect = ended_by.__context__ if isinstance(ended_by, SystemExit) else ended_by
        if "this is a defect of langsmith-client" in result.output and defect is not None:
            raise defect
        return Outcome(result.exit_code, result.stdout, result.stderr)

    return run


@pytest.fixture
def connected(monkeypatch: pytest.MonkeyPatch, target: Any, open_registry: Any) -> Any:
    """The command line talks to the target and, where it looks images up, to the registry in memory."""
    monkeypatch.setattr(session, "connected", lambda where, place=None: contextlib.nullcontext(target))
    monkeypatch.setattr(looking, "registries", open_registry)
    monkeypatch.setattr(looking, "glanced_registries", open_registry)
    return target
