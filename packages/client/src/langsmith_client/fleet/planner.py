"""Looking at every agent of a fleet, many at a time, and deciding what an apply would do; nothing is changed."""

from __future__ import annotations

import dataclasses
import json
import secrets
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Protocol

from langsmith_client import processes
from langsmith_client.commits import Commits, commits_between
from langsmith_client.environment.record import salted_hash
from langsmith_client.environment.references import as_texts
from langsmith_client.errors import ConflictError, PreflightError, ProjectError
from langsmith_client.fleet.agent_plan import Action, AgentPlan, FleetPlan, ImagePlan, Refusal, Shift
from langsmith_client.fleet.crew import Brake
from langsmith_client.git import GitState
from langsmith_client.plan import Plan, make_plan
from langsmith_client.target.protocol import Catalogue, Deployment, Phase, Target

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from langsmith_client.environment.merge import Side
    from langsmith_client.fleet.members import Member
    from langsmith_client.image.protocol import BuildRequest
    from langsmith_client.image.publish import PublishedImage
    from langsmith_client.listing import Reader
    from langsmith_client.patience import Patience

WORKERS = 16
"""Agents looked at at the same time: they mostly wait, and registries and control planes take that many gladly."""
_SALT_LENGTH = 16  # bytes
_HIDDEN = "(not told)"  # the target keeps the value to itself


class FleetTarget(Target, Catalogue, Protocol):
    """What a fleet needs of a target."""


@dataclasses.dataclass(frozen=True)
class Observed:
    """What planning looks at.

    Attributes:
        target: Where the agents run.
        published: The image of what is asked for, None where it is still to be built; a ConflictError where its tag
            stands for something else.
        identities: Knows where an image comes from.
        patience: With a target that does not answer for a while.
        brake: Used after Ctrl-C, to end what waits.
        run: Runs git.
    """

    target: FleetTarget
    published: Callable[[BuildRequest], PublishedImage | None]
    identities: Reader
    patience: Patience
    brake: Brake = dataclasses.field(default_factory=Brake)
    run: processes.Runner = processes.run


def plan_fleet(
    name: str, members: Sequence[Member], around: Observed, *, salt: bytes | None = None, settle: Side | None = None
) -> FleetPlan:
    """Compare what `members` shall be on the target called `name` with what they are.

    The deployments are listed once; each agent costs a look into the registry and one at its newest revision.

    Args:
        salt: Of an earlier plan, to compare this one with it.
        settle: Who is right where both sides changed a variable.

    Raises:
        TargetError: The target refuses, or is not back in time; what is wrong with one agent is told in its plan.
        RegistryError: The registry does not answer.
    """
    salt = salt or secrets.token_bytes(_SALT_LENGTH)
    with ThreadPoolExecutor(WORKERS) as pool:
        try:
            listing = pool.submit(lambda: {each.name: each for each in around.patience.ask(around.target.deployments)})
            images = [pool.submit(around.published, member.request) for member in members]
            looks = [_Look(*pair, listing, around, salt, settle) for pair in zip(members, images, strict=True)]
            return FleetPlan(name, salt, tuple(pool.map(_Look.plan, looks)), settle)
        except KeyboardInterrupt:
            around.brake.interrupt()
            raise


