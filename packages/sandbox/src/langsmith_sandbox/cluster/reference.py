"""Image references: what a Pod names, and where the sandbox's nodes look for it."""

from __future__ import annotations

import dataclasses
import re

from langsmith_sandbox.cluster.errors import ImageError

DEFAULT_HOST = "docker.io"
_REFERENCE = re.compile(r"(?P<name>[^@\s]+?)(?::(?P<tag>[\w][\w.-]{0,127}))?(?:@(?P<digest>sha256:[0-9a-f]{64}))?")
_REPOSITORY = re.compile(r"[a-z0-9]+(?:[._/-]+[a-z0-9]+)*")


@dataclasses.dataclass(frozen=True)
class ImageReference:
    """A reference in its full form.

    Attributes:
        host: Registry, ``docker.io`` when the reference names none.
        repository: Path, with ``library/`` in front of Docker Hub's single names.
        tag: Tag, ``latest`` when neither tag nor digest is named; empty with a digest alone.
        digest: ``sha256:...``, or empty.
    """

    host: str
    repository: str
    tag: str
    digest: str

    @classmethod
    def parse(cls, text: str) -> ImageReference:
        """Read a reference.

        Raises:
            ImageError: It is not one.
        """
        match = _REFERENCE.fullmatch(text)
        if match is None:
            raise _invalid(text)
        first, slash, rest = match["name"].partition("/")
        named_host = slash and ("." in first or ":" in first or first == "localhost")
        host, repository = (first, rest) if named_host else (DEFAULT_HOST, match["name"])
        if not _REPOSITORY.fullmatch(repository):
            raise _invalid(text)
        if host == DEFAULT_HOST and "/" not in repository:
            repository = f"library/{repository}"
        digest = match["digest"] or ""
        return cls(host, repository, match["tag"] or ("" if digest else "latest"), digest)

    @property
    def version(self) -> str:
        """What to ask the registry for: the digest if there is one, else the tag."""
        return self.digest or self.tag

    @property
    def is_latest(self) -> bool:
        """Whether Kubernetes' default pull policy for it is ``Always``."""
        return not self.digest and self.tag == "latest"

    def __str__(self) -> str:
        tag = f":{self.tag}" if self.tag else ""
        digest = f"@{self.digest}" if self.digest else ""
        return f"{self.host}/{self.repository}{tag}{digest}"


def _invalid(text: str) -> ImageError:
    return ImageError(
        f'Failed to apply default image tag "{text}": couldn\'t parse image name "{text}": invalid reference format',
        reason="InvalidImageName",
    )
