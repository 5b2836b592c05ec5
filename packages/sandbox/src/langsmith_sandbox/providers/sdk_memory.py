"""What an SDK declares, remembered between processes.

Importing the classes of an SDK takes seconds of computing, and the engine starts its providers anew for every run.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import importlib.metadata
import importlib.util
import pickle
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from langsmith_sandbox.files import write_whole
from langsmith_sandbox.toolchain.store import cache_root

if TYPE_CHECKING:
    from collections.abc import Callable

_T = TypeVar("_T")

# What a file that was cut short, or written by other classes than today's, raises when it is read.
_UNREADABLE = (OSError, EOFError, pickle.UnpicklingError, AttributeError, ImportError, IndexError, TypeError)


@dataclasses.dataclass(frozen=True)
class SdkMemory:
    """One file a value, in a folder that names everything the values depend on.

    The files are pickles, of the user's own and as trustworthy as the bytecode beside them.
    """

    folder: Path

    @classmethod
    def of(cls, sdk: str, *, read_by: str) -> SdkMemory:
        """What the package ``read_by`` has read off the installed distribution ``sdk``."""
        python = ".".join(map(str, sys.version_info[:2]))
        version = importlib.metadata.version(sdk)
        return cls(cache_root() / "sdk" / f"{sdk}-{version}-{_fingerprint(read_by)}-python{python}")

    def recall(self, name: str, read: Callable[[], _T]) -> _T:
        """The value called ``name``, by ``read`` the first time."""
        file = self.folder / f"{name.replace(':', '-').replace('/', '-')}.pickle"
        with contextlib.suppress(*_UNREADABLE):
            return pickle.loads(file.read_bytes())  # noqa: S301 - see the class
        value = read()
        # A cache that cannot be written costs time, no more.
        with contextlib.suppress(OSError):
            write_whole(file, pickle.dumps(value))
        return value


def _fingerprint(package: str) -> str:
    """Hash of a package's modules that say what is read and how."""
    found = importlib.util.find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise ImportError(f"{package} is no package")
    digest = hashlib.sha256()
    for name in ("schema.py", "sdk_classes.py"):
        digest.update(Path(found.submodule_search_locations[0], name).read_bytes())
    return digest.hexdigest()[:12]
