"""Starting is quick because next to nothing is imported."""

from __future__ import annotations

import json
import os
import subprocess
import sys

HEAVY = (
    "asyncio",
    "concurrent.futures",
    "httpx2",
    "langgraph_cli",
    "langsmith_control_plane",
    "packaging",
    "rich",
    "ssl",
    "tomllib",
    "uv",
)
# What is ours and light enough for every start.
LIGHT = ("langsmith_client", "langsmith_client.where")

# Prints a line for each command: its words, and what had been imported once its help was written.
SCRIPT = """
import contextlib, io, json, sys
from langsmith_client.cli import GROUPS, main

def help_of(*words):
    with contextlib.redirect_stdout(io.StringIO()) as shown:
        main([*words, "--help"], prog_name="langsmith-client", standalone_mode=False)
    assert "Usage:" in shown.getvalue(), words
    print(json.dumps([" ".join(words), sorted(sys.modules)]))

help_of()
import click
context = click.Context(main)
for name in main.list_commands(context):
    help_of(name)
    if name in GROUPS:
        group = main.get_command(context, name)
        for inner in group.list_commands(context):
            help_of(name, inner)
"""


def test_no_help_imports_anything_of_weight():
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    found = dict(json.loads(line) for line in done.stdout.splitlines())
    assert {"", "deploy", "env set", "listeners list"} <= set(found), "every command has been asked, also nested ones"
    for words, modules in found.items():
        heavy = set(modules) & set(HEAVY)
        ours = {name for name in modules if name.startswith("langsmith_client.") and ".cli" not in name} - set(LIGHT)
        assert not heavy | ours, f"`{words} --help` is the first that imports {heavy | ours}"


def test_the_list_of_commands_imports_none_of_them():
    code = "import sys\nfrom langsmith_client.cli import main\nmain(['--help'], standalone_mode=False)\n"
    code += "print(*[name for name in sys.modules if name.startswith('langsmith_client.cli.')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(done.stdout.splitlines()[-1].split()) <= {
        "langsmith_client.cli.env",
        "langsmith_client.cli.listeners",
    }, "groups are asked for their lines; their commands are not"


def test_colour_is_loaded_for_terminals_only():
    code = (
        "import sys\nfrom langsmith_client.cli import main\n"
        "try:\n    main(['status', 'greeter', '--region', 'us'])\n"
        "except SystemExit as end:\n    print(end.code, 'rich' in sys.modules)"
    )
    environ = {"LANGSMITH_CONFIG_FILE": "/none", "PATH": os.environ["PATH"]}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environ)
    assert done.stdout == "40 False\n"
    assert done.stderr.startswith("Error: No LangSmith API key is set.\n"), "nothing asked, no traceback"
