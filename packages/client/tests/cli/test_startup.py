"""Starting is quick because next to nothing is imported."""

from __future__ import annotations

import subprocess
import sys

import pytest

from langsmith_client.cli import COMMANDS

HEAVY = ("httpx2", "rich", "uv", "packaging", "langgraph_cli", "langsmith_control_plane", "langsmith_client.deploy")


def imported(*arguments: str) -> set[str]:
    """What a fresh process has imported after running the command line."""
    code = (
        "import sys\nfrom langsmith_client.cli import main\n"
        f"try:\n    main({list(arguments)!r}, prog_name='langsmith-client')\nexcept SystemExit:\n    pass\n"
        "print('\\n' + ' '.join(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


def test_help_imports_nothing_of_weight_and_no_command():
    found = imported("--help")
    assert not found & set(HEAVY)
    assert not {name for name in found if name in {f"langsmith_client.cli.{command}" for command in COMMANDS}}


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_the_help_of_a_command_imports_nothing_of_weight_either(command):
    assert not imported(command, "--help") & set(HEAVY)
