"""A small client of the OCI distribution API: manifests, blobs, mounts.

https://github.com/opencontainers/distribution-spec/blob/main/spec.md
"""

from __future__ import annotations

import contextlib
import hashlib
import time
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Self

from langsmith_client.errors import ConflictError, RegistryError
from langsmith_client.image_reference import ImageReference, Repository
from langsmith_client.manifest import MANIFEST_TYPES, Manifest
from langsmith_client.registry.answers import check
from langsmith_client.registry.connection import TIMEOUT, TRIES, Connection
from langsmith_client.registry.upload import CHUNK, Content, upload

if TYPE_CHECKING:
    import httpx2

    from langsmith_client.registry.logins import Logins

# Without all four a registry hides what it holds of the others behind a 404.
_ACCEPT = {"Accept": ", ".join(MANIFEST_TYPES)}
# By these, different vendors say that a tag exists and stays; ECR's is 400 with TAG_INVALID.
_MAYBE_IMMUTABLE = frozenset({400, 403, 405, 409, 412})


class Registry:
    """All registries one command talks to; may be used from several threads.

    Args:
        logins: Credentials by registry.
        mirrors: Registry host to the host that is asked in its place when reading base images.
        transport: Replaces the network, for tests.
        sleep: Waits between tries; seconds.
        tries: Requests that are made before trouble counts as lasting.
        timeout: Seconds for each read and write of a connection.
    """

    def __init__(
        self,
        logins: Logins,
        *,
        mirrors: Mapping[str, str] | None = None,
        transport: httpx2.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
        tries: int = TRIES,
        timeout: float = TIMEOUT,
    ) -> None:
        self._mirrors = dict(mirrors or {})
        self._connection = Connection(logins, transport=transport, sleep=sleep, tries=tries, timeout=timeout)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str], *, tries: int = TRIES, timeout: float = TIMEOUT) -> Self:
        """With docker's and AWS's logins and the mirrors that `environ` leads to.

        Raises:
            ProjectError: The variable of the mirrors is malformed.
        """
        from langsmith_client.registry.ecr import RegistryLogins
        from langsmith_client.settings import registry_mirrors

        return cls(RegistryLogins.of(environ), mirrors=registry_mirrors(environ), tries=tries, timeout=timeout)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def through_mirror(self, image: ImageReference) -> ImageReference:
        """Where `image` is read from: itself, or the same path on a mirror."""
        host = self._mirrors.get(image.repository.host)
        return image if host is None else ImageReference(Repository(host, image.repository.path), image.reference)

    def knows(self, repository: Repository) -> bool:
        """Whether the repository exists, as far as the login may see."""
        answer = self._connection.send("GET", repository, "tags/list", params={"n": "1"})
        if answer.status_code == 404:
            return False
        check(answer, repository, "look for the repository")
        return True

    def digest(self, image: ImageReference) -> str | None:
        """The digest behind a tag, or None when the registry has no such tag."""
        answer = self._connection.send("HEAD", image.repository, f"manifests/{image.reference}", headers=_ACCEPT)
        if answer.status_code == 404:
            return None
        check(answer, image.repository, "look for an image")
        # ECR leaves the header out at times, and then only the bytes tell.
        return answer.headers.get("Docker-Content-Digest") or self.manifest(image).digest

    def manifest(self, image: ImageReference) -> Manifest:
        """Read a manifest or an index.

        Raises:
            RegistryError: There is none, or its bytes are not what the digest says.
        """
        found = self.find_manifest(image)
        if found is None:
            raise RegistryError(
                f"The registry {image.repository.host} has no {image} (404).",
                f"Check that the repository {image.repository.path} exists.",
                status=404,
            )
        return found

    def find_manifest(self, image: ImageReference) -> Manifest | None:
        """The manifest or index behind a tag or digest, or None when there is none.

        Raises:
            RegistryError: The answer is no manifest, or its bytes are not what the digest says.
        """
        answer = self._connection.send("GET", image.repository, f"manifests/{image.reference}", headers=_ACCEPT)
        if answer.status_code == 404:
            return None
        check(answer, image.repository, f"read {image}")
        manifest = Manifest(answer.content, answer.headers.get("Content-Type", "").partition(";")[0])
        if manifest.media_type not in MANIFEST_TYPES:
            raise RegistryError(
                f"{image.repository.host} gave {manifest.media_type or 'no type at all'} for {image}.",
                "Check that this is the address of an image registry.",
            )
        if image.reference.startswith("sha256:") and manifest.digest != image.reference:
            raise RegistryError(f"{image.repository.host} returned other bytes than {image} names.")
        return manifest

    def put_manifest(self, image: ImageReference, manifest: Manifest) -> None:
        """Store a manifest under a tag; all it refers to must be there already.

        A registry with immutable tags refuses a tag that exists. How it says so differs from vendor to vendor, so
        what the tag stands for decides: our own digest is as good as a success.

        Raises:
            ConflictError: The tag stands for another image, and the registry keeps it.
            RegistryError: The registry refused.
        """
        headers = {"Content-Type": manifest.media_type}
        path = f"manifests/{image.reference}"
        answer = self._connection.send("PUT", image.repository, path, headers=headers, content=manifest.content)
        stored = self._stored(image) if answer.status_code in _MAYBE_IMMUTABLE else None
        if stored and stored != manifest.digest:
            raise taken(image, stored, manifest.digest)
        if not stored:
            check(answer, image.repository, f"push {image}")

    def _stored(self, image: ImageReference) -> str | None:
        with contextlib.suppress(RegistryError):  # the refusal of the push is what counts then
            return self.digest(image)
        return None

    def is_ecr(self, host: str) -> bool:
        """Whether a registry that has been asked before called itself ECR."""
        from langsmith_client.registry.ecr_api import SERVICE

        return self._connection.service(host) == SERVICE

    def has_blob(self, repository: Repository, digest: str) -> bool:
        """True when the repository holds the blob."""
        answer = self._connection.send("HEAD", repository, f"blobs/{digest}")
        if answer.status_code == 404:
            return False
        check(answer, repository, "look for a layer")
        return True

    def blob(self, repository: Repository, digest: str) -> bytes:
        """A whole blob in memory: for configurations, not for layers.

        Raises:
            RegistryError: It is missing, or its bytes are not what the digest says.
        """
        answer = self._connection.send("GET", repository, f"blobs/{digest}")
        check(answer, repository, "read a blob")
        if "sha256:" + hashlib.sha256(answer.content).hexdigest() != digest:
            raise RegistryError(f"{repository.host} returned other bytes than {digest} names.")
        return answer.content

    def blob_part(self, repository: Repository, digest: str, start: int, length: int) -> bytes:
        """`length` bytes of a blob from `start`.

        Raises:
            RegistryError: They cannot be had.
        """
        if length == 0:
            return b""
        headers = {"Range": f"bytes={start}-{start + length - 1}"}
        answer = self._connection.send("GET", repository, f"blobs/{digest}", headers=headers)
        check(answer, repository, "read a layer")
        # A registry may ignore the range and send everything.
        part = answer.content if answer.status_code == 206 else answer.content[start : start + length]
        if len(part) != length:
            raise RegistryError(f"{repository.host} returned {len(part)} of {length} bytes of {digest}.")
        return part

    def stream_blob(self, repository: Repository, digest: str, size: int) -> Iterator[bytes]:
        """A blob of `size` bytes in pieces; a piece lost on the way is asked for again.

        Raises:
            RegistryError: The bytes cannot be had, or are not what the digest says.
        """
        hasher = hashlib.sha256()
        for start in range(0, size, CHUNK):
            part = self.blob_part(repository, digest, start, min(CHUNK, size - start))
            hasher.update(part)
            yield part
        if "sha256:" + hasher.hexdigest() != digest:
            raise RegistryError(f"{repository.host} returned other bytes than {digest} names.")

    def mount(self, repository: Repository, digest: str, source: Repository) -> bool:
        """Let `repository` have a blob that `source`, in the same registry, holds; no bytes are moved.

        Returns False when the registry would rather have it uploaded.
        """
        if repository.host != source.host:
            return False
        query = {"mount": digest, "from": source.path}
        scopes = (f"repository:{source.path}:pull",)
        answer = self._connection.send("POST", repository, "blobs/uploads/", params=query, scopes=scopes)
        return answer.status_code == 201

    def upload(self, repository: Repository, digest: str, size: int, content: Content) -> None:
        """Store a blob of `size` bytes; see `upload`.

        Raises:
            RegistryError: It could not be stored.
        """
        upload(self._connection, repository, digest, size, content)


def taken(image: ImageReference, theirs: str, ours: str = "") -> ConflictError:
    """Two builds met at one tag, which now stands for `theirs`."""
    return ConflictError(
        f"{image} stands for {theirs} and not for the image just built{f' ({ours})' if ours else ''}.",
        "Another build pushed the tag first; run the command again to use what is there.",
    )
