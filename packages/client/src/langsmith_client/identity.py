"""Where a deployed image comes from, as its own labels tell: what is not said there is unknown, never guessed."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import re
import threading
from typing import TYPE_CHECKING, Any

from langsmith_client.errors import ClientError, ProjectError, RegistryError
from langsmith_client.image.base_image import platform_of
from langsmith_client.image.publish import DIRTY_LABEL, INPUTS_LABEL, TAG_LABEL
from langsmith_client.image_reference import ImageReference, parse_reference
from langsmith_client.manifest import INDEX_TYPES, Manifest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from langsmith_client.registry import Registry

_PREFIX = "org.opencontainers.image"
# Entries of an index that are no images: what docker buildx attests about the others.
_NO_PLATFORM = "unknown"
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


@dataclasses.dataclass(frozen=True)
class Identity:
    """What is known about one image; None is unknown.

    Attributes:
        digest: `sha256:...`.
        tag: The tag it was made for.
        commit: Full hash.
        version: Of the agent.
        dirty: Whether it was built from files that differ from the commit.
        inputs: Digest of everything that was built, as 64 hex digits.
        created: Time of the commit, ISO 8601.
        source: Web address of the repository.
        base: Image it was built on, as the agent names it.
        base_digest: Digest of that image for `platform`.
        platform: Such as `linux/amd64`.
        problem: Why the labels are unknown, as a sentence; empty when they were read.
    """

    digest: str | None = None
    tag: str | None = None
    commit: str | None = None
    version: str | None = None
    dirty: bool | None = None
    inputs: str | None = None
    created: str | None = None
    source: str | None = None
    base: str | None = None
    base_digest: str | None = None
    platform: str | None = None
    problem: str = ""

    @property
    def shown(self) -> str:
        """The shortest words that tell it from others: tag, else commit, else what is wrong."""
        if self.tag:
            return self.tag
        if self.commit:
            return self.commit[:12] + ("-dirty" if self.dirty else "")
        return "unknown"


class Identities:
    """Reads the labels of images, each digest once and for all.

    Safe to share between threads. A registry that cannot be reached is asked once, not once for each image.

    Args:
        registry: Where the images are.
        cache: Folder in which labels are kept by digest.
    """

    def __init__(self, registry: Registry, cache: Path) -> None:
        self._registry = registry
        self._cache = cache
        self._closed: dict[str, str] = {}

    def of(self, image: str | None) -> Identity:
        """The identity of `image`, given as `repository@sha256:...`; never raises for what a registry does."""
        if not image:
            return Identity(problem="The target does not say which image it runs.")
        try:
            reference = parse_reference(image)
        except ProjectError as error:
            return Identity(problem=error.what)
        if not reference.reference.startswith("sha256:"):
            return Identity(tag=reference.reference, problem="It is deployed by tag, and what a tag means can change.")
        if not _DIGEST.fullmatch(reference.reference):  # it is going to name a file
            return Identity(problem=f"{reference.reference!r} is not a digest.")
        if remembered := self._remembered(reference.reference):
            return _identity(reference.reference, **remembered)
        host = reference.repository.host
        if host in self._closed:
            return Identity(reference.reference, problem=self._closed[host])
        try:
            labels, platform = self._read(reference)
        except (ClientError, LookupError, TypeError, ValueError) as error:
            return Identity(reference.reference, problem=self._problem(host, error))
        self._remember(reference.reference, {"labels": labels, "platform": platform})
        return _identity(reference.reference, labels, platform)

    def _read(self, image: ImageReference) -> tuple[dict[str, str], str]:
        manifest = self._registry.manifest(image)
        if manifest.media_type in INDEX_TYPES:
            manifest = self._registry.manifest(ImageReference(image.repository, _first_image(manifest)))
        config = json.loads(self._registry.blob(image.repository, manifest.values["config"]["digest"]))
        platform = platform_of(config) if "architecture" in config else ""
        return dict(config.get("config", {}).get("Labels") or {}), platform

    def _problem(self, host: str, error: Exception) -> str:
        if not isinstance(error, RegistryError):
            return "The registry's answer is not that of an image."
        if error.status == 404:
            return "The registry no longer has it."
        self._closed[host] = error.what  # a broken line or a refused login concerns every image there
        return error.what

    def _remembered(self, digest: str) -> dict[str, Any] | None:
        try:
            found = json.loads(self._file(digest).read_text(encoding="utf-8"))
            return {"labels": dict(found["labels"]), "platform": str(found["platform"])}
        except (OSError, ValueError, LookupError, TypeError):
            return None

    def _remember(self, digest: str, values: Mapping[str, Any]) -> None:
        path = self._file(digest)
        fresh = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}")
        with contextlib.suppress(OSError):  # who only looks must not fail for want of a place to remember
            path.parent.mkdir(parents=True, exist_ok=True)
            fresh.write_text(json.dumps(values), encoding="utf-8")
            fresh.replace(path)

    def _file(self, digest: str) -> Path:
        return self._cache / f"{digest.removeprefix('sha256:')}.json"


def _first_image(index: Manifest) -> str:
    """One image's digest: all that an index binds are built from the same commit."""
    return next(
        entry["digest"]
        for entry in index.values["manifests"]
        if entry.get("platform", {}).get("architecture") != _NO_PLATFORM
    )


def _identity(digest: str, labels: Mapping[str, str], platform: str) -> Identity:
    dirty = labels.get(DIRTY_LABEL)
    return Identity(
        digest=digest,
        tag=labels.get(TAG_LABEL),
        commit=labels.get(f"{_PREFIX}.revision") or None,
        version=labels.get(f"{_PREFIX}.version"),
        dirty=None if dirty is None else dirty == "true",
        inputs=labels.get(INPUTS_LABEL),
        created=labels.get(f"{_PREFIX}.created"),
        source=labels.get(f"{_PREFIX}.source") or None,
        base=labels.get(f"{_PREFIX}.base.name"),
        base_digest=labels.get(f"{_PREFIX}.base.digest"),
        platform=platform or None,
    )
