"""A plan in a file: reviewed by people, applied later, and refused once the world is another one.

The file is JSON with a version. It holds no value of a variable, only hashes under a salt of its own; the salt is in
the file as well, so that whoever applies the plan can tell whether it still is about the same values.
"""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

from langsmith_client.commits import Commit, Commits
from langsmith_client.environment.merge import Side
from langsmith_client.errors import ProjectError
from langsmith_client.fleet.agent_plan import SHIFTS, Action, AgentPlan, FleetPlan, ImagePlan, Shift

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping
    from pathlib import Path

KIND = "langsmith-client plan"
SCHEMA = 1
"""Version of the file. A file of another version is refused: what it leaves out would be taken for unchanged."""
_REMEDY = "Make one with `langsmith-client plan --out FILE`."
_UNDONE = frozenset({Action.NOTHING, Action.FOLLOW})


def write_plan(plan: FleetPlan, path: Path, *, created_at: dt.datetime) -> None:
    """Keep a plan in which nothing is refused."""
    values = {
        "kind": KIND,
        "schema": SCHEMA,
        "created_at": created_at.isoformat(timespec="seconds"),
        "target": plan.target,
        "salt": plan.salt.hex(),
        "settle": plan.settle and plan.settle.value,
        "agents": [as_fields(agent) for agent in plan.agents],
    }
    path.write_text(json.dumps(values, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def as_fields(agent: AgentPlan) -> dict[str, Any]:
    """One agent's plan for machines."""
    return {**dataclasses.asdict(agent), "action": agent.action.value}


def read_plan(path: Path) -> FleetPlan:
    """Read a plan.

    Raises:
        ProjectError: It is none, or one of another version of this program.
    """
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        if (values["kind"], values["schema"]) != (KIND, SCHEMA):
            raise ProjectError([f"{path} is a plan of another version."], "Make it again with this version.")
        settle = values["settle"] and Side(values["settle"])
        agents = tuple(map(_agent, values["agents"]))
        return FleetPlan(values["target"], bytes.fromhex(values["salt"]), agents, settle)
    except OSError as error:
        raise ProjectError([f"{path} cannot be read ({error.strerror or type(error).__name__})."], _REMEDY) from None
    except (ValueError, LookupError, TypeError):
        raise ProjectError([f"{path} is not a plan."], _REMEDY) from None


def moved(saved: FleetPlan, fresh: FleetPlan) -> tuple[str, ...]:
    """What is no longer as the saved plan saw it, a sentence an agent; `fresh` was made with the salt of the other."""
    now = {agent.name: agent for agent in fresh.agents}
    return tuple(sentence for agent in saved.agents if (sentence := _moved(agent, now.get(agent.name))))


def _moved(saved: AgentPlan, fresh: AgentPlan | None) -> str | None:
    if fresh is None:
        return f"{saved.name} is no longer an agent of the target."
    if saved.action in _UNDONE and fresh.action in _UNDONE:
        return None
    changes = _differences(saved, fresh)
    return f"{saved.name}: {', '.join(changes)}." if changes else None


def _differences(saved: AgentPlan, fresh: AgentPlan) -> list[str]:
    """In words, the cause before its effects: a revision of someone else explains whatever else would change."""
    causes: list[str] = []
    if fresh.deployment_id != saved.deployment_id:
        causes.append("it was made, deleted or made anew")
    elif fresh.revision_id != saved.revision_id:
        causes.append(f"its newest revision is {fresh.revision_id} and not {saved.revision_id}")
    if fresh.image.inputs != saved.image.inputs:
        causes.append("its files or its base image are others")
    elif saved.image.digest not in {None, fresh.image.digest}:  # built since then is as planned
        causes.append(f"its tag {saved.image.tag} stands for {fresh.image.digest or 'nothing'}")
    if causes:
        return causes
    if fresh.refusal:
        return [f"it would be refused: {fresh.refusal.what.rstrip('.')}"]
    if fresh.action is not saved.action:
        return [f"it would {fresh.action.value}, not {saved.action.value}"]
    return [
        f"its {field} would change in another way" for field in SHIFTS if getattr(fresh, field) != getattr(saved, field)
    ]


def _agent(values: Mapping[str, Any]) -> AgentPlan:
    image = values["image"]
    shifts = {field: tuple(Shift(**each) for each in values[field]) for field in SHIFTS}
    texts = {field: tuple(values[field]) for field in ("reasons", "notes")}
    return AgentPlan(
        **{
            **values,
            **shifts,
            **texts,
            "action": Action(values["action"]),
            "image": ImagePlan(**{**image, "commits": _commits(image["commits"])}),
        }
    )


def _commits(values: Mapping[str, Any]) -> Commits:
    return Commits(
        tuple(Commit(**each) for each in values["added"]),
        tuple(Commit(**each) for each in values["removed"]),
        values["problem"],
    )
