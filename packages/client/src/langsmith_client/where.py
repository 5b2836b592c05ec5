"""Where a command shall act, as far as its flags say; files and environment are read when it is needed."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from langsmith_client.langsmith_toml import AgentEntry, Fleet, TargetEntry


@dataclasses.dataclass(frozen=True)
class Where:
    """The flags of a command that name a place; None where they leave it open.

    Attributes:
        target: A target of the langsmith.toml.
        host_url: A control plane.
        region: One of LangSmith's own regions.
        profile: A profile of LangSmith's credentials file.
        start: Folder or file from which the langsmith.toml is looked for upwards.
    """

    target: str | None = None
    host_url: str | None = None
    region: str | None = None
    profile: str | None = None
    start: Path = Path()

    def entry(self) -> TargetEntry:
        """What the langsmith.toml says about the target; an entry that leaves everything open where none is named.

        Raises:
            ProjectError: There is no langsmith.toml, it has problems, or it does not have the target.
        """
        from langsmith_client.langsmith_toml import TargetEntry

        return TargetEntry(name="") if self.target is None else self.fleet().target(self.target)

    def agent(self, name: str) -> AgentEntry | None:
        """What the langsmith.toml wants of an agent at the target; None where nobody named one, or it is not listed.

        Raises:
            ProjectError: There is no langsmith.toml, or it has problems.
        """
        if self.target is None:
            return None
        return next((agent for agent in self.fleet().at(self.target) if agent.name == name), None)

    def fleet(self) -> Fleet:
        """The langsmith.toml beside the agent or above it.

        Raises:
            ProjectError: There is none, or it has problems.
        """
        from langsmith_client.errors import ProjectError
        from langsmith_client.langsmith_toml import FILE_NAME, find_fleet, load_fleet

        path = find_fleet(self.start)
        if path is None:
            wanted = f" that could hold the target {self.target!r}" if self.target else ""
            missing = f"{self.start.absolute()} is below no {FILE_NAME}{wanted}."
            raise ProjectError([missing], "Write one, or let `langsmith-client init` do it.")
        return load_fleet(path)
