"""The program as a whole: every command explains itself, and starting it costs nothing."""

from __future__ import annotations

import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from langsmith_hybrid.cli import main

HEAVY = ("botocore", "httpx", "pulumi", "rich", "yaml")


def test_there_is_a_command_for_each_operation() -> None:
    assert sorted(main.commands) == ["doctor", "down", "orphans", "status", "up"]


@pytest.mark.parametrize("name", sorted(main.commands))
def test_every_command_explains_itself_and_speaks_to_machines(name: str) -> None:
    done = CliRunner().invoke(main, [name, "--help"])
    assert done.exit_code == 0
    for option in ("--stack", "--cwd", "--json"):
        assert option in done.stdout
    assert "..." not in main.commands[name].get_short_help_str(80), "the list of commands has a whole sentence"


@pytest.mark.parametrize("name", sorted(main.commands))
def test_a_folder_without_a_project_is_wrong_use_of_every_command(name: str, tmp_path: object) -> None:
    command = main.commands[name]
    confirmed = (
        ["--yes"] if any("--yes" in each.opts for each in command.params if isinstance(each, click.Option)) else []
    )
    done = CliRunner().invoke(main, [name, "--cwd", str(tmp_path), *confirmed])
    assert done.exit_code == 2, done.output
    assert "Pulumi.yaml" in done.stderr
    assert "--cwd" in done.stderr, "it says what to do"


def test_starting_the_program_imports_click_and_nothing_of_weight() -> None:
    program = f"import sys, langsmith_hybrid.cli; print([each for each in {HEAVY!r} if each in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=30)
    assert done.stdout.strip() == "[]"
