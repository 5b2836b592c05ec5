"""What the env commands share: the agent they are about, and the revision that carries a change."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from langsmith_client.environment.plan import EnvironmentPlan
    from langsmith_client.langgraph_json import LangGraphConfig
    from langsmith_client.progress import Reporter
    from langsmith_client.target.protocol import Deployment, Target


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


def revise(
    target: Target, existing: Deployment, plan: EnvironmentPlan, reporter: Reporter, *, wait: bool, timeout: float
) -> None:
    """Make the one revision that carries out `plan`, follow and prove it, and report the result.

    Raises:
        ClientError: As a deploy does.
    """
    from langsmith_client.cli.session import surroundings
    from langsmith_client.environment.plan import same_image
    from langsmith_client.witness import insist, see_through

    for note in plan.notes:
        reporter.say("note", note)
    change = same_image(plan, existing)
    around = surroundings(target, reporter)
    revision, seen = existing.newest, None
    if change is not None:
        deployment_id, revision = around.patience().ask(lambda: target.apply(change))
        reasons = "; ".join(plan.reasons)
        reporter.say("revision", f"made revision {revision.id} of the same image, because {reasons}")
        if wait:
            seen = see_through(existing.name, deployment_id, revision, around, timeout=timeout)
            revision = seen.revision
    reporter.finish(
        "result",
        {
            "deployment": f"{existing.name} ({'changed' if change else 'unchanged'})",
            "revision": f"{revision.id} ({revision.status})" if revision else "none",
        },
        name=existing.name,
        deployment_id=existing.id,
        changed=change is not None,
        revision_id=revision.id if revision else None,
        status=revision.status if revision else None,
        proven=seen.proof.proven if seen else False,
        variables={name: verdict.value for name, verdict in plan.variables.verdicts.items()},
        references={name: verdict.value for name, verdict in plan.references.verdicts.items()},
    )
    if seen:
        insist(existing.name, seen)
