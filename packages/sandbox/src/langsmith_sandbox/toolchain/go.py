"""The Go compiler: where it is, which version builds a module, and running a recipe with it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import BuildFailedError, GoMissingError, GoUnfitError

if TYPE_CHECKING:
    from .recipe import GoRecipe

_QUERY_TIMEOUT = 120.0  # seconds; may fetch the Go release that go.mod asks for
_BUILD_TIMEOUT = 3600.0  # seconds; the slowest cold build takes 6 minutes on 2 cores


def find_go(tool: str) -> Path:
    """The ``go`` on PATH.

    Raises:
        GoMissingError: There is none.
    """
    found = shutil.which("go")
    if found is None:
        raise GoMissingError(tool)
    return Path(found)


def go_version(go: Path, module: Path) -> str:
    """The release that builds ``module``, such as ``go1.26.8``: the one installed, or the one go.mod makes it fetch.

    Raises:
        GoUnfitError: It cannot build this module.
    """
    answer = subprocess.run(
        [str(go), "env", "GOVERSION"],
        cwd=module,
        capture_output=True,
        text=True,
        timeout=_QUERY_TIMEOUT,
        check=False,
    )
    if answer.returncode != 0:
        raise GoUnfitError(module.name, answer.stderr.strip() or f"it ended with code {answer.returncode}.")
    return answer.stdout.strip()


def build(recipe: GoRecipe, go: Path, module: Path, into: Path, log: Path) -> None:
    """Build ``recipe`` from ``module`` into the folder ``into``; the compiler's output goes to ``log``.

    Raises:
        BuildFailedError: The compiler ended with an error, or took longer than an hour.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        try:
            code = subprocess.run(
                recipe.argv(go, into),
                cwd=module,
                env={**os.environ, **recipe.env},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                timeout=_BUILD_TIMEOUT,
                check=False,
            ).returncode
        except subprocess.TimeoutExpired:
            raise BuildFailedError(recipe.name, log, f"it took longer than {_BUILD_TIMEOUT:.0f} s.") from None
    if code != 0:
        raise BuildFailedError(recipe.name, log, last_lines(log))
    for link in recipe.links:
        (into / link).symlink_to(recipe.output)


def module_folder(go: Path, module: Path, import_path: str, log: Path) -> Path:
    """Where Go keeps the source of ``import_path`` that ``module`` pins.

    Raises:
        BuildFailedError: Go does not know it.
    """
    answer = subprocess.run(
        [str(go), "list", "-m", "-f", "{{.Dir}}", import_path],
        cwd=module,
        capture_output=True,
        text=True,
        timeout=_QUERY_TIMEOUT,
        check=False,
    )
    if answer.returncode != 0 or not answer.stdout.strip():
        raise BuildFailedError(module.name, log, answer.stderr.strip() or f"the source of {import_path} is not there.")
    return Path(answer.stdout.strip())


def last_lines(log: Path, count: int = 5) -> str:
    """The end of a log, on one line."""
    lines = log.read_text(errors="replace").splitlines()
    return " | ".join(line.strip() for line in lines[-count:] if line.strip()) or "it said nothing."
