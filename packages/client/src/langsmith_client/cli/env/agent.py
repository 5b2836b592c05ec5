"""What the env commands share: the agent they are about, and the revision that carries a change."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from langsmith_client.environment.plan import EnvironmentPlan
    from langsmith_client.explanation import Witness
    from langsmith_client.langgraph_json import LangGraphConfig
    from langsmith_client.progress import Reporter
    from langsmith_client.target.protocol import Deployment
    from langsmith_client.where import Where


def named(agent: str) -> tuple[str, LangGraphConfig | None]:
    """The deployment's name behind PATH|NAME, and the langgraph.json of the folder if it is one.

    Raises:
        ProjectError: The folder's agent cannot be read.
    """
    from langsmith_client.project import CONFIG_NAME, read_agent

    folder = Path(agent)
    if (folder / CONFIG_NAME).is_file() or folder.name == CONFIG_NAME:
        found = read_agent(folder, environ=os.environ)
        return found.name, found.config
    return agent, None


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

    def carry_out(self, plan: EnvironmentPlan, existing: Deployment, target: Witness, reporter: Reporter) -> None:
        """Make the revision `plan` needs, and report the result.

        Raises:
            ClientError: As a deploy does.
        """
        from langsmith_client.cli.session import surroundings
        from langsmith_client.environment.rollout import roll_out
        from langsmith_client.resume import Resume
        from langsmith_client.witness import insist

        around = surroundings(target, reporter)
        around = dataclasses.replace(around, resume=Resume.of(self.where, agent=self.agent))
        seen = roll_out(plan, existing, around, wait=self.wait, timeout=self.timeout)
        revision = seen.revision if seen else existing.newest
        resume = around.resume(existing.name, seen.revision.id) if seen and not self.wait else None
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
        if seen and self.wait:
            insist(existing.name, seen)
