"""A copy of what enters an image, laid out for langgraph-cli and docker."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from langsmith_client.project import Project


def stage(project: Project, folder: Path) -> Path:
    """Copy exactly the files that enter the image below `folder`, and return the copied langgraph.json.

    Building from the copy keeps ignored files, above all a .env, out of reach of the Dockerfile's `ADD .`, and makes
    the container's folders independent of where the repository is checked out.
    """
    agent = project.directory.resolve()
    roots = {package.directory for package in project.packages} | {agent}
    common = Path(os.path.commonpath(roots))
    inside_another = any(root in agent.parents for root in roots)
    # langgraph-cli names the place in the image after the folder, which may be called anything in this clone.
    home = folder / agent.relative_to(common).parent / (agent.name if inside_another else _folder_name(project))

    def place(path: Path) -> Path:
        return home / path.relative_to(agent) if path.is_relative_to(agent) else folder / path.relative_to(common)

    for root in roots:
        place(root).mkdir(parents=True, exist_ok=True)
    for file in project.source.files:
        for package in project.packages:
            if file.path.is_relative_to(package.directory):
                target = place(file.path)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(file.path, target, follow_symlinks=False)
                break
    config = place(project.config.path.resolve())
    shutil.copy2(project.config.path, config)
    return config


def _folder_name(project: Project) -> str:
    """What langgraph-cli, which takes the folder's name for the package's, shall find."""
    for package in project.packages:
        if package.directory == project.directory.resolve():
            return package.directory.name if package.plain else package.container.name
    return project.directory.resolve().name
