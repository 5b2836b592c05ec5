"""A workspace of its own: the product in a fresh git repository, with its own sandbox."""

from __future__ import annotations

import dataclasses
import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

_COMMAND_TIMEOUT = 540


@dataclasses.dataclass(frozen=True)
class Workspace:
    """A copy of the project that tests may change, and the sandbox it runs in."""

    root: Path
    _exported: dict[int, dict[str, str]] = dataclasses.field(default_factory=dict, repr=False, compare=False)

    @property
    def sandbox(self) -> Path:
        return self.root / ".sandbox"

    @property
    def hosting(self) -> Path:
        return self.root / "stacks" / "hosting"

    @property
    def agent(self) -> Path:
        return self.root / "agents" / "hello-world-graph"

    @property
    def credentials(self) -> dict[str, str]:
        return json.loads((self.sandbox / "credentials.json").read_text())

    def environment(self) -> dict[str, str]:
        """What the shell has before anybody points it at the sandbox."""
        dropped = ("AWS_", "PULUMI_", "LANGSMITH_", "LANGGRAPH_", "LANGCHAIN_", "PYTHONDONTWRITEBYTECODE")
        kept = {
            name: value
            for name, value in os.environ.items()
            # The story is a developer's, also where CI tells it: CI may not deploy what nobody committed.
            if (not name.startswith(dropped) and name != "CI") or name == "LANGSMITH_SANDBOX_CACHE"
        }
        path = os.pathsep.join([str(Path(sys.executable).parent), kept["PATH"]])
        return {**kept, "PATH": path, "NO_COLOR": "1"}

    def run(
        self, *argv: str, cwd: Path | None = None, expect: int | None = 0, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a command as a newcomer would, in the workspace; fails unless it exits with ``expect``."""
        done = subprocess.run(
            argv,
            cwd=cwd or self.root,
            env={**self.environment(), **variables},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_COMMAND_TIMEOUT,
            check=False,
        )
        if expect is not None and done.returncode != expect:
            pytest.fail(
                f"{shlex.join(argv)} exited with {done.returncode}, not {expect}\n"
                f"--- stdout\n{done.stdout[-6000:]}\n--- stderr\n{done.stderr[-6000:]}"
            )
        return done

    def in_sandbox(
        self, script: str, *, cwd: Path | None = None, expect: int | None = 0
    ) -> subprocess.CompletedProcess[str]:
        """Run a line of shell after ``eval "$(langsmith-sandbox env)"``, as the README says."""
        # Done once for each start of the world, for it tells the same until the next.
        started = (self.sandbox / "world.json").stat().st_mtime_ns
        if started not in self._exported:
            told = self.run("sh", "-c", 'eval "$(langsmith-sandbox env)" && env -0').stdout
            lines = (line.partition("=") for line in told.split("\0") if line)
            self._exported[started] = {name: value for name, _, value in lines}
        return self.run("sh", "-c", script, cwd=cwd, expect=expect, **self._exported[started])

    def world(self) -> dict[str, Any]:
        return json.loads((self.sandbox / "world.json").read_text())

    def url(self, part: str) -> str:
        return f"http://127.0.0.1:{self.world()['ports'][part]}"

    def commit(self, message: str) -> str:
        """Commit everything; returns the commit's hash."""
        git = ("git", "-c", "user.name=Test", "-c", "user.email=test@example.com")
        self.run(*git, "add", "-A")
        self.run(*git, "commit", "-q", "-m", message)
        return self.run("git", "rev-parse", "HEAD").stdout.strip()