@dataclasses.dataclass(frozen=True)
class _Look:
    """The look at one agent, in a thread of its own."""

    member: Member
    image: Future[PublishedImage | None]
    listing: Future[dict[str, Deployment]]
    around: Observed
    salt: bytes
    settle: Side | None

    def plan(self) -> AgentPlan:
        request, existing = self.member.request, self._existing()
        newest = existing.newest if existing else None
        start = AgentPlan(
            name=self.member.name,
            action=Action.NOTHING,
            image=ImagePlan(str(request.image.repository), request.image.reference, None, self.member.inputs),
            canary=self.member.entry.canary,
            wave=self.member.entry.wave,
            deployment_id=existing.id if existing else None,
            revision_id=newest.id if newest else None,
        )
        try:
            published = self.image.result()
            self.around.patience.ask(lambda: self.around.target.check(self.member.name, existing))
            plan = self._decide(published, existing)
        except (ConflictError, PreflightError, ProjectError) as error:
            refusal = Refusal(error.what, error.remedy, error.exit_code)
            return dataclasses.replace(start, action=Action.REFUSE, refusal=refusal)
        image = self._image(start.image, published, newest.image if newest else None)
        return dataclasses.replace(start, image=image, **self._outcome(plan, existing))

    def _existing(self) -> Deployment | None:
        found = self.listing.result().get(self.member.name)
        if found and None in found.environment.values():  # a list may leave out what the single answer holds
            return self.around.patience.ask(lambda: self.around.target.find(found.name))
        if found and found.newest is None:
            newest = self.around.patience.ask(lambda: self.around.target.newest(found))
            return dataclasses.replace(found, newest=newest)
        return found

    def _decide(self, published: PublishedImage | None, existing: Deployment | None) -> Plan:
        wish = self.member.wish()
        return make_plan(
            wish.name,
            published.by_digest if published else str(self.member.request.image),
            existing,
            environment=wish.environment,
            resources=wish.resources,
            references=wish.references,
            settle=self.settle,
        )

    def _image(self, plan: ImagePlan, published: PublishedImage | None, before: str | None) -> ImagePlan:
        if published:
            plan = dataclasses.replace(plan, tag=published.image.reference, digest=published.digest)
        if before is None:
            return plan
        if published and published.by_digest == before:
            return dataclasses.replace(plan, before=plan.tag, before_digest=plan.digest)
        known = self.around.identities.of(before)
        commits = Commits(problem=known.problem) if known.problem else self._commits(known.commit)
        return dataclasses.replace(plan, before=known.shown, before_digest=known.digest, commits=commits)

    def _commits(self, since: str | None) -> Commits:
        project = self.member.request.project
        now = project.git.commit if isinstance(project.git, GitState) else None
        return commits_between(project.directory, since, now, paths=self.member.watched, run=self.around.run)

    def _outcome(self, plan: Plan, existing: Deployment | None) -> Mapping[str, Any]:
        """The fields that tell what was decided."""
        if plan.change is None:
            on_its_way = plan.revision is not None and plan.revision.phase is not Phase.DEPLOYED
            return {"action": Action.FOLLOW if on_its_way else Action.NOTHING, "notes": plan.notes}
        change = plan.change
        there = existing or Deployment("", change.name, {}, None)
        wanted = self.member.entry.resources
        resized = [key for key in wanted if there.resources.get(key) != wanted[key]]
        references = None if change.references is None else as_texts(change.references)
        return {
            "action": Action.CREATE if existing is None else Action.UPDATE,
            "variables": self._variables(there.environment, change.environment),
            "references": _shifts(as_texts(there.references), references),
            "resources": tuple(
                Shift(key, _text(there.resources[key]) if key in there.resources else None, _text(wanted[key]))
                for key in resized
            ),
            "reasons": plan.reasons,
            "notes": plan.notes,
        }

    def _variables(self, before: Mapping[str, str | None], after: Mapping[str, str] | None) -> tuple[Shift, ...]:
        """As `_shifts`, with hashes: no value may leave this process in a plan."""

        def shown(name: str, values: Mapping[str, str | None]) -> str | None:
            value = values.get(name)
            if value is not None:
                return salted_hash(self.salt, name, value)
            return _HIDDEN if name in values else None

        return tuple(
            Shift(each.name, shown(each.name, before), shown(each.name, after or {})) for each in _shifts(before, after)
        )


def _shifts(before: Mapping[str, str | None], after: Mapping[str, str] | None) -> tuple[Shift, ...]:
    """The names whose value differs, sorted; none when `after` is None, which leaves all as it is."""
    if after is None:
        return ()
    names = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    return tuple(Shift(name, before.get(name), after.get(name)) for name in names)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)
