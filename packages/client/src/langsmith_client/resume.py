"""The command that goes on where this one leaves off."""

from __future__ import annotations

import dataclasses
import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from langsmith_client.where import Where


@dataclasses.dataclass(frozen=True)
class Resume:
    """How to take up a revision again, from the same folder.

    Attributes:
        flags: What the present command was told about where to act and what to ask for, as `wait` takes it.
        agent: Folder of the agent where the flags need it; None says it by the deployment's name.
    """

    flags: tuple[str, ...] = ()
    agent: str | None = None

    @classmethod
    def of(cls, where: Where, *more: str, agent: str | None = None) -> Resume:
        """With the flags that `where` came from; a target is found from the `agent`'s folder."""
        named = {
            "--target": where.target,
            "--host-url": where.host_url,
            "--region": where.region,
            "--profile": where.profile,
        }
        flags = [part for flag, value in named.items() if value for part in (flag, value)]
        return cls((*flags, *more), agent if where.target else None)

    def __call__(self, name: str, revision_id: str) -> str:
        """The command line, quoted for a shell."""
        return shlex.join(["langsmith-client", "wait", self.agent or name, revision_id, *self.flags])
