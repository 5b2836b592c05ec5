"""Finding ``toolchain/``, the folder of Go modules and the lock file that pin every tool."""

from __future__ import annotations

from pathlib import Path

from .errors import SourcesNotFoundError

_MARKS = ("pulumi/go.mod", "kubernetes/main.go", "agent-server/uv.lock")


def find_sources(*starts: Path) -> Path:
    """The nearest ``toolchain/`` above any of ``starts``.

    Without ``starts`` it is looked for above the working folder, then above this package, which lies in the
    repository because the workspace installs it editable.

    Raises:
        SourcesNotFoundError: It is nowhere.
    """
    starts = starts or (Path.cwd(), Path(__file__).resolve().parent)
    for start in starts:
        for folder in (start, *start.parents):
            candidate = folder / "toolchain"
            if all((candidate / mark).is_file() for mark in _MARKS):
                return candidate
    raise SourcesNotFoundError(starts)
