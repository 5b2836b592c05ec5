"""Carrying out a plan: all images first, then stage by stage, and no further than the first failure."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from langsmith_client.deploy import deploy
from langsmith_client.errors import ClientError, StoppedError
from langsmith_client.fleet.agent_plan import Action, AgentPlan, FleetPlan
from langsmith_client.fleet.board import AgentReporter, Board
from langsmith_client.fleet.crew import Brake, attempt, together
from langsmith_client.fleet.members import Member
from langsmith_client.fleet.outcome import Outcome, State
from langsmith_client.fleet.stages import UNCHANGED, Stage, stages
from langsmith_client.follow import DEFAULT_TIMEOUT
from langsmith_client.image.publish import PublishedImage
from langsmith_client.image_reference import ImageReference

if TYPE_CHECKING:
    from langsmith_client.image.protocol import Say
    from langsmith_client.progress import Reporter
    from langsmith_client.surroundings import Surroundings

DEFAULT_PARALLEL = 4


@dataclasses.dataclass(frozen=True)
class Pace:
    """How a plan is carried out.

    Attributes:
        parallel: Agents at the same time.
        canary: Whether one goes first where none is marked.
        timeout: Seconds to wait for each revision.
        require_proof: Whether an agent that was not seen serving its revision has failed.
    """

    parallel: int = DEFAULT_PARALLEL
    canary: bool = True
    timeout: float = DEFAULT_TIMEOUT
    require_proof: bool = True


@dataclasses.dataclass(frozen=True)
class Means:
    """What a plan is carried out with.

    Attributes:
        publish: Makes sure that an agent's image is in the registry.
        around: What the deploy of one agent acts on; it tells the reporter.
        board: Hears everything.
        brake: Ends it early.
        clock: Seconds of a clock that never jumps.
    """

    publish: Callable[[Member, Say], PublishedImage]
    around: Callable[[Member, Reporter], Surroundings]
    board: Board
    brake: Brake = dataclasses.field(default_factory=Brake)
    clock: Callable[[], float] = time.monotonic


def roll_out(plan: FleetPlan, members: Mapping[str, Member], pace: Pace, means: Means) -> tuple[Outcome, ...]:
    """Carry out `plan`; the outcomes are in its order, one an agent, and tell of errors instead of raising them.

    Every image is in the registry before the first revision is made: a build that fails leaves the target alone.
    """
    order = stages(plan, canary=pace.canary)
    rollout = _Rollout(plan, members, pace, means, {name: stage.name for stage in order for name in stage.agents})
    rollout.publish()
    for stage in order:
        if not means.brake.halted:
            rollout.deploy(stage)
    return tuple(rollout.outcome(agent) for agent in plan.agents)


class _Rollout:
    """A rollout under way."""

    def __init__(
        self, plan: FleetPlan, members: Mapping[str, Member], pace: Pace, means: Means, turns: Mapping[str, str]
    ) -> None:
        self._settle = plan.settle
        self._plans = {agent.name: agent for agent in plan.agents}
        self._members, self._pace, self._means, self._turns = members, pace, means, turns
        self._images: dict[str, PublishedImage] = {}
        self._outcomes: dict[str, Outcome] = {}

    def publish(self) -> None:
        """Bring every image that is to be deployed into its registry."""
        names = [agent.name for agent in self._plans.values() if agent.action.deploys]
        self._together(names, self._publish)

    def deploy(self, stage: Stage) -> None:
        """Deploy the agents of one stage."""
        self._together(stage.agents, self._deploy)

    def outcome(self, agent: AgentPlan) -> Outcome:
        """What became of an agent."""
        if found := self._outcomes.get(agent.name):
            return found
        state = State.UNCHANGED if agent.action is Action.NOTHING else State.NOT_STARTED
        return self._outcome(agent.name, state, revision_id=agent.revision_id)

    def _together(self, names: Sequence[str], work: Callable[[str], None]) -> None:
        together(names, work, workers=self._pace.parallel, brake=self._means.brake)

    def _publish(self, name: str) -> None:
        def say(text: str) -> None:
            self._means.board.tell(name, "build", text)

        image = attempt(name, lambda: self._means.publish(self._members[name], say))
        if isinstance(image, ClientError):
            self._fail(name, image, AgentReporter(name, self._means.board, self._plans[name].revision_id))
            return
        self._images[name] = image
        state = "already in the registry, nothing built" if image.reused else "pushed"
        shown = f"{name}:{image.image.reference}"
        self._means.board.tell(
            name,
            "image",
            f"{shown} is {image.digest} ({state})",
            image=shown,
            digest=image.digest,
            built=not image.reused,
        )

    def _deploy(self, name: str) -> None:
        member, agent = self._members[name], self._plans[name]
        reporter = AgentReporter(name, self._means.board, agent.revision_id)
        wish = member.wish(
            timeout=self._pace.timeout,
            require_proof=self._pace.require_proof,
            expected_revision=agent.revision_id or "",
            settle=self._settle,
            smoke=member.smoke if agent.action is not Action.NOTHING else None,
        )
        around = self._means.around(member, reporter)
        started = self._means.clock()
        result = attempt(name, lambda: deploy(wish, lambda: self._image(name), around))
        seconds = round(self._means.clock() - started, 3)
        if isinstance(result, ClientError):
            self._fail(name, result, reporter, seconds)
            return
        state = State.DEPLOYED if agent.action is not Action.NOTHING else State.UNCHANGED
        self._outcomes[name] = self._outcome(
            name, state, result=result, revision_id=result.revision_id, seconds=seconds
        )

    def _image(self, name: str) -> PublishedImage:
        if name in self._images:
            return self._images[name]
        planned, repository = self._plans[name].image, self._members[name].request.image.repository
        return PublishedImage(ImageReference(repository, planned.tag), str(planned.digest), reused=True)

    def _fail(self, name: str, error: ClientError, reporter: AgentReporter, seconds: float = 0.0) -> None:
        if self._turns[name] != UNCHANGED:  # nothing depends on those: all of them are asked
            self._means.brake.halt()
        reporter.fail(error)
        state = State.INTERRUPTED if isinstance(error, StoppedError) else State.FAILED
        self._outcomes[name] = self._outcome(
            name, state, error=error, revision_id=reporter.revision_id, seconds=seconds
        )

    def _outcome(self, name: str, state: State, **more: Any) -> Outcome:
        return Outcome(name, self._turns[name], self._plans[name].image.tag, state, **more)
