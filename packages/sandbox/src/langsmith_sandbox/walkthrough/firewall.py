"""The firewall stack: a partner's lists that follow the hosting stack's NAT addresses."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING

from langsmith_sandbox.walkthrough import stack_config
from langsmith_sandbox.walkthrough.errors import LeftoversError
from langsmith_sandbox.walkthrough.partner import Partner
from langsmith_sandbox.walkthrough.stack import NAME, Stack

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from langsmith_sandbox.paths import WorldPaths
    from langsmith_sandbox.progress import Step
    from langsmith_sandbox.walkthrough.tools import Tools

PROJECT = "langsmith-firewall"


@dataclasses.dataclass(frozen=True)
class Firewall:
    """The stack, and whose lists it writes to."""

    stack: Stack
    partner: Partner

    @classmethod
    def of(cls, repository: Path, paths: WorldPaths, tools: Tools) -> Firewall:
        """That of a repository; its logs in a folder of their own beside those of the hosting stack."""
        apart = dataclasses.replace(tools, logs=tools.logs / "firewall")
        return cls(Stack(repository / "stacks" / "firewall", paths, apart, PROJECT), Partner(tools.environ))

    def up(self, step: Step) -> dict[str, list[str]]:
        """Let the hosting stack's addresses in; returns those that were added, by list.

        Raises:
            ToolFailedError: The engine or a service refused.
        """
        self.stack.ensure()
        if written := self.stack.write(values(self.partner.arrive())):
            step.note(f"configured {', '.join(written)}")
        self.stack.up(step)
        return dict(self.stack.outputs()["added"])

    def down(self, step: Step) -> str:
        """Take the addresses off the lists, prove that the partner's own are still there, and say what was deleted.

        Raises:
            LeftoversError: A list is not as the partner made it.
            ToolFailedError: The engine or a service refused.
        """
        self.stack.ensure()
        changes = self.stack.destroy(step)
        if changed := self.partner.changed():
            raise LeftoversError(changed)
        self.stack.remove()
        self.partner.leave()
        return changes


def values(services: Sequence[dict[str, str]]) -> dict[str, str]:
    """The stack file's keys, without the project's name in front."""
    return {
        "hostingStack": f"organization/{stack_config.PROJECT}/{NAME}",
        "description": "Agents of the sandbox",
        "services": json.dumps(services),
    }
