"""How quickly our command lines start, beside LangChain's own.

python benchmarks/cli_startup.py
"""

from __future__ import annotations

from collections.abc import Iterator

from measured import BIN, Row, Sample, median, ratio, show, timed

_RUNS = 7
_PEER = "langgraph"
_OURS = {"langsmith-client": "at most half of langgraph's", "langsmith-sandbox": ""}


def measure() -> Iterator[Row]:
    """Time all programs in turn, so that a drift of the machine's speed hits each alike."""
    programs = (*_OURS, _PEER)
    samples: dict[str, list[Sample]] = {program: [] for program in programs}
    for program in programs:
        _help(program)  # compiles what is not compiled yet
    for _ in range(_RUNS):
        for program in programs:
            samples[program].append(_help(program))
    peer = median(samples[_PEER])
    for program, goal in _OURS.items():
        ours = median(samples[program])
        yield Row(f"`{program} --help`", ours, goal, ratio(ours, peer, "`langgraph --help`"))
    yield Row("`langgraph --help`", peer)


def _help(program: str) -> Sample:
    return timed([str(BIN / program), "--help"])


if __name__ == "__main__":
    show(measure())
