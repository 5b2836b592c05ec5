"""`langsmith-client apply`"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from langsmith_client.cli import options, planning

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from langsmith_client.cli.planning import Ground
    from langsmith_client.errors import ClientError
    from langsmith_client.fleet.agent_plan import FleetPlan
    from langsmith_client.fleet.board import Board
    from langsmith_client.fleet.members import Member
    from langsmith_client.fleet.outcome import Outcome
    from langsmith_client.fleet.report import ForCi
    from langsmith_client.fleet.rollout import Means
    from langsmith_client.fleet.stages import Stage
    from langsmith_client.progress import Reporter
    from langsmith_client.surroundings import Surroundings
    from langsmith_client.where import Where


@click.command("apply")
@click.argument("saved", metavar="[PLAN]", required=False, type=click.Path(dir_okay=False, path_type=Path))
@planning.agents
@click.option("--yes", is_flag=True, help="Do not ask, on a terminal, before a plan that was not saved is carried out.")
@click.option("--parallel", type=click.IntRange(min=1), default=4, show_default=True, help="Agents at the same time.")
@click.option("--canary/--no-canary", default=True, show_default=True, help="Let one go first where none is marked.")
@options.builder
@options.waiting
@click.option(
    "--require-proof/--no-require-proof",
    default=True,
    show_default=True,
    help="Whether an agent whose own /info does not confirm its revision has failed (23).",
)
@click.option("--junit", type=click.Path(dir_okay=False, path_type=Path), help="Write a JUnit report to this file.")
@planning.outcome
@options.where
@options.output
def command(as_json: bool, detailed_exitcode: bool, **flags: Any) -> None:
    """Deploy the agents of the langsmith.toml that are not what they shall be, or just what PLAN says.

    All images are built first. Then a canary is deployed and proven, and the waves follow, one after the other. The
    first failure stops it: agents at work finish, the others are not started. A PLAN is refused, and nothing changed,
    where the agents or what is deployed are no longer as it saw them.
    """
    from langsmith_client.cli.session import reporting

    with reporting(as_json=as_json) as reporter:
        plan = _apply(reporter, live=not as_json and sys.stderr.isatty(), **flags)
    if detailed_exitcode and not plan.deployed:
        sys.exit(planning.NOTHING_TO_DO)


def _apply(
    reporter: Reporter,
    *,
    live: bool,
    saved: Path | None,
    path: Path,  # noqa: ARG001 - read into `where`
    only: tuple[str, ...],
    env_conflict: str | None,
    allow_dirty: bool,
    yes: bool,
    parallel: int,
    canary: bool,
    builder: str,
    wait_timeout: float,
    require_proof: bool,
    junit: Path | None,
    github_summary: Path | None,
    where: Where,
) -> FleetPlan:
    from langsmith_client.environment.merge import Side
    from langsmith_client.fleet import report
    from langsmith_client.fleet.rollout import Pace, roll_out
    from langsmith_client.fleet.saved_plan import read_plan
    from langsmith_client.fleet.stages import stages

    if saved and (only or env_conflict):
        raise click.UsageError("PLAN says which agents and who is right; it goes without --only and --env-conflict.")
    kept = read_plan(saved) if saved else None
    ci = _Ci(junit, github_summary)
    with planning.ground(where, only, reporter, allow_dirty=allow_dirty, saved=kept) as ground:
        with ci.told_of_refusal(ground.target_name):
            plan = _still_as(kept, ground) if kept else ground.plan(settle=Side(env_conflict) if env_conflict else None)
            planning.refuse(plan)
        _agree(plan, reporter, ask=not (kept or yes))
        pace = Pace(parallel, canary, wait_timeout, require_proof)
        with _board(reporter, stages(plan, canary=canary), live=live) as board:
            means = _means(ground, where, builder, board, options.proof_flags(require_proof, None, None))
            outcomes = roll_out(plan, {member.name: member for member in ground.members}, pace, means)
    error = _report(outcomes, plan.target, reporter)
    ci.tell(plan.target, report.for_ci(outcomes, plan.target))
    if error:
        raise error
    return plan


@dataclasses.dataclass(frozen=True)
class _Ci:
    """The files that tell a CI system, as far as there are any."""

    junit: Path | None
    summary: Path | None

    def tell(self, target: str, told: ForCi) -> None:
        from langsmith_client import github_summary, junit

        if self.junit:
            junit.write(self.junit, f"langsmith-client apply {target}", told.cases)
        if self.summary:
            github_summary.append(self.summary, told.markdown)

    @contextlib.contextmanager
    def told_of_refusal(self, target: str) -> Iterator[None]:
        from langsmith_client.errors import ConflictError, FleetError
        from langsmith_client.fleet import report

        try:
            yield
        except (ConflictError, FleetError) as error:
            self.tell(target, report.refusal(error, target))
            raise


def _still_as(saved: FleetPlan, ground: Ground) -> FleetPlan:
    """The plan made anew, which is the saved one.

    Raises:
        ConflictError: It is not; every agent that moved is named.
    """
    from langsmith_client.errors import ConflictError
    from langsmith_client.fleet.saved_plan import moved

    fresh = ground.plan(settle=saved.settle, salt=saved.salt)
    if sentences := moved(saved, fresh):
        raise ConflictError(" ".join(sentences), "Nothing was changed. Make the plan again, and look at it again.")
    return fresh


def _agree(plan: FleetPlan, reporter: Reporter, *, ask: bool) -> None:
    from langsmith_client.cli import asking
    from langsmith_client.fleet import wording

    reporter.say("plan", wording.summary(plan), counts=wording.counts(plan))
    if ask and plan.deployed and asking.may_ask():
        reporter.table("change", wording.details(plan))
        asking.confirm(f"{wording.summary(plan)}. Carry it out?")


@contextlib.contextmanager
def _board(reporter: Reporter, order: Sequence[Stage], *, live: bool) -> Iterator[Board]:
    if not live:
        from langsmith_client.fleet.board import LineBoard

        yield LineBoard(reporter)
        return
    from langsmith_client.fleet.live_board import LiveBoard

    with LiveBoard(sys.stderr, {name: stage.name for stage in order for name in stage.agents}) as board:
        yield board


def _means(ground: Ground, where: Where, builder: str, board: Board, flags: Sequence[str]) -> Means:
    """The real world; `flags` are those `wait` needs to go on like this."""
    from langsmith_client.cli.session import surroundings
    from langsmith_client.fleet.crew import Brake
    from langsmith_client.fleet.publishing import publisher
    from langsmith_client.fleet.rollout import Means
    from langsmith_client.proof import prove
    from langsmith_client.resume import Resume
    from langsmith_client.settings import cache_folder

    brake = Brake()
    there = dataclasses.replace(where, target=ground.target_name)

    def around(member: Member, reporter: Reporter) -> Surroundings:
        return dataclasses.replace(
            surroundings(ground.target, reporter),
            prove=functools.partial(prove, sleep=brake.sleep),
            sleep=brake.sleep,
            resume=Resume.of(there, *flags, agent=os.path.relpath(member.entry.path)),
        )

    return Means(publisher(ground.registry, cache_folder(os.environ), chosen=builder), around, board, brake)


def _report(outcomes: Sequence[Outcome], target: str, reporter: Reporter) -> ClientError | None:
    """Tell the outcome; gives the error to end with, if any."""
    from langsmith_client.fleet import report

    error = report.error(outcomes)
    reporter.table("outcome", report.table(outcomes))
    reporter.finish(
        "result",
        {"fleet": report.summary(outcomes, target)},
        target=target,
        counts=report.counts(outcomes),
        exit_code=error.exit_code if error else 0,
    )
    return error
