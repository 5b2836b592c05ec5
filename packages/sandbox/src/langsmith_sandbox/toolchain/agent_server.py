"""Python projects that are run, not imported: each in an environment of its own, away from the product's pins."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from typing import TYPE_CHECKING

from .errors import BuildFailedError
from .go import last_lines

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_TIMEOUT = 900.0  # seconds, for 77 wheels over a slow line
_INPUTS = ("pyproject.toml", "uv.lock")


def slot(project: Path, python_version: str = sys.version) -> str:
    """Name of the finished environment, after its project; it changes with the lock file and with the Python."""
    digest = hashlib.sha256(python_version.encode())
    for name in _INPUTS:
        digest.update((project / name).read_bytes())
    return f"{project.name}-{digest.hexdigest()[:12]}"


def build(
    project: Path, into: Path, log: Path, *, uv: str | None = None, environ: Mapping[str, str] = os.environ
) -> None:
    """Install what ``project``'s lock file names into a new virtual environment in the folder ``into``.

    The environment is relocatable because it is built under a temporary name.

    Raises:
        BuildFailedError: uv ended with an error.
    """
    if uv is None:
        from uv import find_uv_bin

        uv = find_uv_bin()
    env = {name: value for name, value in environ.items() if name not in ("VIRTUAL_ENV", "PYTHONDONTWRITEBYTECODE")}
    env |= {"UV_PROJECT_ENVIRONMENT": str(into), "UV_COMPILE_BYTECODE": "1", "UV_LINK_MODE": "hardlink"}
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        for argv in (
            (uv, "venv", "--no-progress", "--relocatable", "--allow-existing", "--python", sys.executable, str(into)),
            (uv, "sync", "--no-progress", "--frozen", "--project", str(project)),
        ):
            try:
                code = subprocess.run(
                    argv, env=env, stdout=output, stderr=subprocess.STDOUT, timeout=_TIMEOUT, check=False
                ).returncode
            except subprocess.TimeoutExpired:
                raise BuildFailedError(project.name, log, f"it took longer than {_TIMEOUT:.0f} s.") from None
            if code != 0:
                raise BuildFailedError(project.name, log, last_lines(log))
