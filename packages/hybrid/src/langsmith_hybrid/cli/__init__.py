"""``langsmith-hybrid``: one module a command. All that starting it imports is click; commands load what they need."""

from __future__ import annotations

import click

from langsmith_hybrid.cli.doctor import doctor
from langsmith_hybrid.cli.down import down
from langsmith_hybrid.cli.orphans import orphans
from langsmith_hybrid.cli.status import status
from langsmith_hybrid.cli.up import up


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
@click.version_option(package_name="langsmith-hybrid")
def main() -> None:
    """Look after a stack of LangSmith Hybrid on AWS: what to check before it is brought up, and what to look at after.

    Every command works on the stack that is selected in the current folder, as pulumi does, and changes it by pulumi
    alone: what `pulumi up` makes of a stack file is what `langsmith-hybrid up` makes of it.
    """


for _command in (doctor, up, status, down, orphans):
    main.add_command(_command)
