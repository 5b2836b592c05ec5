"""How quickly our command lines start, against a peer in the same run.

    python benchmarks/cli_startup.py

Prints the median wall-clock seconds of `--help` and the ratio to `langgraph --help`, LangChain's own CLI.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

_RUNS = 7
_PEER = "langgraph"
_OURS = ("langsmith-client", "langsmith-sandbox")


def seconds(program: str) -> float:
    """Wall-clock seconds of one ``<program> --help``."""
    started = time.perf_counter()
    subprocess.run([str(Path(sys.executable).parent / program), "--help"], check=True, capture_output=True)
    return time.perf_counter() - started


def main() -> None:
    """Time all programs in turn, so that a drift of the machine's speed hits each alike."""
    programs = (*_OURS, _PEER)
    for program in programs:
        seconds(program)
    samples = {program: [] for program in programs}
    for _ in range(_RUNS):
        for program in programs:
            samples[program].append(seconds(program))
    peer = statistics.median(samples[_PEER])
    for program in programs:
        median = statistics.median(samples[program])
        sys.stdout.write(f"{program:20} {median:.3f} s   {median / peer:.2f} of {_PEER}\n")


if __name__ == "__main__":
    main()
