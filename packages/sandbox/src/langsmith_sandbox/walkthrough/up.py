"""From nothing to an agent's answer."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from langsmith_sandbox import credentials, environment, toolchain
from langsmith_sandbox.supervisor.bring_up import bring_up
from langsmith_sandbox.supervisor.langsmith_world import AWS, CONTROL_PLANE
from langsmith_sandbox.toolchain.sources import find_sources
from langsmith_sandbox.toolchain.store_servers import ensure_stores
from langsmith_sandbox.walkthrough import agent, stack_config
from langsmith_sandbox.walkthrough.firewall import Firewall
from langsmith_sandbox.walkthrough.stack import Stack
from langsmith_sandbox.walkthrough.timed import Timed
from langsmith_sandbox.walkthrough.tools import Tools

if TYPE_CHECKING:
    from collections.abc import Mapping

    from langsmith_sandbox.paths import WorldPaths
    from langsmith_sandbox.progress import Progress
    from langsmith_sandbox.walkthrough.agent import Deployed
    from langsmith_sandbox.world import World

AGENT = "hello-world-graph"


@dataclasses.dataclass(frozen=True)
class Story:
    """What stands now, and how long it took.

    Attributes:
        answer: What the agent said.
        admitted: Addresses of the agents that a partner lets in since, by list; None without the firewall stack.
        deployed: What the client proved.
        resources: What the engine changed.
        urls: Where things answer, by name.
        seconds: Duration of each part.
        summary: The durations, for people.
    """

    answer: str
    deployed: Deployed
    resources: str
    urls: Mapping[str, str]
    seconds: Mapping[str, float]
    summary: str
    admitted: Mapping[str, list[str]] | None = None


def up(paths: WorldPaths, progress: Progress, *, with_firewall: bool = False) -> Story:
    """Stand up everything that is not there yet and ask the agent a question.

    Args:
        paths: The sandbox's folder.
        progress: Hears what is being done.
        with_firewall: Whether a partner's firewalls shall let the agents' addresses in; once they do, every later run
            keeps them so.

    Raises:
        SandboxError: A step failed; every subclass says which and what to do.
    """
    repository = find_sources().parent
    timed = Timed(progress)
    with timed.measured("toolchain"):
        toolchain.ensure(progress)
    with timed.measured("world"):
        world, _ = bring_up(paths, progress)
    secrets = credentials.load(paths)
    tools = Tools(environment.process_environment(paths, world, secrets), paths.logs / "walkthrough")
    stack = Stack(repository / "stacks" / "hosting", paths, tools)
    with timed.step("stack", "asking the engine what there is") as step:
        stack.ensure()
        if written := stack.configure(world, secrets):
            step.note(f"configured {', '.join(written)}")
        if ensure_stores(progress).postgres is None:
            stack.write(stack_config.WITHOUT_POSTGRES)
        changes = stack.up(step)
        outputs = stack.outputs()
    firewall = Firewall.of(repository, paths, tools)
    admitted = None
    if with_firewall or firewall.stack.exists:
        with timed.step("firewall", "letting the agents' addresses in") as step:
            admitted = firewall.up(step)
    folder = repository / "agents" / AGENT
    with timed.step("agent", "deploying") as step:
        deployed = agent.deploy(tools, folder, outputs, step)
    with timed.step("answer", "asking the agent"):
        answer = agent.ask(folder, deployed.url, agent.QUESTION)
    return Story(answer, deployed, changes, _urls(world, deployed, outputs), timed.seconds, timed.summary(), admitted)


def _urls(world: World, deployed: Deployed, outputs: dict[str, Any]) -> dict[str, str]:
    return {
        "agent": deployed.url,
        "agents": str(outputs.get("agentsBaseUrl")),
        "control plane": world.url(CONTROL_PLANE),
        "AWS": world.url(AWS),
        "registry": str(outputs.get("registryUrl")),
    }


def told(story: Story) -> str:
    """The story for people; its last lines hold all that matters."""
    deployed = story.deployed
    rows = {
        "answer": story.answer,
        "image": f"{deployed.image} ({'pushed' if deployed.built else 'was in the registry'})",
        "digest": deployed.digest,
        "revision": f"{deployed.revision} ({'new' if deployed.changed else 'unchanged'}, served)",
        "resources": story.resources,
        **story.urls,
        **{f"admitted by {name}": ", ".join(cidrs) for name, cidrs in (story.admitted or {}).items()},
        "took": story.summary,
    }
    width = max(map(len, rows))
    return "\n".join(f"  {name:<{width}}  {value}" for name, value in rows.items())
