"""Carrying out a change of the environment: one revision of the image that is there, followed and proven."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from langsmith_client.environment.plan import same_image
from langsmith_client.proof import Proof
from langsmith_client.witness import Seen, see_through

if TYPE_CHECKING:
    from langsmith_client.environment.plan import EnvironmentPlan
    from langsmith_client.surroundings import Surroundings
    from langsmith_client.target.protocol import Deployment


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What came of a change.

    Attributes:
        changed: False when there was nothing to change, and so no revision was made.
        seen: The revision that was made and what its pods said, as far as anybody waited; None when none was made.
    """

    changed: bool
    seen: Seen | None = None


def roll_out(
    plan: EnvironmentPlan, existing: Deployment, around: Surroundings, *, wait: bool, timeout: float
) -> Outcome:
    """Make the revision that `plan` needs, if any, and follow it for at most `timeout` seconds.

    Raises:
        ClientError: As `same_image`, `Target.apply` and `see_through` do.
    """
    for note in plan.notes:
        around.reporter.say("note", note)
    change = same_image(plan, existing)
    if change is None:
        return Outcome(False)
    deployment_id, revision = around.patience().ask(lambda: around.target.apply(change))
    around.reporter.say(
        "revision",
        f"made revision {revision.id} of the same image, because {'; '.join(plan.reasons)}",
        deployment_id=deployment_id,
        revision_id=revision.id,
        reasons=list(plan.reasons),
    )
    if wait:
        return Outcome(True, see_through(existing.name, deployment_id, revision, around, timeout=timeout))
    return Outcome(True, Seen(revision, existing.url, Proof(False, None, "Nobody waited for it.")))
