"""Names of images: registry, repository, tag, digest."""

from __future__ import annotations

import dataclasses
import ipaddress
import re

from langsmith_client.errors import ProjectError

_DOCKER_HUB = "docker.io"
_PATH = re.compile(r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*")


@dataclasses.dataclass(frozen=True)
class Repository:
    """A repository of one registry, such as `docker.io` and `langchain/langgraph-api`."""

    host: str
    path: str

    def __str__(self) -> str:
        return f"{self.host}/{self.path}"

    @property
    def base_url(self) -> str:
        """Where the registry's API is. Plain HTTP for loopback addresses only, where nobody listens in."""
        host = "registry-1.docker.io" if self.host == _DOCKER_HUB else self.host
        return f"{'http' if _is_loopback(self.host) else 'https'}://{host}/v2/{self.path}"


@dataclasses.dataclass(frozen=True)
class ImageReference:
    """A repository with a tag, or with a digest (`sha256:...`), as `reference`."""

    repository: Repository
    reference: str

    def __str__(self) -> str:
        return f"{self.repository}{'@' if ':' in self.reference else ':'}{self.reference}"


def parse_repository(text: str) -> Repository:
    """Read `[HOST/]PATH` without tag or digest.

    Raises:
        ProjectError: It is not a repository.
    """
    first, slash, rest = text.partition("/")
    named = bool(slash) and ("." in first or ":" in first or first == "localhost")
    host, path = (first, rest) if named else (_DOCKER_HUB, text)
    if host in {_DOCKER_HUB, "index.docker.io"}:
        host, path = _DOCKER_HUB, path if "/" in path else f"library/{path}"
    if not _PATH.fullmatch(path):
        raise ProjectError(
            [f"{text!r} is not an image repository."],
            "Give registry and path in lowercase without a tag, such as 123.dkr.ecr.us-east-1.amazonaws.com/my-agent; "
            "the tag follows from version and commit.",
        )
    return Repository(host, path)


def parse_reference(text: str) -> ImageReference:
    """Read `[HOST/]PATH[:TAG|@DIGEST]`; without either the tag is `latest`, as in docker.

    Raises:
        ProjectError: It is not an image reference.
    """
    name, _, digest = text.partition("@")
    head, slash, tail = name.rpartition("/")
    tail, _, tag = tail.partition(":")
    return ImageReference(parse_repository(f"{head}{slash}{tail}"), digest or tag or "latest")


def _is_loopback(host: str) -> bool:
    name = host.removeprefix("[").partition("]")[0] if host.startswith("[") else host.rpartition(":")[0] or host
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
