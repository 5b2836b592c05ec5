"""`langsmith-hybrid orphans`"""

from __future__ import annotations

from pathlib import Path

import click

from langsmith_hybrid.cli import options


@click.command("orphans")
@options.common
@click.option("--all-stacks", is_flag=True, help="Look for what every stack of the project left in the region.")
def orphans(stack: str | None, folder: Path, as_json: bool, all_stacks: bool) -> None:
    """Find what a stack left behind that no state manages.

    Looks in AWS and in LangSmith, by tags and by names, and changes nothing; each thing is named with what removes it.
    """
    from langsmith_hybrid.cli.report import reporting
    from langsmith_hybrid.operations.hosting_stack import HostingStack
    from langsmith_hybrid.operations.orphans import Whose, search
    from langsmith_hybrid.operations.orphans.telling import told

    with reporting(as_json=as_json) as report:
        with report.busy("Reading the state"):
            whose = Whose.every(folder, stack) if all_stacks else Whose.one(HostingStack.find(folder, stack))
        with report.busy(f"Looking in {whose.region} and in LangSmith"):
            findings = search(whose)
        report.result(findings.fields(), told(findings, whose))
        if findings.error:
            raise findings.error
