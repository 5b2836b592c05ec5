"""The page about the environment says what the program does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from langsmith_client.cli.env import COMMANDS
from langsmith_client.environment.merge import Verdict, merge
from langsmith_client.environment.names import FOR_THE_CLIENT, PLATFORM_OWNED
from langsmith_client.environment.record import ANNOTATION, DeployedReferences

PAGE = (Path(__file__).parents[4] / "docs" / "environment.md").read_text(encoding="utf-8")
LAST = {
    "nothing known": [None],
    "not by us": [None, DeployedReferences({})],
    "other names": [DeployedReferences({})],
    "something else": [DeployedReferences({"N": "b"})],
    "a": [DeployedReferences({"N": "a"})],
    "x": [DeployedReferences({"N": "x"})],
    "anything": [None, DeployedReferences({}), DeployedReferences({"N": "b"})],
}
BECOMES = {
    "stays: others set it": Verdict.KEPT,
    "stays: only they changed it": Verdict.THEIRS,
    "removed": Verdict.REMOVED,
    "added": Verdict.ADDED,
    "unchanged": Verdict.SAME,
    "changed": Verdict.CHANGED,
    "conflict": Verdict.CONFLICT,
    "conflict: added on both sides": Verdict.CONFLICT,
}
ROWS = re.findall(r"^\| (–|a) \| (–|a|x) \| ([^|]+) \| ([^|]+) \|$", PAGE, re.MULTILINE)


def test_the_table_has_every_row_of_the_merges_own():
    assert len(ROWS) == 10


@pytest.mark.parametrize("row", ROWS, ids="/".join)
def test_each_row_of_the_table_is_what_a_merge_does(row):
    here, there, last, becomes = row
    local, remote = ({} if side == "–" else {"N": side} for side in (here, there))
    for deployed in LAST[last]:
        assert merge(local, remote, deployed).verdicts == {"N": BECOMES[becomes]}


def test_every_reserved_name_is_listed_with_the_reason_the_program_gives():
    rows = re.findall(r"^\| (`[A-Z0-9_]+`(?:, `[A-Z0-9_]+`)*) \| ([^|]+) \|$", PAGE, re.MULTILINE)
    assert {name: reason for names, reason in rows for name in re.findall(r"`(\w+)`", names)} == PLATFORM_OWNED
    assert all(f"`{name}`" in PAGE for name in FOR_THE_CLIENT)


def test_every_command_and_the_annotation_are_named():
    assert set(re.findall(r"^\| `env (\w+)", PAGE, re.MULTILINE)) == COMMANDS.keys()
    assert f"`{ANNOTATION}`" in PAGE
