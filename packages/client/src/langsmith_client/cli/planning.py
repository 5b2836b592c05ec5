"""What `plan` and `apply` share: their options, and everything a plan is made from."""

from __future__ import annotations

import contextlib
import dataclasses
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from langsmith_client.cli import options

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from langsmith_client.environment.merge import Side
    from langsmith_client.fleet.agent_plan import FleetPlan
    from langsmith_client.fleet.entries import Fleet
    from langsmith_client.fleet.members import Member
    from langsmith_client.progress import Reporter
    from langsmith_client.registry import Registry
    from langsmith_client.target.protocol import WholeTarget
    from langsmith_client.where import Where

NOTHING_TO_DO = 3
"""Exit code with --detailed-exitcode when no agent had to change."""

members = options.together(
    click.option(
        "--fleet",
        "path",
        type=click.Path(exists=True, path_type=Path),
        default=".",
        help="The langsmith.toml, or a folder below it; by default this one.",
    ),
    click.option("--only", multiple=True, metavar="AGENT", help="Leave out all others; may be given several times."),
)

agents = options.together(
    members,
    click.option(
        "--env-conflict",
        type=click.Choice(["local", "remote"]),
        help="Who is right about variables that were changed both here and elsewhere; else such agents are refused.",
    ),
    click.option("--allow-dirty", is_flag=True, help="Accept in CI that no commit explains an agent's files."),
)

outcome = options.together(
    click.option("--detailed-exitcode", is_flag=True, help="End with 3 instead of 0 when no agent has to change."),
    click.option(
        "--github-summary",
        type=click.Path(dir_okay=False, path_type=Path),
        envvar="GITHUB_STEP_SUMMARY",
        show_envvar=True,
        help="Append a summary in Markdown to this file.",
    ),
)


@dataclasses.dataclass(frozen=True)
class Ground:
    """What a plan is made from, and applied through."""

    members: Sequence[Member]
    target_name: str
    target: WholeTarget
    registry: Registry
    reporter: Reporter

    def plan(self, *, settle: Side | None = None, salt: bytes | None = None) -> FleetPlan:
        """Look at every agent; errors as those of `plan_fleet`, whose arguments these are."""
        from langsmith_client.cli.looking import identities_of
        from langsmith_client.fleet.crew import Brake
        from langsmith_client.fleet.planner import Observed, plan_fleet
        from langsmith_client.image.publish import published
        from langsmith_client.patience import Patience

        brake = Brake()
        around = Observed(
            self.target,
            lambda request: published(request, self.registry),
            identities_of(self.registry),
            Patience(lambda text: self.reporter.say("outage", text), sleep=brake.sleep),
            brake,
        )
        return plan_fleet(self.target_name, self.members, around, settle=settle, salt=salt)


@contextlib.contextmanager
def ground(
    where: Where, only: Sequence[str], reporter: Reporter, *, allow_dirty: bool, saved: FleetPlan | None = None
) -> Iterator[Ground]:
    """Read the agents, or those of a saved plan, and connect to the target and the registries.

    Raises:
        ProjectError: With every problem of langsmith.toml or of the agents.
    """
    from langsmith_client.cli.looking import registries
    from langsmith_client.cli.session import connected
    from langsmith_client.errors import ProjectError
    from langsmith_client.fleet.members import fleet_notes, read_members

    fleet = where.fleet()
    name = saved.target if saved else where.target or _only_target(fleet)
    if where.target not in {None, name}:
        raise ProjectError([f"The plan is for the target {name}, not for {where.target}."], "Leave out --target.")
    if saved:  # an agent that is no longer listed is no mistake of the file: the comparison tells of it
        planned = {agent.name for agent in saved.agents}
        only = [agent.name for agent in fleet.at(name) if agent.name in planned]
    members = read_members(fleet, fleet.target(name), only=only, allow_dirty=allow_dirty, environ=os.environ)
    for note in fleet_notes(members):
        reporter.say("note", note)
    for member in members:
        for note in member.notes:
            reporter.say("note", f"{member.name}: {note}", agent=member.name)
    with connected(dataclasses.replace(where, target=name)) as target, registries() as registry:
        yield Ground(members, name, target, registry, reporter)


def refuse(plan: FleetPlan) -> None:
    """Stop where not every agent can be deployed: half a fleet is nobody's wish.

    Raises:
        FleetError: Some cannot; all of them are named.
    """
    from langsmith_client.errors import FleetError

    refusals = {agent.name: agent.refusal for agent in plan.agents if agent.refusal}
    if refusals:
        raise FleetError(
            " ".join(f"{name}: {refusal.what}" for name, refusal in refusals.items()),
            " ".join(dict.fromkeys(refusal.remedy for refusal in refusals.values())),
            exit_codes=[refusal.exit_code for refusal in refusals.values()],
        )


def _only_target(fleet: Fleet) -> str:
    from langsmith_client.errors import ProjectError

    if len(fleet.targets) == 1:
        return next(iter(fleet.targets))
    raise ProjectError(
        [f"{fleet.path} has {len(fleet.targets) or 'no'} targets."],
        f"Choose one with --target: {', '.join(fleet.targets)}." if fleet.targets else "Add a table [targets.NAME].",
    )
