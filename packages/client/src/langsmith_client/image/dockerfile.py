"""The Dockerfile that langgraph-cli generates, on a base that is pinned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from langsmith_client.errors import BuildError
from langsmith_client.image_reference import ImageReference, parse_reference
from langsmith_client.tag import is_legal_tag

if TYPE_CHECKING:
    from pathlib import Path

    from langsmith_client.project import Project


def dockerfile_for(config: Path, project: Project) -> tuple[str, dict[str, str]]:
    """The Dockerfile for the langgraph.json at `config`, a copy of the project's, and the extra build contexts by name.

    Raises:
        BuildError: langgraph-cli is missing or refuses the file.
    """
    try:
        from langgraph_cli import config as langgraph_config
    except ImportError:
        raise BuildError(
            "The docker builder needs langgraph-cli.", "Install langsmith-client[docker], or use --builder layers."
        ) from None
    import click

    try:
        validated = langgraph_config.validate_config_file(config)
        return langgraph_config.config_to_docker(config, validated)
    except (click.ClickException, ValueError, OSError) as error:
        said = error.message if isinstance(error, click.ClickException) else str(error)
        raise BuildError(f"langgraph-cli refuses {project.config.path}: {said}") from None


def base_of(dockerfile: str, wanted: ImageReference) -> ImageReference:
    """The base that is `wanted`; where that is a range of versions, the one langgraph-cli chose from it."""
    if is_legal_tag(wanted.reference) or ":" in wanted.reference:
        return wanted
    chosen = next(line for line in dockerfile.splitlines() if line.startswith("FROM "))
    return parse_reference(chosen.split()[1])


def pinned(dockerfile: str, base: ImageReference) -> str:
    """The base by digest, and no `# syntax=` line, which would make every build fetch a frontend from Docker Hub."""
    lines = [line for line in dockerfile.splitlines() if not line.startswith("# syntax=")]
    return "\n".join(f"FROM {base}" if line.startswith("FROM ") else line for line in lines) + "\n"
