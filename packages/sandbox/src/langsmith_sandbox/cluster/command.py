"""From an image and a container's specification to the process that stands for the container."""

from __future__ import annotations

import dataclasses
import os
import shutil
from typing import TYPE_CHECKING

from langsmith_sandbox.cluster.distribution import NODE_PLATFORM
from langsmith_sandbox.cluster.editable import editable_folders
from langsmith_sandbox.cluster.environment import expand
from langsmith_sandbox.cluster.errors import ContainerStartError
from langsmith_sandbox.cluster.images import RUNTIME_LABEL, Image
from langsmith_sandbox.cluster.quantities import parse_quantity
from langsmith_sandbox.cluster.runtime import Command

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from langsmith_sandbox.cluster.api import Json
    from langsmith_sandbox.cluster.path_map import PathMap

# Nothing else of the node agent's environment reaches a container: no credentials, no settings of whoever started it.
# The world's identity is what the supervisor finds left-over processes by.
INHERITED = (
    "PATH",
    "LANG",
    "LC_ALL",
    "TZ",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "REQUESTS_CA_BUNDLE",
    "LANGSMITH_SANDBOX_WORLD",
)
PYTHON_NAMES = frozenset({"python", "python3", "python3.11", "/usr/local/bin/python", "/usr/bin/python3"})
SITE_PACKAGES = "usr/local/lib/python3.11/site-packages"
POD_IP_VARIABLE = "LANGSMITH_SANDBOX_POD_IP"
# The tools every usual base image has; they are the machine's own here.
TOOL_FOLDERS = ("/bin", "/usr/bin")


@dataclasses.dataclass(frozen=True)
class Interpreters:
    """Python by runtime label: ``sandbox`` for stand-in programs, ``agent-server`` for agents."""

    sandbox: Path
    agent_server: Path | None

    def for_image(self, image: Image) -> Path:
        """The Python that runs an image.

        Raises:
            ContainerStartError: This node can run no image without the label, or has no agent server.
        """
        if image.runtime == "sandbox":
            return self.sandbox
        if image.runtime != "agent-server":
            raise ContainerStartError(
                f"image {image.reference} is not labelled {RUNTIME_LABEL}, and a sandbox node runs labelled images only"
            )
        if self.agent_server is None:
            raise ContainerStartError(f"image {image.reference} needs the agent server, which this node was not given")
        return self.agent_server


@dataclasses.dataclass(frozen=True)
class Surroundings:
    """What the node adds to one container.

    Attributes:
        pod_ip: The Pod's own loopback address.
        folder: The container's private folder.
        paths: Where its volumes and the image's files are.
        extra: Variables of the node, such as ``KUBECONFIG``.
        architecture: Of the node's processor.
        machine: The node agent's environment, of which only a few names are passed on.
    """

    pod_ip: str
    folder: Path
    paths: PathMap
    extra: Mapping[str, str]
    machine: Mapping[str, str] = dataclasses.field(default_factory=lambda: dict(os.environ))
    architecture: str = NODE_PLATFORM[1]


def build_command(
    image: Image, container: Json, declared: Mapping[str, str], interpreters: Interpreters, around: Surroundings
) -> Command:
    """The process of a container.

    Args:
        image: Its image.
        container: Its specification.
        declared: Its resolved ``env`` and ``envFrom``.
        interpreters: The Pythons of this node.
        around: Its place on this node.

    Raises:
        ContainerStartError: This node cannot run the image, or the program is not in it.
    """
    if image.architecture not in {"", around.architecture}:
        return _foreign(_words(image, container), around)
    interpreter = interpreters.for_image(image)
    env = _environment(image, declared, interpreter, around)
    argv = [expand(word, env) for word in _words(image, container)]
    if not argv:
        raise ContainerStartError("no command specified")
    program = _program(argv[0], interpreter, around.paths)
    arguments = [around.paths.translate_argument(word) for word in argv[1:]]
    return Command((*program, *arguments), env, _working_directory(image, container, around), _memory_limit(container))


