"""What docs/migration.md tells people to set and to run is there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from langsmith_client.cli import main
from langsmith_hybrid import config_values
from langsmith_hybrid.config import LangSmithConfig

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "migration.md").read_text()
# In code spans, which may go over a line's end.
SPANS = [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", PAGE)]
COMMANDS = sorted({span for span in SPANS if span.startswith("langsmith-client ")})
_CAMEL = re.compile(r"[a-z]+(?:[A-Z][a-z0-9]*)+")
_WORD = re.compile(r"`([a-zA-Z]+)`")


def keys_and_outputs() -> set[str]:
    fields = {config_values.stack_key(name) for name in LangSmithConfig.__dataclass_fields__}
    program = (ROOT / "packages/hybrid/src/langsmith_hybrid/stack.py").read_text()
    return fields | set(re.findall(r'pulumi\.export\(\s*"(\w+)"', program))


def of_theirs() -> set[str]:
    """Names in the first column of the tables, which is the other projects'."""
    rows = re.findall(r"^\| ([^|]+) \|", PAGE, re.MULTILINE)
    return {name for row in rows for name in _WORD.findall(row)}


def mapped_to() -> set[str]:
    """Names in the second column of the tables with ours: what the reader will type."""
    found: set[str] = set()
    for table in re.findall(r"^\| (?:theirs|its output) \| here .*\n\|[-|]+\n((?:\|.*\n)+)", PAGE, re.MULTILINE):
        for row in table.splitlines():
            found.update(_WORD.findall(row.split("|")[2]))
    return found


def test_every_key_it_maps_something_to_exists() -> None:
    assert len(mapped_to()) > 25, "the tables must have been found"
    assert mapped_to() <= keys_and_outputs()


def test_every_key_it_names_is_ours_or_in_a_column_of_theirs() -> None:
    named = {span for span in SPANS if _CAMEL.fullmatch(span)}
    assert named <= keys_and_outputs() | of_theirs()


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_and_option_it_names_exists(line: str) -> None:
    words = shlex.split(line)[1:]
    command: click.Command = main
    context = click.Context(main)
    while isinstance(command, click.Group):
        name = words.pop(0)
        found = command.get_command(context, name)
        assert found is not None, f"{name} is no command"
        command = found
    known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    assert {word for word in words if word.startswith("-")} <= known


def test_every_option_it_names_by_itself_is_one_of_some_command() -> None:
    named = {span.split()[0] for span in SPANS if span.startswith("--")}
    known = {
        option
        for name in main.list_commands(click.Context(main))
        if (command := main.get_command(click.Context(main), name))
        for parameter in command.params
        for option in parameter.opts
    }
    assert named <= known


def test_every_target_of_make_it_names_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert {span.split()[1] for span in SPANS if span.startswith("make ")} <= targets


def test_every_link_leads_somewhere() -> None:
    headings = {
        re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-")
        for heading in re.findall(r"^#+ (.*)$", PAGE, re.MULTILINE)
    }
    for target in re.findall(r"\]\(([^)]+)\)", PAGE):
        if target.startswith("#"):
            assert target[1:] in headings, target
        elif not target.startswith("https://"):
            assert (ROOT / "docs" / target).is_file(), target
