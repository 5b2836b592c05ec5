"""`langsmith-client outdated`"""

from __future__ import annotations

import dataclasses
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from langsmith_client.cli import options, planning

if TYPE_CHECKING:
    from collections.abc import Sequence

    from langsmith_client.outdated import Finding
    from langsmith_client.project import Project
    from langsmith_client.registry import Registry
    from langsmith_client.target.protocol import WholeTarget
    from langsmith_client.where import Where


@click.command("outdated")
@click.argument("folders", metavar="[FOLDER]...", nargs=-1, type=click.Path(exists=True, path_type=Path))
@planning.members
@click.option("--detailed-exitcode", is_flag=True, help="End with 3 instead of 0 when no agent is outdated.")
@options.where
@options.output
def command(
    folders: tuple[Path, ...],
    path: Path,  # noqa: ARG001 - read into `where`
    only: tuple[str, ...],
    detailed_exitcode: bool,
    where: Where,
    as_json: bool,
) -> None:
    """List agents that are not deployed as they are here, or whose base image has moved since they were built.

    Looks at the agents in the FOLDERs, else at those of the langsmith.toml. Whether to deploy them is up to you; only
    a new commit or version gets a moved base image, since tags are never overwritten. Ends with 1 where that is not
    known of an agent.
    """
    from langsmith_client.cli.looking import registries
    from langsmith_client.cli.session import connected, reporting
    from langsmith_client.outdated import State, insist, rows

    with reporting(as_json=as_json) as reporter:
        if folders:
            projects = _read(folders)
            beside = dataclasses.replace(where, start=folders[0])  # the langsmith.toml that has the target
            with connected(beside) as target, registries() as registry:
                findings = _find(projects, target, registry)
        else:
            with planning.ground(where, only, reporter, allow_dirty=True) as ground:
                projects = [member.request.project for member in ground.members]
                findings = _find(projects, ground.target, ground.registry)
        reporter.table("agent", rows(findings))
        insist(findings)
        counts = {state.value: sum(each.state is state for each in findings) for state in State}
        shown = ", ".join(f"{count} {state}" for state, count in counts.items() if count)
        reporter.finish("result", {"agents": shown}, counts=counts)
    if detailed_exitcode and all(each.state is State.CURRENT for each in findings):
        sys.exit(planning.NOTHING_TO_DO)


def _read(folders: Sequence[Path]) -> Sequence[Project]:
    from langsmith_client.project import read_agent, with_git

    return with_git([read_agent(folder, environ=os.environ) for folder in folders])


def _find(projects: Sequence[Project], target: WholeTarget, registry: Registry) -> list[Finding]:
    from langsmith_client.cli.looking import identities_of
    from langsmith_client.listing import list_agents
    from langsmith_client.outdated import Bases, compare_all
    from langsmith_client.proof import ask

    deployed = list_agents(target, identities_of(registry), probe=ask, only={project.name for project in projects})
    return compare_all(projects, deployed, Bases(registry))
