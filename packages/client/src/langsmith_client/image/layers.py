"""The builder that needs no daemon: a dependency layer and a source layer on top of the base image."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import hashlib
import tempfile
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from langsmith_client import processes
from langsmith_client.git import GitState
from langsmith_client.image.assemble import image_config, image_manifest
from langsmith_client.image.base_image import BaseImage, base_labels, read_base
from langsmith_client.image.composition import Blob, Composition
from langsmith_client.image.layer import Entry, Layer, write_layer
from langsmith_client.image.oci_layout import write_layout
from langsmith_client.image.own_metadata import metadata_entries
from langsmith_client.image.protocol import Built
from langsmith_client.image.push import push
from langsmith_client.image.runtime_env import runtime_env
from langsmith_client.registry.upload import in_memory

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from langsmith_client.image.protocol import BuildRequest, Say
    from langsmith_client.project import Project
    from langsmith_client.registry import Registry

_DEPS = PurePosixPath("/deps")
# What these ask for has to run commands inside the image.
_NEEDS_ENGINE = ("dockerfile_lines", "node_version", "pip_config_file", "source", "ui")


@dataclasses.dataclass(frozen=True)
class LayersBuilder:
    """Builds for any platform from any machine; the same inputs give the same digest everywhere.

    Attributes:
        registry: Where the base comes from and the image goes to.
        cache: Folder for dependency layers and what is known about base images; safe to delete.
        run: Runs uv.
    """

    registry: Registry
    cache: Path
    run: processes.Runner = processes.run
    name: str = "layers"
    takes_arguments: bool = False

    def obstacle(self, project: Project) -> str | None:
        """See `Builder`."""
        asked = [f"`{key}`" for key in _NEEDS_ENGINE if project.config.values.get(key)]
        if asked:
            return f"{' and '.join(asked)} in {project.config.path.name} must run commands inside the image"
        if "~" in str(project.config.values.get("api_version")):
            return f"the range of `api_version` in {project.config.path.name} is resolved by langgraph-cli only"
        unreadable = [package.name for package in project.packages if not package.installable]
        if unreadable:
            return f"the dependencies of {', '.join(unreadable)} are only known once its setup code runs"
        return None

    def publish(self, request: BuildRequest, say: Say) -> str:
        """See `Builder`."""
        with self._composed(request, say) as image:
            push(image, request.image, self.registry, say)
        return image.manifest.digest

    def build(self, request: BuildRequest, output: Path | None, say: Say) -> Built:
        """See `Builder`; without an `output` the image is made, so that what would fail fails, and let go."""
        with self._composed(request, say) as image:
            if output is not None:
                write_layout(image, request.project.name, request.image.reference, output)
        return Built("built and not kept" if output is None else str(output), image.manifest.digest)

    @contextlib.contextmanager
    def _composed(self, request: BuildRequest, say: Say) -> Iterator[Composition]:
        project = request.project
        env = runtime_env(project.config, project.packages)
        base = read_base(self.registry, request.base, request.platform)
        dependencies = self._dependencies(request, base)
        say(_what(dependencies) if dependencies else "the base image ships every dependency")
        with tempfile.TemporaryDirectory(prefix="langsmith-client-") as folder:
            source = source_layer(project, Path(folder) / "source")
            request.check_source()
            layers = [layer for layer in (dependencies, source) if layer]
            labels = {**request.labels, **base_labels(base)}
            config = image_config(
                base,
                layers,
                env={**env, **_python_path(project, base)},
                labels=labels,
                working_dir=_working_dir(project),
                created=project.git.committed_at if isinstance(project.git, GitState) else 0,
            )
            digest = "sha256:" + hashlib.sha256(config).hexdigest()
            manifest = image_manifest(base, layers, digest, len(config), labels)
            blobs = (
                *(self._inherited(base, descriptor) for descriptor in base.manifest["layers"]),
                *(Blob(layer.digest, layer.size, layer.content, _what(layer)) for layer in layers),
                Blob(digest, len(config), in_memory(config), "the configuration"),
            )
            yield Composition(manifest, blobs)

    def _inherited(self, base: BaseImage, descriptor: Mapping[str, Any]) -> Blob:
        digest = descriptor["digest"]
        content = functools.partial(self.registry.blob_part, base.source, digest)
        return Blob(digest, descriptor["size"], content, "a layer of the base image", base.source)

    def _dependencies(self, request: BuildRequest, base: BaseImage) -> Layer | None:
        # Only a build pays for these imports; most runs find their image in the registry.
        from langsmith_client.image.base_contents import base_contents
        from langsmith_client.image.dependencies import Wanted, dependency_layer, wanted_requirements
        from langsmith_client.image.locks import locked_versions

        project = request.project
        wanted = Wanted(
            requirements=wanted_requirements(project.packages, project.config.dependencies),
            locked=locked_versions(project.packages, request.platform, project.config.python_version),
            contents=base_contents(self.registry, base, self.cache / "bases"),
            base=base.digest,
            platform=request.platform,
            python=project.config.python_version,
            folder=project.directory,
        )
        return dependency_layer(wanted, self.cache / "dependencies", run=self.run, fresh=request.fresh)


def source_layer(project: Project, path: Path) -> Layer:
    """Write the agent's own files as a layer to `path`."""
    return write_layer(
        _source_entries(project), path, owned=_DEPS, comment=f"langsmith-client: source of {project.name}"
    )


def _what(layer: Layer) -> str:
    return layer.comment.partition(": ")[2] or layer.comment


def _source_entries(project: Project) -> Iterator[Entry]:
    for file in project.source.files:
        content = b"" if file.link is not None else file.path
        yield Entry(file.container, content, executable=file.executable, link=file.link)
    for package in project.packages:
        yield from metadata_entries(package)


def _python_path(project: Project, base: BaseImage) -> dict[str, str]:
    # An editable install would add a .pth file; the same folders on PYTHONPATH do without running an installer.
    inherited = [
        line.partition("=")[2]
        for line in base.config.get("config", {}).get("Env") or ()
        if line.startswith("PYTHONPATH=")
    ]
    folders = [*(str(package.import_root) for package in project.packages), *filter(None, inherited)]
    return {"PYTHONPATH": ":".join(folders)} if folders else {}


def _working_dir(project: Project) -> str | None:
    for package in project.packages:
        if package.directory == project.directory.resolve():
            return str(package.container)
    return None
