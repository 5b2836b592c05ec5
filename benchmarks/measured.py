"""What a benchmark measures, and how it is shown: seconds of whole commands, beside a peer's in the same run."""

from __future__ import annotations

import dataclasses
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

BIN = Path(sys.executable).parent
"""Where the commands of this environment are."""

_COLUMNS = ("what", "wall", "computing", "goal", "beside")


@dataclasses.dataclass(frozen=True)
class Sample:
    """One run: wall-clock seconds, and seconds of computing in it and all it started."""

    wall: float
    cpu: float


@dataclasses.dataclass(frozen=True)
class Row:
    """One thing that was measured.

    Attributes:
        what: The command, and what it found.
        sample: Medians of its runs.
        goal: What is wanted of it, for people; empty where it is there for comparison.
        beside: The ratio to a peer's wall-clock seconds in the same run, with the peer's name; or why there is none.
    """

    what: str
    sample: Sample
    goal: str = ""
    beside: str = ""

    @property
    def cells(self) -> tuple[str, ...]:
        """As the table shows it."""
        return self.what, f"{self.sample.wall:.3f} s", f"{self.sample.cpu:.3f} s", self.goal, self.beside


def timed(
    command: Sequence[str],
    environ: Mapping[str, str] | None = None,
    *,
    folder: Path | None = None,
    ends_with: int = 0,
) -> Sample:
    """Run a command to its end.

    Raises:
        SystemExit: It did not end as it should; with its own words.
    """
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    done = subprocess.run(command, env=environ, cwd=folder, capture_output=True, text=True, check=False)
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != ends_with:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}: {done.stdout}{done.stderr}")
    return Sample(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def median(samples: Iterable[Sample]) -> Sample:
    """The median of each of the two."""
    found = list(samples)
    return Sample(statistics.median(each.wall for each in found), statistics.median(each.cpu for each in found))


def repeated(run: Callable[[], Sample], times: int) -> Sample:
    """The medians of so many runs."""
    return median(run() for _ in range(times))


def ratio(ours: Sample, peer: Sample, name: str) -> str:
    """How long ours takes for each second of a peer's."""
    return f"{ours.wall / peer.wall:.2f} of {name}"


def show(rows: Iterable[Row], write: Callable[[str], object] = sys.stdout.write) -> None:
    """The table, in Markdown, each row as soon as it is there."""
    write(_line(_COLUMNS))
    write(_line(["---"] * len(_COLUMNS)))
    for row in rows:
        write(_line(row.cells))
        sys.stdout.flush()


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |\n"
