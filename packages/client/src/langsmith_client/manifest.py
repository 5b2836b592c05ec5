"""Image manifests as registries store them."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from typing import Any

OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
OCI_INDEX = "application/vnd.oci.image.index.v1+json"
DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
INDEX_TYPES = frozenset({OCI_INDEX, DOCKER_LIST})
MANIFEST_TYPES = (OCI_MANIFEST, OCI_INDEX, DOCKER_MANIFEST, DOCKER_LIST)


@dataclasses.dataclass(frozen=True)
class Manifest:
    """A manifest as stored: its bytes are what its digest is about."""

    content: bytes
    media_type: str

    @property
    def digest(self) -> str:
        """`sha256:<64 hex>`."""
        return "sha256:" + hashlib.sha256(self.content).hexdigest()

    @property
    def values(self) -> dict[str, Any]:
        """The parsed JSON."""
        return json.loads(self.content)
