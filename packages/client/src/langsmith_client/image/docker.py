"""The builder that drives `docker buildx`, with the Dockerfile langgraph-cli would generate."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from langsmith_client import processes
from langsmith_client.errors import BuildError, RegistryError
from langsmith_client.image.base_image import base_labels, read_base
from langsmith_client.image.protocol import Built
from langsmith_client.image_reference import ImageReference, parse_reference
from langsmith_client.registry.client import taken
from langsmith_client.tag import is_legal_tag

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from langsmith_client.image.protocol import BuildRequest, Say
    from langsmith_client.project import Project
    from langsmith_client.registry import Registry

_BUILD_TIMEOUT = 3600.0  # seconds
_ASK_TIMEOUT = 10.0  # seconds; a daemon that needs longer to say its version is no use


@dataclasses.dataclass(frozen=True)
class _Prepared:
    """What docker is given: a folder to build from, a Dockerfile, more folders by name, and labels."""

    context: Path
    dockerfile: str
    contexts: Mapping[str, str]
    labels: Mapping[str, str]

    def argv(self, request: BuildRequest, options: Sequence[str]) -> list[str]:
        argv = ["docker", "buildx", "build", *options, "--platform", request.platform, "--progress", "plain"]
        argv += ["--file", "-"]
        for name, value in sorted(self.labels.items()):
            argv += ["--label", f"{name}={value}"]
        for name, folder in sorted(self.contexts.items()):
            argv += ["--build-context", f"{name}={folder}"]
        return [*argv, *request.arguments, str(self.context)]


@dataclasses.dataclass(frozen=True)
class DockerBuilder:
    """Builds with a daemon, so that anything a Dockerfile can do is possible.

    Attributes:
        registry: Asked for the base's digest before and for the image's digest after.
        run: Runs docker.
    """

    registry: Registry
    run: processes.Runner = processes.run
    name: str = "docker"
    takes_arguments: bool = True

    def obstacle(self, project: Project) -> str | None:  # noqa: ARG002 - no project is beyond a Dockerfile
        """See `Builder`."""
        try:
            daemon = self.run(["docker", "version", "--format", "{{.Server.Version}}"], timeout=_ASK_TIMEOUT)
            buildx = self.run(["docker", "buildx", "version"], timeout=_ASK_TIMEOUT)
        except FileNotFoundError:
            return "docker is not installed"
        except TimeoutError:
            return "the docker daemon does not answer"
        if daemon.exit_code != 0:
            return "no docker daemon answers"
        return "docker has no buildx plugin" if buildx.exit_code != 0 else None

    def publish(self, request: BuildRequest, say: Say) -> str:
        """See `Builder`."""
        with self._prepared(request) as prepared:
            metadata = prepared.context.with_name("metadata.json")
            say(f"docker buildx build --push --platform {request.platform}")
            options = ["--push", "--metadata-file", str(metadata), "--tag", str(request.image)]
            try:
                self._build(prepared.argv(request, options), prepared.dockerfile)
            except RegistryError:
                # What a registry with immutable tags says to docker differs; what the tag stands for does not.
                if (stored := self.registry.digest(request.image)) is not None:
                    raise taken(request.image, stored) from None
                raise
            reported = json.loads(metadata.read_text(encoding="utf-8")).get("containerimage.digest")
        return self._pushed(request.image, reported)

    def build(self, request: BuildRequest, output: Path | None, say: Say) -> Built:
        """See `Builder`; without an `output` the image goes to the daemon, as `<name>:<tag>`."""
        local = f"{request.project.name}:{request.image.reference}"
        with self._prepared(request) as prepared:
            options = ["--load"] if output is None else ["--output", f"type=oci,dest={output}"]
            say(f"docker buildx build {' '.join(options)} --platform {request.platform}")
            self._build(prepared.argv(request, [*options, "--tag", local]), prepared.dockerfile)
        return Built(f"docker has it as {local}" if output is None else str(output))

    def _pushed(self, image: ImageReference, reported: str | None) -> str:
        """The registry's digest of what docker says it pushed.

        With BuildKit's own store docker reports the manifest, with the daemon's the configuration. Whatever else the
        tag stands for came from somebody else.
        """
        if reported is None:
            raise BuildError("docker did not say which image it pushed.", "Update docker's buildx plugin.")
        if self.registry.find_manifest(ImageReference(image.repository, reported)) is not None:
            return reported
        stored = self.registry.find_manifest(image)
        if stored is None:
            raise RegistryError(f"docker reported success, but {image} is not in the registry.", "Try again.")
        if stored.values.get("config", {}).get("digest") == reported:
            return stored.digest
        raise taken(image, stored.digest, reported)

    @contextlib.contextmanager
    def _prepared(self, request: BuildRequest) -> Iterator[_Prepared]:
        with tempfile.TemporaryDirectory(prefix="langsmith-client-") as folder:
            staged = stage(request.project, Path(folder) / "context")
            dockerfile, contexts = dockerfile_for(staged, request.project)
            base = read_base(self.registry, _base(request, dockerfile), request.platform)
            pinned = _pinned(dockerfile, ImageReference(base.name.repository, base.digest))
            yield _Prepared(staged.parent, pinned, contexts, {**request.labels, **base_labels(base)})

    def _build(self, argv: Sequence[str], dockerfile: str) -> None:
        try:
            done = self.run(argv, stdin=dockerfile.encode(), timeout=_BUILD_TIMEOUT)
        except TimeoutError as error:
            raise BuildError(f"The build did not end: {error}.", "Look at the docker daemon.") from None
        if done.exit_code == 0:
            return
        last = " / ".join(line.strip() for line in done.stderr.splitlines()[-12:] if line.strip())
        if "failed to push" in done.stderr:
            raise RegistryError(f"docker could not push the image: {last}", "Log in with `docker login`.")
        raise BuildError(f"docker could not build the image: {last}", "Correct the failing step.")


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


def _base(request: BuildRequest, dockerfile: str) -> ImageReference:
    """The base that was asked for; where that is a range of versions, the one langgraph-cli chose from it."""
    if is_legal_tag(request.base.reference) or ":" in request.base.reference:
        return request.base
    chosen = next(line for line in dockerfile.splitlines() if line.startswith("FROM "))
    return parse_reference(chosen.split()[1])


def _pinned(dockerfile: str, base: ImageReference) -> str:
    """The base by digest, and no `# syntax=` line, which would make every build fetch a frontend from Docker Hub."""
    lines = [line for line in dockerfile.splitlines() if not line.startswith("# syntax=")]
    return "\n".join(f"FROM {base}" if line.startswith("FROM ") else line for line in lines) + "\n"
