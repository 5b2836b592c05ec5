"""What ECR refuses, decided without doing anything.

The answers are ECR's own: the challenge and TAG_INVALID as users quote them (mayflower/docker-ls#28,
osscontainertools/kaniko#204), the others from
https://docs.aws.amazon.com/AmazonECR/latest/userguide/common-errors-docker.html.
"""

from __future__ import annotations

import dataclasses
import fnmatch
import re
from typing import Any

from langsmith_sandbox.registry.login import Standing

_PATH = re.compile(r"/v2/(?P<repository>.+)/(?P<kind>manifests|blobs|tags|referrers)/(?P<rest>.*)")
_READING = frozenset({"GET", "HEAD"})


@dataclasses.dataclass(frozen=True)
class Asked:
    """A request of the distribution API.

    Attributes:
        method: HTTP method.
        repository: Its path, empty for requests about the whole registry.
        tag: The tag whose manifest it is about; empty for anything else.
    """

    method: str
    repository: str = ""
    tag: str = ""

    @property
    def reads(self) -> bool:
        """Whether it changes nothing."""
        return self.method in _READING


@dataclasses.dataclass(frozen=True)
class EcrRepository:
    """What the account knows of a repository.

    Attributes:
        mutability: MUTABLE, IMMUTABLE, or either with _WITH_EXCLUSION.
        exclusions: Patterns of tags for which the opposite holds.
    """

    mutability: str
    exclusions: tuple[str, ...] = ()

    def keeps(self, tag: str) -> bool:
        """Whether `tag`, once there, stays what it is."""
        excluded = self.mutability.endswith("_WITH_EXCLUSION") and any(
            fnmatch.fnmatchcase(tag, pattern) for pattern in self.exclusions
        )
        return self.mutability.startswith("IMMUTABLE") != excluded


@dataclasses.dataclass(frozen=True)
class Refusal:
    """An answer in place of the registry's."""

    status: int
    code: str
    message: str

    @property
    def body(self) -> dict[str, Any]:
        """As the distribution API has errors."""
        return {"errors": [{"code": self.code, "message": self.message}]}


def asked(method: str, path: str) -> Asked:
    """What a request is about."""
    match = _PATH.fullmatch(path)
    if match is None:
        return Asked(method)
    named = match["kind"] == "manifests" and not match["rest"].startswith("sha256:")
    return Asked(method, match["repository"], match["rest"] if named else "")


def refusal(request: Asked, standing: Standing, repository: EcrRepository | None, account: str) -> Refusal | None:
    """Why ECR would not let the request through; None when it would.

    What is no repository of the account may be read by anybody: the registry also stands for the public ones.
    """
    if standing is Standing.EXPIRED:
        return Refusal(403, "DENIED", "Your authorization token has expired. Reauthenticate and try again.")
    public = bool(request.repository) and repository is None and request.reads
    if standing is Standing.ANONYMOUS and not public:
        return Refusal(401, "UNAUTHORIZED", "Not Authorized")
    if request.repository and repository is None and not public:
        return Refusal(
            404,
            "NAME_UNKNOWN",
            f"The repository with name '{request.repository}' does not exist in the registry with id '{account}'",
        )
    return None


def loses(method: str, content_range: str) -> bool:
    """Whether ECR answers a piece of an upload with success and throws it away: every chunk but the first.

    aws/containers-roadmap#2831; the upload then fails at its last request, for the digest is another.
    """
    return method == "PATCH" and content_range.removeprefix("bytes=").partition("-")[0] not in {"", "0"}


def tag_taken(request: Asked) -> Refusal:
    """A tag of an immutable repository exists and stands for another image."""
    return Refusal(
        400,
        "TAG_INVALID",
        f"The image tag '{request.tag}' already exists in the '{request.repository}' repository and cannot be "
        "overwritten because the tag is immutable.",
    )
