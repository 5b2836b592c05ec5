"""`langsmith-hybrid doctor`"""

from __future__ import annotations

from pathlib import Path

import click

from langsmith_hybrid.cli import options


@click.command("doctor")
@options.common
def doctor(stack: str | None, folder: Path, as_json: bool) -> None:
    """Look for what would keep `pulumi up` from ending well.

    Asks pulumi, AWS, LangSmith and the chart repositories; changes nothing. Ends with 0 if nothing stands in the way.
    """
    from langsmith_hybrid.cli.report import reporting, table
    from langsmith_hybrid.operations.doctor import examine
    from langsmith_hybrid.operations.hosting_stack import HostingStack

    with reporting(as_json=as_json) as report:
        with report.busy("Looking around"):
            findings = examine(HostingStack.find(folder, stack))
        failed = list(dict.fromkeys(each.check for each in findings.failed))
        report.result({"checks": [each.fields() for each in findings.all], "failed": failed}, table(findings))
        findings.raise_failures()
