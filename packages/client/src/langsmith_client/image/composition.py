"""An image that is ready to go somewhere: its manifest, and where the bytes of its blobs are."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from langsmith_client.image_reference import Repository
    from langsmith_client.manifest import Manifest
    from langsmith_client.registry.upload import Content


@dataclasses.dataclass(frozen=True)
class Blob:
    """One blob of an image.

    Attributes:
        digest: `sha256:...`.
        size: Bytes.
        content: Reads its bytes.
        what: What it is, for people.
        source: The repository that has it already, for a layer of the base image.
    """

    digest: str
    size: int
    content: Content
    what: str
    source: Repository | None = None


@dataclasses.dataclass(frozen=True)
class Composition:
    """A manifest and all that it refers to."""

    manifest: Manifest
    blobs: tuple[Blob, ...]
