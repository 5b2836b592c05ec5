"""A client of an OCI registry on loopback: manifests and blobs, every byte checked against its digest."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import httpx2

from langsmith_sandbox.cluster.errors import ImageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
OCI_INDEX = "application/vnd.oci.image.index.v1+json"
OCI_CONFIG = "application/vnd.oci.image.config.v1+json"
OCI_LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
DOCKER_INDEX = "application/vnd.docker.distribution.manifest.list.v2+json"
# A registry answers 404 for a manifest whose media type the client did not say it accepts.
ACCEPT = ", ".join((OCI_MANIFEST, OCI_INDEX, DOCKER_MANIFEST, DOCKER_INDEX))
INDEXES = frozenset({OCI_INDEX, DOCKER_INDEX})
TIMEOUT_SECONDS = 60.0
NODE_PLATFORM = ("linux", "amd64")


def sha256(content: bytes) -> str:
    """The content's digest, ``sha256:`` in front."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


class Distribution:
    """Requests to one registry.

    Args:
        registry: ``host:port``.
        http: A client to use instead of a real connection, for tests.
    """

    def __init__(self, registry: str, *, http: httpx2.Client | None = None) -> None:
        self._http = http or httpx2.Client(
            base_url=f"http://{registry}", timeout=TIMEOUT_SECONDS, follow_redirects=True, trust_env=False
        )

    def resolve(
        self, repository: str, version: str, *, shown: str, architecture: str = NODE_PLATFORM[1]
    ) -> tuple[str, dict[str, Any]]:
        """The digest a tag or digest stands for, and the manifest of the node's platform.

        Args:
            repository: Path in the registry.
            version: Tag or digest.
            shown: The reference as the Pod wrote it, for messages.
            architecture: Of the node.

        Raises:
            ImageError: It is not there, the registry cannot be asked, or the bytes are not what the digest says.
        """
        body, media_type = self._manifest(repository, version, shown)
        digest = sha256(body)
        if version.startswith("sha256:") and digest != version:
            raise ImageError(f"{_failed(shown)}: manifest digest mismatch: expected {version}, got {digest}")
        manifest = json.loads(body)
        if media_type in INDEXES or manifest.get("mediaType") in INDEXES:
            chosen = _for_node(manifest, architecture, shown)
            _, manifest = self.resolve(repository, chosen, shown=shown, architecture=architecture)
        return digest, manifest

    def blob(self, repository: str, digest: str) -> bytes:
        """A small blob, whole.

        Raises:
            ImageError: It is missing or damaged.
        """
        content = b"".join(self._blob_chunks(repository, digest))
        if sha256(content) != digest:
            raise ImageError(f"blob {digest} of {repository} is damaged: its content has another digest")
        return content

    def download(self, repository: str, digest: str, into: Path) -> None:
        """A large blob into a file.

        Raises:
            ImageError: It is missing or damaged.
        """
        hasher = hashlib.sha256()
        with into.open("wb") as file:
            for chunk in self._blob_chunks(repository, digest):
                hasher.update(chunk)
                file.write(chunk)
        if f"sha256:{hasher.hexdigest()}" != digest:
            raise ImageError(f"blob {digest} of {repository} is damaged: its content has another digest")

    def digest_of(self, repository: str, version: str) -> str | None:
        """The digest a tag stands for; None when there is no such tag."""
        answer = self._http.head(f"/v2/{repository}/manifests/{version}", headers={"Accept": ACCEPT})
        return answer.headers.get("Docker-Content-Digest") if answer.is_success else None

    def push_blob(self, repository: str, content: bytes) -> dict[str, Any]:
        """Upload a blob unless it is there; its digest and size, as a descriptor without media type."""
        digest = sha256(content)
        descriptor = {"digest": digest, "size": len(content)}
        if self._http.head(f"/v2/{repository}/blobs/{digest}").is_success:
            return descriptor
        opened = self._http.post(f"/v2/{repository}/blobs/uploads/")
        opened.raise_for_status()
        # The location may be relative, and may hold a query that has to be kept.
        location = opened.url.join(opened.headers["Location"]).copy_add_param("digest", digest)
        headers = {"Content-Type": "application/octet-stream"}
        self._http.put(location, content=content, headers=headers).raise_for_status()
        return descriptor

    def push_manifest(self, repository: str, tag: str, manifest: dict[str, Any]) -> str:
        """Upload a manifest under a tag; returns its digest."""
        body = canonical_json(manifest)
        headers = {"Content-Type": manifest["mediaType"]}
        self._http.put(f"/v2/{repository}/manifests/{tag}", content=body, headers=headers).raise_for_status()
        return sha256(body)

    def _manifest(self, repository: str, version: str, shown: str) -> tuple[bytes, str]:
        try:
            answer = self._http.get(f"/v2/{repository}/manifests/{version}", headers={"Accept": ACCEPT})
        except httpx2.HTTPError as problem:
            detail = f"failed to do request: {type(problem).__name__}"
            raise ImageError(f'{_failed(shown)}: failed to resolve reference "{shown}": {detail}') from problem
        if answer.status_code == 404:
            prefix = "rpc error: code = NotFound desc = "
            raise ImageError(f'{prefix}{_failed(shown)}: failed to resolve reference "{shown}": {shown}: not found')
        if not answer.is_success:
            detail = f"unexpected status from GET request: {answer.status_code} {answer.reason_phrase}"
            raise ImageError(f'{_failed(shown)}: failed to resolve reference "{shown}": {detail}')
        return answer.content, answer.headers.get("Content-Type", "")

    def _blob_chunks(self, repository: str, digest: str) -> Iterator[bytes]:
        try:
            with self._http.stream("GET", f"/v2/{repository}/blobs/{digest}") as answer:
                if not answer.is_success:
                    raise ImageError(f"blob {digest} of {repository}: the registry answered {answer.status_code}")
                yield from answer.iter_bytes()
        except httpx2.HTTPError as problem:
            raise ImageError(f"blob {digest} of {repository}: {type(problem).__name__}") from problem


def canonical_json(value: Any) -> bytes:
    """JSON whose bytes depend on the value alone."""
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def _failed(shown: str) -> str:
    return f'failed to pull and unpack image "{shown}"'


def _for_node(index: dict[str, Any], architecture: str, shown: str) -> str:
    for entry in index.get("manifests", ()):
        platform = entry.get("platform", {})
        if (platform.get("os"), platform.get("architecture")) == (NODE_PLATFORM[0], architecture):
            return entry["digest"]
    raise ImageError(f"{_failed(shown)}: no match for platform in manifest: not found")
