"""In which order the agents of a plan are deployed: a canary, then the waves, and the unchanged ones are only asked."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from langsmith_client.fleet.agent_plan import Action

if TYPE_CHECKING:
    from langsmith_client.fleet.agent_plan import AgentPlan, FleetPlan

CANARY = "canary"
UNCHANGED = "unchanged"


@dataclasses.dataclass(frozen=True)
class Stage:
    """Agents that are deployed together; the next stage waits until all of them are proven."""

    name: str
    agents: tuple[str, ...]


def stages(plan: FleetPlan, *, canary: bool = True) -> tuple[Stage, ...]:
    """The stages of a plan, none of them empty.

    Where several agents change and none of them is marked as a canary, the first of the first wave is taken for one:
    what is wrong with all should be found out by one. `canary` False leaves out that stage.
    """
    acting = [agent for agent in plan.agents if agent.action.deploys or agent.action is Action.FOLLOW]
    first = _canaries(acting) if canary else []
    rest = [agent for agent in acting if agent not in first]
    waves = sorted({agent.wave for agent in rest})
    found = (
        Stage(CANARY, _names(first)),
        *(Stage(f"wave {wave}", _names([agent for agent in rest if agent.wave == wave])) for wave in waves),
        Stage(UNCHANGED, _names([agent for agent in plan.agents if agent.action is Action.NOTHING])),
    )
    return tuple(stage for stage in found if stage.agents)


def _canaries(acting: list[AgentPlan]) -> list[AgentPlan]:
    marked = [agent for agent in acting if agent.canary]
    if marked or len(acting) < 2:
        return marked
    return [min(acting, key=lambda agent: agent.wave)]


def _names(agents: list[AgentPlan]) -> tuple[str, ...]:
    return tuple(agent.name for agent in agents)