def _foreign(words: list[str], around: Surroundings) -> Command:
    """What a real node makes of a program for another processor.

    It pulls such an image without a word, since a manifest outside an index names no platform; the kernel refuses the
    program, and runc's last words are all there is in the log.
    """
    program = words[0] if words else "/bin/sh"
    shown = program if "/" in program else f"/usr/local/bin/{program}"
    last_words = 'echo "exec $0: exec format error" >&2; exit 255'
    return Command(("/bin/sh", "-c", last_words, shown), {"PATH": ":".join(TOOL_FOLDERS)}, around.folder)


def _memory_limit(container: Json) -> int | None:
    limit = ((container.get("resources") or {}).get("limits") or {}).get("memory")
    return int(parse_quantity(limit)) if limit else None


def resolve_program(argv: list[str], image: Image, interpreters: Interpreters, paths: PathMap) -> tuple[str, ...]:
    """The argument list of an exec probe, with its program found as the container's own would be.

    Raises:
        ContainerStartError: There is no such program in the image.
    """
    return (*_program(argv[0], interpreters.for_image(image), paths), *argv[1:])


def _words(image: Image, container: Json) -> list[str]:
    # A command in the Pod replaces the image's arguments as well, even when the Pod gives none of its own.
    if command := container.get("command"):
        return [*command, *(container.get("args") or ())]
    return [*(image.config.get("Entrypoint") or ()), *(container.get("args") or image.config.get("Cmd") or ())]


def _program(name: str, interpreter: Path, paths: PathMap) -> tuple[str, ...]:
    if name in PYTHON_NAMES:
        return (str(interpreter),)
    if "/" in name:
        located = paths.locate(name) if name.startswith("/") else None
        if located is not None and os.access(located, os.X_OK):
            return (str(located),)
        if name.startswith(TOOL_FOLDERS) and os.access(name, os.X_OK):
            return (name,)
        raise ContainerStartError(f'exec: "{name}": stat {name}: no such file or directory')
    for folder in ("usr/local/bin", "usr/bin", "bin"):
        if os.access(paths.root / folder / name, os.X_OK):
            return (str(paths.root / folder / name),)
    if found := shutil.which(name, path=":".join(TOOL_FOLDERS)):
        return (found,)
    raise ContainerStartError(f'exec: "{name}": executable file not found in $PATH')


def _environment(image: Image, declared: Mapping[str, str], interpreter: Path, around: Surroundings) -> dict[str, str]:
    env = {name: around.machine[name] for name in INHERITED if name in around.machine}
    path = f"{interpreter.parent}:{env.get('PATH', ':'.join(TOOL_FOLDERS))}"
    given = {**image.env, **declared}
    given.pop("PATH", None)
    env |= {name: around.paths.translate_variable(name, value) for name, value in given.items()}
    env |= {"PATH": path, "HOME": declared.get("HOME", str(around.folder)), POD_IP_VARIABLE: around.pod_ip}
    env |= {name: value for name, value in around.extra.items() if name not in declared}
    # Byte code would be written into the image that all containers share.
    env["PYTHONDONTWRITEBYTECODE"] = "1"
    packages = around.paths.root / SITE_PACKAGES
    entries = [*env.get("PYTHONPATH", "").split(":"), str(packages) if packages.is_dir() else ""]
    entries += [str(found) for folder in editable_folders(packages) if (found := around.paths.locate(folder))]
    if python_path := ":".join(entry for entry in entries if entry):
        env["PYTHONPATH"] = python_path
    return env


def _working_directory(image: Image, container: Json, around: Surroundings) -> Path:
    """A private copy of the working directory, since programs write there and the image is shared."""
    wanted = container.get("workingDir") or image.config.get("WorkingDir") or "/"
    for mount in around.paths.mounts:
        if wanted.rstrip("/") == mount.rstrip("/"):
            return around.paths.mounts[mount]
    private = around.folder / "workdir"
    if not private.exists():
        original = around.paths.locate(wanted)
        if original is not None and original.is_dir():
            shutil.copytree(original, private, symlinks=True)
        else:
            private.mkdir(parents=True)
    return private
