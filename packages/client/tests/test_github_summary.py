"""Markdown for the summary page of a CI job."""

from __future__ import annotations

from langsmith_client import github_summary
from langsmith_client.table import Row


def test_rows_become_a_table_and_none_become_nothing():
    row = Row({"agent": "one", "why": "another image"}, {})
    assert github_summary.table([row]) == "| agent | why |\n| --- | --- |\n| one | another image |"
    assert github_summary.table([]) == ""


def test_what_others_wrote_can_neither_break_the_table_nor_become_a_link():
    row = Row({"why": "a | b\n[x](http://evil) <img> `c` *d* @team #1"}, {})
    cell = github_summary.table([row]).splitlines()[-1]
    assert cell == r"| a \| b \[x\](http://evil) \<img\> \`c\` \*d\* \@team \#1 |"


def test_a_section_is_added_after_what_other_steps_wrote(tmp_path):
    path = tmp_path / "summary.md"
    path.write_text("# Tests\n")
    github_summary.append(path, github_summary.section("Plan for dev_1", "1 to create.", "", "| a |"))
    assert path.read_text() == "# Tests\n## Plan for dev\\_1\n\n1 to create.\n\n| a |\n\n"
