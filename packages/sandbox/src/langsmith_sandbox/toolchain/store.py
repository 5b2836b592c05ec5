"""A folder of finished things, each built once: whole or absent, and never by two processes at once."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CACHE_VARIABLE = "LANGSMITH_SANDBOX_CACHE"


def cache_root() -> Path:
    """``$LANGSMITH_SANDBOX_CACHE``, else ``langsmith-sandbox`` in the user's cache folder."""
    if named := os.environ.get(CACHE_VARIABLE):
        return Path(named).absolute()
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "langsmith-sandbox"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "langsmith-sandbox"


def obtain(
    root: Path,
    slot: str,
    build: Callable[[Path], None],
    *,
    waiting: Callable[[], None] = lambda: None,
) -> Path:
    """The folder ``root/slot``, made by ``build`` if it is not there yet.

    ``build`` fills an empty folder beside it, which gets its final name only when ``build`` returns: an interrupted
    build leaves no slot, and its scraps are swept by the next one. ``waiting`` is called once when another process
    holds the slot; what that one finished is then taken as it is.
    """
    finished = root / slot
    if finished.is_dir():
        return finished
    root.mkdir(parents=True, exist_ok=True)
    with _locked(root / f".{slot}.lock", waiting):
        if finished.is_dir():
            return finished
        for scrap in root.glob(f".{slot}.*.partial"):
            shutil.rmtree(scrap, ignore_errors=True)
        partial = Path(tempfile.mkdtemp(prefix=f".{slot}.", suffix=".partial", dir=root))
        partial.chmod(0o755)
        try:
            build(partial)
            partial.rename(finished)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    return finished


@contextlib.contextmanager
def _locked(path: Path, waiting: Callable[[], None]) -> Iterator[None]:
    """Hold an advisory lock; the kernel gives it back when the holder dies, however it dies."""
    with path.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waiting()
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
