"""A deploy from start to end: check, push, plan, make one revision, follow it, prove that it is served."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from langsmith_client.errors import ConflictError
from langsmith_client.follow import DEFAULT_TIMEOUT
from langsmith_client.image.publish import PublishedImage
from langsmith_client.plan import Plan, make_plan
from langsmith_client.proof import Proof
from langsmith_client.result import Result, Timer, report
from langsmith_client.surroundings import Surroundings
from langsmith_client.witness import Seen, insist, see_through

if TYPE_CHECKING:
    from langsmith_client.environment.merge import Side
    from langsmith_client.smoke import Question
    from langsmith_client.target.protocol import Deployment, Revision, SecretReference

Publish = Callable[[], PublishedImage]
"""Makes sure that the image is in the registry."""


@dataclasses.dataclass(frozen=True)
class Wish:
    """What shall be deployed.

    Attributes:
        name: Name of the deployment.
        environment: Variables it shall have, merged with those others set; None leaves all. Kept out of the repr.
        resources: Fields of its resource specification; others it has are kept.
        wait: Whether to wait for the revision, and then to ask for proof.
        timeout: Seconds to wait at most.
        references: Variables that come from Secrets, merged as the others are; None leaves all.
        settle: Who is right where both sides changed a variable; None makes that an error.
        smoke: What to let the agent run once when it is deployed.
        require_proof: Whether a revision that was not seen being served is an error.
        expected_revision: Id of the revision a saved plan found as the newest, empty where it found none; None where
            nothing was planned before.
    """

    name: str
    environment: Mapping[str, str] | None = dataclasses.field(default=None, repr=False)
    resources: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    wait: bool = True
    timeout: float = DEFAULT_TIMEOUT
    references: tuple[SecretReference, ...] | None = None
    settle: Side | None = None
    smoke: Question | None = None
    require_proof: bool = True
    expected_revision: str | None = None


def deploy(wish: Wish, publish: Publish, around: Surroundings) -> Result:
    """Deploy, and return only what is true.

    Raises:
        ConflictError: Someone else changed the deployment since it was planned, or while this went on.
        UnprovenError: Deployed, but the pods were not seen serving it; the result has been reported.
        ClientError: Whatever else ended it; every subclass has its own exit code.
    """
    timer = Timer(around.clock)
    patience = around.patience()
    existing = patience.ask(lambda: around.target.find(wish.name))
    _check_expected(wish, existing)
    patience.ask(lambda: around.target.check(wish.name, existing))
    timer.lap("check")
    image = publish()
    timer.lap("image")
    plan = make_plan(
        wish.name,
        image.by_digest,
        existing,
        environment=wish.environment,
        resources=wish.resources,
        references=wish.references,
        settle=wish.settle,
    )
    for note in plan.notes:
        around.reporter.say("note", note)
    deployment_id, revision = _carry_out(plan, existing, around)
    timer.lap("revision")
    seen = Seen(revision, existing.url if existing else None, Proof(False, None, "Nobody waited for it."))
    if wish.wait:
        seen = see_through(
            wish.name, deployment_id, revision, around, timeout=wish.timeout, smoke=wish.smoke, known=existing
        )
        timer.lap("wait")
    result = Result(
        name=wish.name,
        image=f"{wish.name}{'@' if image.image.reference == image.digest else ':'}{image.image.reference}",
        image_uri=image.by_digest,
        digest=image.digest,
        built=not image.reused,
        deployment_id=deployment_id,
        revision_id=seen.revision.id,
        status=seen.revision.status,
        changed=plan.change is not None,
        proven=seen.proof.proven,
        url=seen.url,
        seconds=timer.laps(),
        smoke=seen.smoke,
        resume="" if wish.wait else around.resume(wish.name, seen.revision.id),
    )
    report(result, around.reporter)
    if wish.wait:
        insist(wish.name, seen, proof=wish.require_proof)
    return result


def _carry_out(plan: Plan, existing: Deployment | None, around: Surroundings) -> tuple[str, Revision]:
    if plan.change is None:
        if existing is None or plan.revision is None:
            raise AssertionError("a plan without a change is about a revision that exists")
        around.reporter.say("unchanged", f"{existing.name} already is what is wanted: revision {plan.revision.id}")
        return existing.id, plan.revision
    change = plan.change
    running = existing.newest.image if existing and existing.newest else None
    if running and running != change.image and (note := around.going_back(running, change.image)):
        around.reporter.say("note", note)
    deployment_id, revision = around.patience().ask(lambda: around.target.apply(change))
    around.reporter.say(
        "revision",
        f"made revision {revision.id}, because {'; '.join(plan.reasons)}",
        deployment_id=deployment_id,
        revision_id=revision.id,
        reasons=list(plan.reasons),
    )
    return deployment_id, revision


def _check_expected(wish: Wish, existing: Deployment | None) -> None:
    """A saved plan is about the revision it saw."""
    newest = existing.newest if existing else None
    if wish.expected_revision is None or wish.expected_revision == (newest.id if newest else ""):
        return
    planned = f"revision {wish.expected_revision}" if wish.expected_revision else "no revision"
    found = f"{newest.id} ({newest.image}, {newest.status})" if newest else "gone"
    raise ConflictError(f"The plan for {wish.name} was made when it had {planned}; now it is {found}.", "Plan again.")
