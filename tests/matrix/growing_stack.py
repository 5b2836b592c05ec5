"""A stack in the sandbox that becomes one cell after the other, by the real engine."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import boto3
from botocore.config import Config
from workspace import Workspace

from langsmith_sandbox import credentials, environment
from langsmith_sandbox.paths import WorldPaths
from langsmith_sandbox.walkthrough.leftovers import Inventory
from langsmith_sandbox.walkthrough.stack import Stack
from langsmith_sandbox.walkthrough.tools import Tools
from langsmith_sandbox.world import World

_AGAIN = "pulumi up --yes --skip-preview --non-interactive --parallel 64 --refresh --expect-no-changes --stack sandbox"


class Unwatched:
    """A step nobody watches: what it says is in the log of the run."""

    def note(self, text: str) -> None:
        pass


@dataclasses.dataclass(frozen=True)
class GrowingStack:
    """The hosting stack of one world, and what it asks of that world.

    Attributes:
        workspace: Where the project's copy is.
        environ: The sandbox's environment.
        inventory: Says what is left.
    """

    workspace: Workspace
    world: World
    environ: Mapping[str, str] = dataclasses.field(repr=False)
    inventory: Inventory

    @classmethod
    def of(cls, workspace: Workspace) -> GrowingStack:
        """The stack of a running world."""
        paths = WorldPaths(workspace.sandbox)
        world, secrets = World.load(paths), credentials.load(paths)
        assert world is not None, "it was started before"
        environ = environment.process_environment(paths, world, secrets, workspace.environment())
        return cls(workspace, world, environ, Inventory(paths, world, secrets))

    def become(self, keys: Mapping[str, str]) -> str:
        """``pulumi up`` with these keys, on top of those before; what it changed."""
        stack = self._stack
        stack.ensure()
        stack.configure(self.world, credentials.load(WorldPaths(self.workspace.sandbox)))
        stack.write(keys)
        return stack.up(Unwatched())

    def stay(self) -> None:
        """The same again, compared with what really is there: fails if anything would change."""
        self.workspace.in_sandbox(_AGAIN, cwd=self.workspace.hosting)

    def outputs(self) -> dict[str, Any]:
        """What the stack says of itself."""
        return self._stack.outputs()

    def go(self) -> list[str]:
        """``langsmith-hybrid down``; what is left in the world, and not only of what that looks for."""
        self.workspace.in_sandbox("langsmith-hybrid down --yes --json --stack sandbox", cwd=self.workspace.hosting)
        self._stack.remove()
        return self.inventory.everything()

    def client(self, service: str) -> Any:
        """A client of the world's AWS."""
        return boto3.client(
            service,
            region_name=self.environ["AWS_REGION"],
            endpoint_url=self.environ["AWS_ENDPOINT_URL"],
            aws_access_key_id=self.environ["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=self.environ["AWS_SECRET_ACCESS_KEY"],
            config=Config(proxies={}),
        )

    @property
    def _stack(self) -> Stack:
        paths = WorldPaths(self.workspace.sandbox)
        return Stack(self.workspace.hosting, paths, Tools(self.environ, paths.logs / "matrix"))
