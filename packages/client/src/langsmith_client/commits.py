"""The commits between two images, where the clone at hand has them."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING, Any

from langsmith_client import processes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

MOST = 50
"""Commits listed at most, on either side."""
_ENVIRONMENT = {"GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
_TIMEOUT = 30.0  # seconds
_HASH = re.compile(r"[0-9a-f]{7,64}")


@dataclasses.dataclass(frozen=True)
class Commit:
    """One commit: its full hash and the first line of its message."""

    hash: str
    subject: str

    def __str__(self) -> str:
        return f"{self.hash[:12]} {self.subject}"


@dataclasses.dataclass(frozen=True)
class Commits:
    """What lies between two commits, newest first.

    Attributes:
        added: In the new one, not in the old one.
        removed: In the old one, not in the new one, as after going back.
        problem: Why it is unknown, as a sentence; empty when it is known.
    """

    added: tuple[Commit, ...] = ()
    removed: tuple[Commit, ...] = ()
    problem: str = ""


def commits_between(
    folder: Path, old: str | None, new: str | None, *, paths: Sequence[Path] = (), run: processes.Runner = processes.run
) -> Commits:
    """Ask git in `folder` what lies between `old` and `new`, of commits that touch `paths` if any are given."""
    # The hashes come from labels that anyone may have written: nothing else may reach git's command line.
    if not _HASH.fullmatch(old or "") or not _HASH.fullmatch(new or ""):
        return Commits(problem="One of the images does not say which commit it was built from.")
    if old == new:
        return Commits()
    if not folder.is_dir():
        return Commits(problem=f"There is no folder {folder} with a clone.")
    try:
        for commit in (old, new):
            if run(["git", "cat-file", "-e", f"{commit}^{{commit}}"], **_how(folder)).exit_code != 0:
                return Commits(problem=f"The clone in {folder} does not have the commit {str(commit)[:12]}.")
        return Commits(_log(run, folder, old, new, paths), _log(run, folder, new, old, paths))
    except FileNotFoundError:
        return Commits(problem="git is not installed, so the commits in between are unknown.")
    except TimeoutError as error:
        return Commits(problem=f"git could not be asked ({type(error).__name__}).")


def _log(
    run: processes.Runner, folder: Path, start: str | None, end: str | None, paths: Sequence[Path]
) -> tuple[Commit, ...]:
    argv = ["git", "log", f"--max-count={MOST}", "--format=%H %s", f"{start}..{end}", "--", *map(str, paths)]
    lines = run(argv, **_how(folder)).stdout.decode(errors="replace").splitlines()
    return tuple(Commit(each, subject) for each, _, subject in (line.partition(" ") for line in lines))


def _how(folder: Path) -> dict[str, Any]:
    return {"cwd": folder, "env": _ENVIRONMENT, "timeout": _TIMEOUT}
