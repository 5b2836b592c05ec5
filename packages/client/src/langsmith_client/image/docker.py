"""The builder that drives `docker buildx`, with the Dockerfile langgraph-cli would generate."""

from __future__ import annotations

import contextlib
import dataclasses
import importlib.util
import json
import os
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from langsmith_client import processes
from langsmith_client.errors import BuildError, RegistryError
from langsmith_client.image.base_image import base_labels, read_base
from langsmith_client.image.docker_config import docker_with_ecr
from langsmith_client.image.dockerfile import base_of, dockerfile_for, pinned
from langsmith_client.image.oci_layout import finished_at, is_archive
from langsmith_client.image.protocol import Built
from langsmith_client.image.staging import stage
from langsmith_client.image_reference import ImageReference
from langsmith_client.registry.client import taken

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from langsmith_client.image.protocol import BuildRequest, Say
    from langsmith_client.project import Project
    from langsmith_client.registry import Registry

# BuildKit's own exporter says the first, docker's the second, above the error.
_PUSHING = re.compile(r"failed to push|^ > pushing ", re.MULTILINE)
_NO_DAEMON = re.compile(r"connect to the docker (API|daemon)", re.IGNORECASE)
_BUILD_TIMEOUT = 3600.0  # seconds
_ASK_TIMEOUT = 10.0  # seconds; a builder that needs longer to say how it is is no use
_NO_PLUGIN = re.compile(r"unknown command|is not a docker command")
_NO_ANSWER = re.compile(r"^Error:", re.MULTILINE)
# Any other builder that is not running is started by the build.
_AWAY = re.compile(r"^Driver:\s+remote$.*^Status:\s+inactive$", re.MULTILINE | re.DOTALL)


@dataclasses.dataclass(frozen=True)
class _Prepared:
    """What docker is given: a folder to build from, a Dockerfile, more folders by name, and labels."""

    context: Path
    dockerfile: str
    contexts: Mapping[str, str]
    labels: Mapping[str, str]

    def argv(self, request: BuildRequest, options: Sequence[str]) -> list[str]:
        argv = ["docker", "buildx", "build", *options, "--platform", request.platform, "--progress", "plain"]
        argv += ["--file", "-", *(["--no-cache"] if request.fresh else [])]
        for name, value in sorted(self.labels.items()):
            argv += ["--label", f"{name}={value}"]
        for name, folder in sorted(self.contexts.items()):
            argv += ["--build-context", f"{name}={folder}"]
        return [*argv, *request.arguments, str(self.context)]


@dataclasses.dataclass(frozen=True)
class DockerBuilder:
    """Builds with BuildKit, so that anything a Dockerfile can do is possible.

    Attributes:
        registry: Asked for the base's digest before and for the image's digest after.
        run: Runs docker.
        environ: Where docker's configuration and AWS's keys are named.
    """

    registry: Registry
    run: processes.Runner = processes.run
    environ: Mapping[str, str] = dataclasses.field(default_factory=lambda: os.environ)
    name: str = "docker"
    takes_arguments: bool = True

    def obstacle(self, project: Project) -> str | None:  # noqa: ARG002 - no project is beyond a Dockerfile
        """See `Builder`."""
        if importlib.util.find_spec("langgraph_cli") is None:
            return "langgraph-cli is not installed (langsmith-client[docker] brings it)"
        try:
            builder = self.run(["docker", "buildx", "inspect"], timeout=_ASK_TIMEOUT)
        except FileNotFoundError:
            return "docker is not installed"
        except TimeoutError:
            return "docker's builder does not answer"
        if builder.exit_code != 0 and _NO_PLUGIN.search(builder.stderr):
            return "docker has no buildx plugin"
        # A builder elsewhere, such as a BuildKit of its own, needs no docker daemon; its absence is no error to buildx.
        said = builder.stdout.decode(errors="replace")
        if builder.exit_code != 0 or _NO_ANSWER.search(said) or _AWAY.search(said):
            return "neither a docker daemon nor another builder of buildx answers"
        return None

    def publish(self, request: BuildRequest, say: Say) -> str:
        """See `Builder`."""
        with self._prepared(request) as prepared:
            metadata = prepared.context.with_name("metadata.json")
            say(f"docker buildx build --push --platform {request.platform}")
            options = ["--push", "--metadata-file", str(metadata), "--tag", str(request.image)]
            try:
                with self._logged_in(request.image.repository.host) as environment:
                    self._build(prepared.argv(request, options), prepared.dockerfile, environment)
            except (BuildError, RegistryError):
                # How a registry with immutable tags says so, and docker after it, differs; nobody had the tag before.
                if (stored := self.registry.digest(request.image)) is not None:
                    raise taken(request.image, stored) from None
                raise
            reported = json.loads(metadata.read_text(encoding="utf-8")).get("containerimage.digest")
        return self._pushed(request.image, reported)

    def build(self, request: BuildRequest, output: Path | None, say: Say) -> Built:
        """See `Builder`; without an `output` the image goes to the daemon, as `<name>:<tag>`."""
        local = f"{request.project.name}:{request.image.reference}"
        with self._prepared(request) as prepared, contextlib.ExitStack() as finished:
            options = ["--load"]
            if output is not None:
                unfinished = finished.enter_context(finished_at(output))
                options = ["--output", f"type=oci,tar={str(is_archive(output)).lower()},dest={unfinished}"]
            say(f"docker buildx build {options[0]} --platform {request.platform}")
            self._build(prepared.argv(request, [*options, "--tag", local]), prepared.dockerfile, {})
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
            request.check_source()
            dockerfile, contexts = dockerfile_for(staged, request.project)
            base = read_base(self.registry, base_of(dockerfile, request.base), request.platform)
            text = pinned(dockerfile, ImageReference(base.name.repository, base.digest))
            yield _Prepared(staged.parent, text, contexts, {**request.labels, **base_labels(base)})

    def _logged_in(self, host: str) -> contextlib.AbstractContextManager[Mapping[str, str]]:
        # Docker keeps logins to ECR for twelve hours at most; ours come from AWS keys, and so shall its own.
        return docker_with_ecr(host, self.environ) if self.registry.is_ecr(host) else contextlib.nullcontext({})

    def _build(self, argv: Sequence[str], dockerfile: str, environment: Mapping[str, str]) -> None:
        try:
            done = self.run(argv, stdin=dockerfile.encode(), env=environment, timeout=_BUILD_TIMEOUT)
        except TimeoutError as error:
            raise BuildError(f"The build did not end: {error}.", "Look at docker's builder.") from None
        if done.exit_code == 0:
            return
        lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
        if _PUSHING.search(done.stderr):
            raise RegistryError(f"docker could not push the image: {lines[-1]}", "Log in with `docker login`.")
        if "--load" in argv and _NO_DAEMON.search(done.stderr):
            raise BuildError("There is no docker daemon to keep the image.", "Start one, or give --output.")
        last = " / ".join(lines[-12:])
        raise BuildError(f"docker could not build the image: {last}", "Correct the failing step.")
