"""Making images without an engine: files and a configuration in, bytes that depend on nothing else out."""

from __future__ import annotations

import dataclasses
import gzip
import io
import tarfile
from typing import TYPE_CHECKING, Any

from langsmith_sandbox.cluster.distribution import (
    NODE_PLATFORM,
    OCI_CONFIG,
    OCI_INDEX,
    OCI_LAYER,
    OCI_MANIFEST,
    Distribution,
    canonical_json,
    sha256,
)
from langsmith_sandbox.cluster.images import RUNTIME_LABEL

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

EPOCH = "1970-01-01T00:00:00Z"
GZIP_LEVEL = 6
# Byte 9 of a gzip header names the system it was made on, and Python versions fill it in differently.
GZIP_SYSTEM_BYTE, UNKNOWN_SYSTEM = 9, 255


@dataclasses.dataclass(frozen=True)
class ImageSpec:
    """An image to make.

    Attributes:
        repository: Path in the registry.
        tag: Tag.
        runtime: Value of the runtime label.
        entrypoint: Program and first arguments.
        env: Variables.
        files: Content by path, without the leading slash; one layer, or none when empty.
        platforms: Operating system and architecture; several make an index.
    """

    repository: str
    tag: str
    runtime: str
    entrypoint: Sequence[str]
    env: Mapping[str, str] = dataclasses.field(default_factory=dict)
    files: Mapping[str, bytes] = dataclasses.field(default_factory=dict)
    platforms: Sequence[tuple[str, str]] = (NODE_PLATFORM,)


def push_image(spec: ImageSpec, distribution: Distribution) -> str:
    """Put the image into the registry unless the same one is there; returns its digest."""
    archive = tar(spec.files) if spec.files else b""
    blobs = [compress(archive)] if archive else []
    diff_ids = [sha256(archive)] if archive else []
    configs = [canonical_json(_configuration(spec, platform, diff_ids)) for platform in spec.platforms]
    manifests = [_manifest(config, blobs) for config in configs]
    top = manifests[0] if len(manifests) == 1 else _index(manifests, spec.platforms)
    digest = sha256(canonical_json(top))
    if distribution.digest_of(spec.repository, spec.tag) == digest:
        return digest
    for blob in (*blobs, *configs):
        distribution.push_blob(spec.repository, blob)
    if top not in manifests:
        for manifest in manifests:
            distribution.push_manifest(spec.repository, sha256(canonical_json(manifest)), manifest)
    return distribution.push_manifest(spec.repository, spec.tag, top)


def tar(files: Mapping[str, bytes]) -> bytes:
    """An archive of regular files in order of their names, owned by root, dated 1970."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for path in sorted(files):
            member = tarfile.TarInfo(path)
            member.size = len(files[path])
            member.mode = 0o644
            archive.addfile(member, io.BytesIO(files[path]))
    return buffer.getvalue()


def compress(content: bytes) -> bytes:
    """Gzip whose bytes are the same on every machine and Python."""
    packed = bytearray(gzip.compress(content, GZIP_LEVEL, mtime=0))
    packed[GZIP_SYSTEM_BYTE] = UNKNOWN_SYSTEM
    return bytes(packed)


def _manifest(config: bytes, blobs: Sequence[bytes]) -> dict[str, Any]:
    return {
        "schemaVersion": 2,
        "mediaType": OCI_MANIFEST,
        "config": _descriptor(OCI_CONFIG, config),
        "layers": [_descriptor(OCI_LAYER, blob) for blob in blobs],
    }


def _index(manifests: Sequence[dict[str, Any]], platforms: Sequence[tuple[str, str]]) -> dict[str, Any]:
    entries = [
        {
            **_descriptor(OCI_MANIFEST, canonical_json(manifest)),
            "platform": {"os": system, "architecture": architecture},
        }
        for manifest, (system, architecture) in zip(manifests, platforms, strict=True)
    ]
    return {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": entries}


def _configuration(spec: ImageSpec, platform: tuple[str, str], diff_ids: Sequence[str]) -> dict[str, Any]:
    system, architecture = platform
    return {
        "created": EPOCH,
        "os": system,
        "architecture": architecture,
        "config": {
            "Entrypoint": list(spec.entrypoint),
            "Env": [f"{name}={value}" for name, value in spec.env.items()],
            "Labels": {RUNTIME_LABEL: spec.runtime},
        },
        "rootfs": {"type": "layers", "diff_ids": list(diff_ids)},
        "history": [{"created": EPOCH, "created_by": "langsmith-sandbox"} for _ in diff_ids],
    }


def _descriptor(media_type: str, content: bytes) -> dict[str, Any]:
    return {"mediaType": media_type, "digest": sha256(content), "size": len(content)}
