"""JUnit's XML, as CI systems read it."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from langsmith_client import junit
from langsmith_client.junit import Case


def test_cases_pass_fail_and_are_skipped(tmp_path):
    path = tmp_path / "report.xml"
    junit.write(
        path,
        "apply dev",
        [
            Case("one", "dev.canary", 1.5, properties=(("revision_id", "r1"),)),
            Case("two", "dev.wave-1", 2.0, failure=("DeployFailedError", 'It said "<crash> & burn".')),
            Case("three", "dev.wave-2", skipped="Stopped."),
        ],
    )
    suite = ET.fromstring(path.read_bytes()).find("testsuite")  # noqa: S314 - our own file
    assert suite is not None
    assert {name: suite.get(name) for name in ("name", "tests", "failures", "skipped", "time")} == {
        "name": "apply dev",
        "tests": "3",
        "failures": "1",
        "skipped": "1",
        "time": "3.500",
    }
    one, two, three = suite.iter("testcase")
    assert (one.get("classname"), one.get("time")) == ("dev.canary", "1.500")
    assert one.find("properties/property").attrib == {"name": "revision_id", "value": "r1"}  # type: ignore[union-attr]
    failure = two.find("failure")
    assert failure is not None
    assert (failure.get("type"), failure.text) == ("DeployFailedError", 'It said "<crash> & burn".')
    assert three.find("skipped") is not None


def test_characters_that_xml_cannot_hold_do_not_break_the_report(tmp_path):
    path = tmp_path / "report.xml"
    junit.write(path, "apply", [Case("one\x00", "dev", failure=("Error", "\x1b[31mred\x1b[0m \ud800"))])
    text = ET.fromstring(path.read_bytes()).findtext("testsuite/testcase/failure")  # noqa: S314 - our own file
    assert text == "\ufffd[31mred\ufffd[0m \ufffd"
