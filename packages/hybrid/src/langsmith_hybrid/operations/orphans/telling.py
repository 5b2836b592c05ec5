"""The findings in words."""

from __future__ import annotations

from collections.abc import Iterator

from langsmith_hybrid.operations.orphans.findings import Findings, Left
from langsmith_hybrid.operations.orphans.whose import Whose


def told(findings: Findings, whose: Whose) -> str:
    """What was found, what is on its way out, and what could not be looked at."""
    return "\n".join([*_lines(findings, whose)])


def _lines(findings: Findings, whose: Whose) -> Iterator[str]:
    if findings.error is None:
        yield f"Nothing is left of {whose.title} in {whose.region} or in LangSmith that its state does not hold."
    stacks = dict.fromkeys(each.stack for each in findings.left)
    for stack in stacks:
        yield f"Left of {stack or 'some stack, by its name'}:"
        yield from (line for each in findings.left if each.stack == stack for line in _described(each))
        yield ""
    yield from findings.notes
    yield from (f"Could not look at {each.what}: {each.error.what}" for each in findings.unseen)


def _described(left: Left) -> Iterator[str]:
    yield f"  {left.type}  {left.id}"
    if left.arn:
        yield f"    {left.arn}"
    yield f"    {left.why}"
    yield f"    → {left.remove}"
