"""Plans in words: a row an agent, and a row for everything that changes about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from langsmith_client import github_summary
from langsmith_client.fleet.agent_plan import Action
from langsmith_client.fleet.saved_plan import as_fields
from langsmith_client.table import Row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from langsmith_client.fleet.agent_plan import AgentPlan, FleetPlan, ImagePlan

_MOST_COMMITS = 10
_DIGEST_LENGTH = 12
_SINGULAR = {"variables": "variable", "references": "reference", "resources": "resource"}


def overview(plan: FleetPlan) -> list[Row]:
    """The table of a plan."""
    return [Row(_cells(agent), as_fields(agent)) for agent in plan.agents]


def details(plan: FleetPlan) -> list[Row]:
    """The table of what changes, for the agents that get a revision."""
    return [
        Row(
            {"agent": agent.name, "what": what, "change": change}, {"agent": agent.name, "what": what, "change": change}
        )
        for agent in plan.deployed
        for what, change in changes(agent)
    ]


def changes(agent: AgentPlan) -> Iterator[tuple[str, str]]:
    """Everything that changes about one agent, with a word for what it is."""
    if agent.image.changes and agent.action is Action.UPDATE:
        commits = agent.image.commits
        if commits.problem:
            yield "commits", commits.problem
        for sign, found in (("+", commits.added), ("-", commits.removed)):
            yield from (("commit", f"{sign} {commit}") for commit in found[:_MOST_COMMITS])
            if len(found) > _MOST_COMMITS:
                yield "commit", f"{sign} and {len(found) - _MOST_COMMITS} more"
    for field, word in _SINGULAR.items():
        yield from ((word, str(shift)) for shift in getattr(agent, field))
    yield from (("note", note) for note in agent.notes)


def summary(plan: FleetPlan) -> str:
    """All agents in one line."""
    words = {
        Action.CREATE: "to create",
        Action.UPDATE: "to update",
        Action.FOLLOW: "on their way",
        Action.NOTHING: "unchanged",
        Action.REFUSE: "refused",
    }
    parts = [f"{plan.count(action)} {word}" for action, word in words.items() if plan.count(action)]
    return f"{', '.join(parts)} on {plan.target}"


def counts(plan: FleetPlan) -> dict[str, int]:
    """How many agents have each action."""
    return {action.value: plan.count(action) for action in Action}


def in_markdown(plan: FleetPlan) -> str:
    """A plan for the summary page of a CI job."""
    changed = [row for row in overview(plan) if row.fields["action"] != Action.NOTHING.value]
    return github_summary.section(
        f"Plan for {plan.target}",
        f"{summary(plan)}.",
        github_summary.table(changed),
        github_summary.table(details(plan)),
    )


def image_words(image: ImagePlan) -> str:
    """From which tag to which."""
    before = "" if image.before in {None, image.tag} else f"{image.before} → "
    return f"{before}{image.tag}"


def short_digest(digest: str | None) -> str:
    """The first digits of a digest, or that there is none yet."""
    return digest.removeprefix("sha256:")[:_DIGEST_LENGTH] if digest else "to be built"


def _cells(agent: AgentPlan) -> dict[str, str]:
    return {
        "agent": agent.name,
        "action": agent.action.value,
        "wave": "canary" if agent.canary else str(agent.wave),
        "image": image_words(agent.image),
        "digest": short_digest(agent.image.digest),
        "why": agent.refusal.what if agent.refusal else "; ".join(agent.reasons) or "-",
    }
