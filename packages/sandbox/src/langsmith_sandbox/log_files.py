"""Reading the parts' logs: the end of each, then what is written from there on."""

from __future__ import annotations

import dataclasses
import time
from typing import TYPE_CHECKING

from langsmith_sandbox.errors import SandboxError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_INTERVAL = 0.3  # seconds between two looks at files that are followed


@dataclasses.dataclass(frozen=True)
class LogFiles:
    """The logs of one world: ``<part>.log``, those of a cluster in a folder named after it."""

    folder: Path
    sleep: Callable[[float], None] = time.sleep

    def parts(self, chosen: str | None = None) -> list[str]:
        """Names of the parts that have a log: all, one, or those of a cluster.

        Raises:
            SandboxError: There is none of that name.
        """
        known = sorted(str(log.relative_to(self.folder).with_suffix("")) for log in self.folder.rglob("*.log"))
        found = [name for name in known if chosen is None or name == chosen or name.startswith(f"{chosen}/")]
        if not found:
            which = f"named {chosen} " if chosen else ""
            known_names = f"Known are: {', '.join(known)}." if known else "Start the sandbox first."
            raise SandboxError(f"No part {which}has a log in {self.folder}.", known_names)
        return found

    def lines(self, chosen: str | None, *, last: int, follow: bool) -> Iterator[tuple[str, str]]:
        """Pairs of part and line; with ``follow`` it never ends by itself.

        Raises:
            SandboxError: There is no such log.
        """
        positions: dict[str, int] = {}
        for name in self.parts(chosen):
            text = self._read(name, 0)
            positions[name] = len(text)
            yield from ((name, _decoded(line)) for line in text.splitlines()[-last:] if last)
        while follow:
            self.sleep(_INTERVAL)
            for name in self.parts(chosen):
                # Only whole lines: the rest of one that is being written comes with the next look.
                whole = self._read(name, positions.get(name, 0)).rpartition(b"\n")[0]
                if whole:
                    positions[name] = positions.get(name, 0) + len(whole) + 1
                    yield from ((name, _decoded(line)) for line in whole.splitlines())

    def _read(self, name: str, start: int) -> bytes:
        with (self.folder / f"{name}.log").open("rb") as log:
            log.seek(start)
            return log.read()


def _decoded(line: bytes) -> str:
    return line.decode(errors="replace")
