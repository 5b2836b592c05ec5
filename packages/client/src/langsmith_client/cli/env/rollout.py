"""What the env commands share that change something: look, plan, make the revision, report."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from langsmith_client.environment.plan import EnvironmentPlan
    from langsmith_client.explanation import Witness
    from langsmith_client.progress import Reporter
    from langsmith_client.target.protocol import Deployment
    from langsmith_client.where import Where
    from langsmith_client.witness import Seen


@dataclasses.dataclass(frozen=True)
class Rollout:
    """A command that changes the environment.

    Attributes:
        agent: PATH|NAME, as it was typed.
        where: Where it acts.
        wait: Whether to follow and prove the revision.
        timeout: For at most so many seconds.
    """

    agent: str
    where: Where
    wait: bool
    timeout: float

    def carry_out(
        self, name: str, plan_for: Callable[[Deployment], EnvironmentPlan], target: Witness, reporter: Reporter
    ) -> None:
        """Make the revision that the deployment `name` needs by a plan made for it, and report the result.

        Raises:
            ClientError: As a deploy does.
        """
        from langsmith_client.cli.session import existing as find
        from langsmith_client.cli.session import surroundings
        from langsmith_client.environment.rollout import roll_out
        from langsmith_client.resume import Resume
        from langsmith_client.witness import insist

        around = surroundings(target, reporter)
        around = dataclasses.replace(around, resume=Resume.of(self.where, agent=self.agent))
        existing = around.patience().ask(lambda: find(target, name))
        plan = plan_for(existing)
        seen = roll_out(plan, existing, around, wait=self.wait, timeout=self.timeout)
        resume = around.resume(name, seen.revision.id) if seen and not self.wait else None
        _report(plan, existing, seen, resume, reporter)
        if seen and self.wait:
            insist(name, seen)


def _report(
    plan: EnvironmentPlan, existing: Deployment, seen: Seen | None, resume: str | None, reporter: Reporter
) -> None:
    revision = seen.revision if seen else existing.newest
    reporter.finish(
        "result",
        {
            "deployment": f"{existing.name} ({'changed' if seen else 'unchanged'})",
            "revision": f"{revision.id} ({revision.status})" if revision else "none",
            **({"follow with": resume} if resume else {}),
        },
        name=existing.name,
        deployment_id=existing.id,
        changed=seen is not None,
        revision_id=revision.id if revision else None,
        status=revision.status if revision else None,
        proven=seen is not None and seen.proof.proven,
        variables={name: verdict.value for name, verdict in plan.variables.verdicts.items()},
        references={name: verdict.value for name, verdict in plan.references.verdicts.items()},
        resume=resume,
    )
