"""What flags, langsmith.toml and the agent's folder want of the environment, put together for every command alike."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from langsmith_client.environment.plan import EnvironmentWish
    from langsmith_client.langgraph_json import LangGraphConfig
    from langsmith_client.progress import Reporter
    from langsmith_client.where import Where


@dataclasses.dataclass(frozen=True)
class EnvironmentFlags:
    """The flags about the environment, as they were typed.

    Attributes:
        env_file: NAME=value lines.
        secret_ref: `NAME=secret:key` each.
        env_conflict: `local` or `remote`.
    """

    env_file: Path | None = None
    secret_ref: tuple[str, ...] = ()
    env_conflict: str | None = None

    def wish(self, name: str, config: LangGraphConfig | None, where: Where, reporter: Reporter) -> EnvironmentWish:
        """The wish for the agent `name`; says what was left out.

        Flags beat the langsmith.toml, and that beats the agent's langgraph.json.

        Raises:
            ProjectError: The flags or a file cannot be understood.
        """
        from langsmith_client.environment.local import local_environment
        from langsmith_client.environment.merge import Side
        from langsmith_client.environment.plan import EnvironmentWish
        from langsmith_client.environment.references import parse_references

        agent = where.agent(name)
        local = local_environment(config, self.env_file or (agent.env_file if agent else None))
        for note in local.notes:
            reporter.say("note", note)
        return EnvironmentWish(
            local.values,
            parse_references(self.secret_ref) if self.secret_ref else (agent.references if agent else None),
            Side(self.env_conflict) if self.env_conflict else None,
        )
