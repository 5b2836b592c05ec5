"""`langsmith-client doctor`"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from langsmith_client.cli import options

if TYPE_CHECKING:
    from pathlib import Path

    from langsmith_client.doctor.examiner import Examiner
    from langsmith_client.progress import Reporter
    from langsmith_client.where import Where


@click.command("doctor")
@options.project
@click.option("--push-to", metavar="REPO", help="Repository of the image, without a tag; else the target's.")
@click.option("--platform", metavar="PLATFORM", help="Else the target's, else linux/amd64.")
@click.option("--kube-context", metavar="NAME", help="Also compare the platform with this cluster's nodes (kubectl).")
@options.where
@options.output
def command(
    path: Path,
    config: str,
    name: str | None,
    version_label: str | None,
    push_to: str | None,
    platform: str | None,
    kube_context: str | None,
    where: Where,
    as_json: bool,
) -> None:
    """Look for what would keep a deploy of the agent in PATH from working; change nothing."""
    from langsmith_client.cli.session import reporting
    from langsmith_client.doctor.examination import Surroundings, examine
    from langsmith_client.project import load_project

    with reporting(as_json=as_json) as reporter:
        examiner = examine(
            lambda: load_project(path, config_name=config, name=name, version=version_label, environ=os.environ),
            where,
            Surroundings(os.environ),
            push_to=push_to,
            platform=platform,
            kube_context=kube_context,
        )
        _report(reporter, examiner)


def _report(reporter: Reporter, examiner: Examiner) -> None:
    import dataclasses

    from langsmith_client.doctor.examiner import State
    from langsmith_client.errors import PreflightError
    from langsmith_client.table import Row

    rows = [
        Row(
            {
                "": each.state,
                "check": each.check,
                "finding": f"{each.what}. {each.remedy}" if each.remedy else each.what,
            },
            dataclasses.asdict(each),
        )
        for each in examiner.findings
    ]
    reporter.table("check", rows)
    failed = [each.check for each in examiner.findings if each.state is State.FAIL]
    if failed:
        raise PreflightError(f"A deploy would fail: {', '.join(failed)}.", "Do what is said beside them above.")
    ok, warned = examiner.count(State.OK), examiner.count(State.WARN)
    reporter.finish("result", {"checks": f"{ok} fine, {warned} to look at"}, ok=ok, warn=warned)
