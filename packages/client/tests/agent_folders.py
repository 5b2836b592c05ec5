"""Agents as developers have them: a folder, mostly in a git repository."""

from __future__ import annotations

import dataclasses
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from langsmith_client.project import Project, load_project


@dataclasses.dataclass(frozen=True)
class Agent:
    """An agent's folder, alone or in a repository."""

    folder: Path

    def write(self, files: Mapping[str, str]) -> Agent:
        """Write files, given by their path in the folder."""
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return self

    def git(self, *arguments: str) -> str:
        """Run git in the folder."""
        done = subprocess.run(["git", *arguments], cwd=self.folder, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def commit(self, message: str = "Change") -> str:
        """Commit everything; returns the full hash."""
        self.git("add", "--all", ".")
        self.git("commit", "--quiet", "--message", message)
        return self.git("rev-parse", "HEAD")

    def load(self, **options: Any) -> Project:
        """Read it as the command line does."""
        return load_project(self.folder, environ={}, **options)
