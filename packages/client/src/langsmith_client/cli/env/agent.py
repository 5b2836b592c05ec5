"""Which agent the env commands are about."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from langsmith_client.langgraph_json import LangGraphConfig


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
