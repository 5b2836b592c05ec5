"""BuildKit and what it needs: the builder inside docker, for machines that have docker's client and no daemon.

It is no part of the sandbox and costs minutes to build, so that only who asks for it gets it.
"""

from __future__ import annotations

import dataclasses
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from .ready import Workshop, built
from .recipe import BUILDKIT

if TYPE_CHECKING:
    from pathlib import Path

    from langsmith_sandbox.progress import Progress

_QUERY_TIMEOUT = 30.0  # seconds
_NEEDED = ("docker", "gcc", "go", "unshare")


@dataclasses.dataclass(frozen=True)
class BuildKit:
    """Where its programs are.

    Attributes:
        daemon: ``buildkitd``.
        buildx: The plugin of docker's client that speaks to it.
        runc: Runs the containers of a build.
    """

    daemon: Path
    buildx: Path
    runc: Path


def obstacle(platform: str = sys.platform) -> str | None:
    """Why BuildKit cannot be built or run on this machine, as half a sentence; None when nothing is known to forbid it.

    Its daemon is run as root here, since without it would take a set-uid helper that only a system package installs.
    """
    if not platform.startswith("linux"):
        return "it runs on Linux only"
    if missing := [name for name in _NEEDED if shutil.which(name) is None]:
        return f"PATH lacks {', '.join(missing)}"
    if os.geteuid() != 0:
        return "it needs root"
    tried = subprocess.run(
        ["unshare", "--mount", "--pid", "--fork", "true"],
        capture_output=True,
        text=True,
        timeout=_QUERY_TIMEOUT,
        check=False,
    )
    return f"this machine forbids namespaces ({tried.stderr.strip()})" if tried.returncode else None


def ensure_buildkit(
    progress: Progress | None = None, *, sources: Path | None = None, root: Path | None = None
) -> BuildKit:
    """BuildKit, built if it is missing: about three minutes on two cores, once; arguments as for ``ensure``.

    Raises:
        ToolchainError: It cannot be built here.
    """
    folder = built(Workshop.of(progress, sources, root), BUILDKIT)
    return BuildKit(folder / "buildkitd", folder / "buildx", folder / "runc")
