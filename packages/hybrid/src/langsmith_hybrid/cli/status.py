"""`langsmith-hybrid status`"""

from __future__ import annotations

from pathlib import Path

import click

from langsmith_hybrid.cli import options


@click.command("status")
@options.common
def status(stack: str | None, folder: Path, as_json: bool) -> None:
    """Say what stands, and whether it works.

    Asks pulumi, EKS, RDS, ElastiCache and LangSmith; changes nothing. Ends with 0 if nothing is broken, 1 if something
    is, and 40 or 41 if credentials keep it from looking.
    """
    from langsmith_hybrid.cli.report import reporting, table
    from langsmith_hybrid.operations.errors import AccessError, OperationError
    from langsmith_hybrid.operations.hosting_stack import HostingStack
    from langsmith_hybrid.operations.status import look

    with reporting(as_json=as_json) as report:
        with report.busy("Looking at what stands"):
            found = HostingStack.find(folder, stack)
            findings = look(found)
        failed = list(dict.fromkeys(each.check for each in findings.failed))
        fields = {"stack": found.tag, "standing": bool(findings.all), "failed": failed}
        text = table(findings) if findings.all else f"Nothing stands of {found.tag}."
        report.result({**fields, "checks": [each.fields() for each in findings.all]}, text)
        if isinstance(findings.error, AccessError):
            raise findings.error
        if failed:
            raise OperationError(f"Not all of it works: {', '.join(failed)}.", "Do what is said beside it above.")
