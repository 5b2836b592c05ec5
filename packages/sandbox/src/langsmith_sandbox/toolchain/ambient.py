"""Tools that are on PATH already: a good one is used as it is and never shadowed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_OLDEST_PULUMI = (3, 259)
_OLDEST_HELM = (3, 12)
_NEWEST_HELM = (4, 0)  # the first that is too new: its releases are stored and rendered differently
_QUERY_TIMEOUT = 30.0  # seconds


def good_pulumi(own: Path, path: str | None = None) -> Path | None:
    """A Pulumi CLI that is new enough and brings its own Python language host, or None.

    Args:
        own: Folder of the sandbox's own builds: what lies there does not count as installed by the user.
        path: Search path; the environment's unless told.
    """
    for candidate in _candidates("pulumi", own, path):
        beside = (candidate.parent, candidate.resolve().parent)
        has_host = any((folder / "pulumi-language-python").is_file() for folder in beside)
        version = _version(candidate, "version")
        if has_host and version is not None and version >= _OLDEST_PULUMI:
            return candidate
    return None


def good_helm(own: Path, path: str | None = None) -> Path | None:
    """A Helm 3 that is new enough, or None; arguments as for :func:`good_pulumi`."""
    for candidate in _candidates("helm", own, path):
        version = _version(candidate, "version", "--template", "{{.Version}}")
        if version is not None and _OLDEST_HELM <= version < _NEWEST_HELM:
            return candidate
    return None


def _candidates(name: str, own: Path, path: str | None) -> Iterator[Path]:
    for folder in (path if path is not None else os.environ.get("PATH", "")).split(os.pathsep):
        found = shutil.which(name, path=folder) if folder else None
        if found and not Path(found).resolve().is_relative_to(own.resolve()):
            yield Path(found)


def _version(program: Path, *arguments: str) -> tuple[int, int] | None:
    """Major and minor of what the program says it is; None when it does not say."""
    try:
        answer = subprocess.run(
            [str(program), *arguments], capture_output=True, text=True, timeout=_QUERY_TIMEOUT, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.match(r"v?(\d+)\.(\d+)", answer.stdout.strip())
    return (int(found[1]), int(found[2])) if found and answer.returncode == 0 else None
