"""`langsmith-client plan`"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from langsmith_client.cli import options, planning

if TYPE_CHECKING:
    from langsmith_client.where import Where


@click.command("plan")
@planning.agents
@options.where
@click.option(
    "--out",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Keep the plan in this file, for `apply`. It holds no value of a variable.",
)
@planning.outcome
@options.output
def command(
    path: Path,  # noqa: ARG001 - read into `where`
    only: tuple[str, ...],
    env_conflict: str | None,
    allow_dirty: bool,
    where: Where,
    out: Path | None,
    detailed_exitcode: bool,
    github_summary: Path | None,
    as_json: bool,
) -> None:
    """Show what `apply` would do to the agents of the langsmith.toml, and why; nothing is built or changed."""
    import datetime as dt

    from langsmith_client import github_summary as github
    from langsmith_client.cli.session import reporting
    from langsmith_client.environment.merge import Side
    from langsmith_client.fleet import wording
    from langsmith_client.fleet.saved_plan import write_plan

    with (
        reporting(as_json=as_json) as reporter,
        planning.ground(where, only, reporter, allow_dirty=allow_dirty) as ground,
    ):
        plan = ground.plan(settle=Side(env_conflict) if env_conflict else None)
        reporter.table("agent", wording.overview(plan))
        if not as_json:  # machines have it all in the rows above
            reporter.table("change", wording.details(plan))
        if github_summary:
            github.append(github_summary, wording.in_markdown(plan))
        planning.refuse(plan)
        if out:
            write_plan(plan, out, created_at=dt.datetime.now(dt.UTC))
        reporter.finish(
            "result",
            {"plan": wording.summary(plan), **({"kept in": str(out)} if out else {})},
            target=plan.target,
            counts=wording.counts(plan),
            out=str(out) if out else None,
        )
    if detailed_exitcode and not plan.deployed:
        sys.exit(planning.NOTHING_TO_DO)
