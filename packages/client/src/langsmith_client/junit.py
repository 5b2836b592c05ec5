"""JUnit's XML, which every CI system shows: a test case for each thing that was done.

https://github.com/testmoapp/junitxml
"""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

# Characters that XML 1.0 cannot hold, not even escaped. Others' messages may have them.
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclasses.dataclass(frozen=True)
class Case:
    """One thing that was done.

    Attributes:
        name: What it was about.
        group: What it belongs to.
        seconds: How long it took.
        failure: The kind of failure and what to say about it; None when it went well.
        skipped: Why it was not done; empty when it was.
        properties: Facts about it.
    """

    name: str
    group: str
    seconds: float = 0.0
    failure: tuple[str, str] | None = None
    skipped: str = ""
    properties: tuple[tuple[str, str], ...] = ()


def write(path: Path, suite: str, cases: Sequence[Case]) -> None:
    """Write a report of one suite."""
    root = ET.Element("testsuites")
    top = ET.SubElement(
        root,
        "testsuite",
        name=_legal(suite),
        tests=str(len(cases)),
        failures=str(sum(case.failure is not None for case in cases)),
        errors="0",
        skipped=str(sum(bool(case.skipped) for case in cases)),
        time=f"{sum(case.seconds for case in cases):.3f}",
    )
    for case in cases:
        _add(top, case)
    ET.indent(root)
    ET.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def _add(suite: ET.Element, case: Case) -> None:
    element = ET.SubElement(
        suite, "testcase", name=_legal(case.name), classname=_legal(case.group), time=f"{case.seconds:.3f}"
    )
    if case.properties:
        properties = ET.SubElement(element, "properties")
        for name, value in case.properties:
            ET.SubElement(properties, "property", name=_legal(name), value=_legal(value))
    if case.failure:
        kind, text = case.failure
        failure = ET.SubElement(element, "failure", type=_legal(kind), message=_legal(text))
        failure.text = _legal(text)
    if case.skipped:
        ET.SubElement(element, "skipped", message=_legal(case.skipped))


def _legal(text: str) -> str:
    return _ILLEGAL.sub("\ufffd", text)
