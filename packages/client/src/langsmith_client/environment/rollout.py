"""Carrying out a change of the environment: one revision of the image that is there, followed and proven."""

from __future__ import annotations

from typing import TYPE_CHECKING

from langsmith_client.errors import ConflictError, TargetError
from langsmith_client.proof import Proof
from langsmith_client.target.protocol import Change, Deployment
from langsmith_client.witness import Seen, see_through

if TYPE_CHECKING:
    from langsmith_client.environment.plan import EnvironmentPlan
    from langsmith_client.surroundings import Surroundings


def roll_out(
    plan: EnvironmentPlan, existing: Deployment, around: Surroundings, *, wait: bool, timeout: float
) -> Seen | None:
    """Make the revision that `plan` needs, and follow it for at most `timeout` seconds.

    Returns:
        The revision and what its pods said, as far as anybody waited; None when nothing had to be changed.

    Raises:
        ClientError: As `same_image`, `Target.apply` and `see_through` do.
    """
    for note in plan.notes:
        around.reporter.say("note", note)
    change = same_image(plan, existing)
    if change is None:
        return None
    deployment_id, revision = around.patience().ask(lambda: around.target.apply(change))
    around.reporter.say(
        "revision",
        f"made revision {revision.id} of the same image, because {'; '.join(plan.reasons)}",
        deployment_id=deployment_id,
        revision_id=revision.id,
        reasons=list(plan.reasons),
    )
    if wait:
        return see_through(existing.name, deployment_id, revision, around, timeout=timeout)
    return Seen(revision, existing.url, Proof(False, None, "Nobody waited for it."))


def same_image(plan: EnvironmentPlan, existing: Deployment) -> Change | None:
    """The revision that changes nothing but the environment, or None when that changes nothing either.

    Raises:
        ConflictError: The deployment is being deleted, or its environment cannot be kept.
        ProjectError: No variable would be left.
        TargetError: It has no image to go on with.
    """
    if not plan.reasons:
        return None
    if existing.deleting:
        raise ConflictError(f"{existing.name} is being deleted.", "Wait until it is gone, then deploy again.")
    if existing.newest is None or existing.newest.image is None:
        raise TargetError(f"{existing.name} has no revision whose image could be kept.", "Deploy the agent first.")
    resources = plan.remembered(existing.resources)
    return Change(
        existing.name,
        existing.newest.image,
        existing,
        plan.complete_variables(),
        resources if resources != existing.resources else None,
        plan.complete_references(),
    )
