"""A small client of the OCI distribution API: manifests, blobs, mounts.

https://github.com/opencontainers/distribution-spec/blob/main/spec.md
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol, Self

import httpx2

from langsmith_client.errors import RegistryAccessError, RegistryError
from langsmith_client.image_reference import ImageReference, Repository
from langsmith_client.manifest import MANIFEST_TYPES, Manifest
from langsmith_client.registry_auth import Login, authorization
from langsmith_client.tls import trust

# Without all four a registry hides what it holds of the others behind a 404.
_ACCEPT = ", ".join(MANIFEST_TYPES)
# No answer that could be used: nobody there, a broken connection, endless redirects, an impossible address.
_FAILURES = (httpx2.RequestError, httpx2.InvalidURL, OverflowError)
_TIMEOUT = 60.0  # seconds, for each read and write of a connection
_TRIES = 4
_FIRST_PAUSE = 0.5  # seconds, doubled at each try
_LONGEST_PAUSE = 20.0  # seconds, also the bound on a server's Retry-After

Content = Callable[[], Iterator[bytes]]
"""Opens a blob's bytes from the start; called again when an upload has to be repeated."""


class Logins(Protocol):
    """Where credentials come from."""

    def login(self, host: str) -> Login | None:
        """The login for a registry, or None to stay anonymous."""
        ...


class Registry:
    """All registries one command talks to.

    Args:
        logins: Credentials by registry.
        mirrors: Registry host to the host that is asked in its place when reading base images.
        transport: Replaces the network, for tests.
        sleep: Waits between tries; seconds.
    """

    def __init__(
        self,
        logins: Logins,
        *,
        mirrors: Mapping[str, str] | None = None,
        transport: httpx2.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._logins = logins
        self._mirrors = dict(mirrors or {})
        self._http = httpx2.Client(transport=transport, timeout=_TIMEOUT, follow_redirects=True, verify=trust())
        self._sleep = sleep
        self._authorizations: dict[tuple[str, tuple[str, ...]], str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def through_mirror(self, image: ImageReference) -> ImageReference:
        """Where `image` is read from: itself, or the same path on a mirror."""
        host = self._mirrors.get(image.repository.host)
        return image if host is None else ImageReference(Repository(host, image.repository.path), image.reference)

    def digest(self, image: ImageReference) -> str | None:
        """The digest behind a tag, or None when the registry has no such tag."""
        answer = self._send("HEAD", image.repository, f"manifests/{image.reference}", headers={"Accept": _ACCEPT})
        if answer.status_code == 404:
            return None
        _check(answer, image.repository, "look for an image")
        return answer.headers.get("Docker-Content-Digest") or self.manifest(image).digest

    def manifest(self, image: ImageReference) -> Manifest:
        """Read a manifest or an index.

        Raises:
            RegistryError: There is none, or its bytes are not what the digest says.
        """
        answer = self._send("GET", image.repository, f"manifests/{image.reference}", headers={"Accept": _ACCEPT})
        _check(answer, image.repository, f"read {image}")
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
        """Store a manifest under a tag; all it refers to must be there already."""
        headers = {"Content-Type": manifest.media_type}
        answer = self._send(
            "PUT", image.repository, f"manifests/{image.reference}", headers=headers, content=manifest.content
        )
        _check(answer, image.repository, f"push {image}")

    def has_blob(self, repository: Repository, digest: str) -> bool:
        """True when the repository holds the blob."""
        answer = self._send("HEAD", repository, f"blobs/{digest}")
        if answer.status_code == 404:
            return False
        _check(answer, repository, "look for a layer")
        return True

    def blob(self, repository: Repository, digest: str) -> bytes:
        """A whole blob in memory: for configurations, not for layers.

        Raises:
            RegistryError: It is missing, or its bytes are not what the digest says.
        """
        answer = self._send("GET", repository, f"blobs/{digest}")
        _check(answer, repository, "read a blob")
        if "sha256:" + hashlib.sha256(answer.content).hexdigest() != digest:
            raise RegistryError(f"{repository.host} returned other bytes than {digest} names.")
        return answer.content

    def stream_blob(self, repository: Repository, digest: str) -> Iterator[bytes]:
        """A blob in pieces, as it arrives; the reader checks the digest if it matters."""
        self._send("HEAD", repository, f"blobs/{digest}")  # settles authentication before the body starts
        url = f"{repository.base_url}/blobs/{digest}"
        try:
            with self._http.stream("GET", url, headers=self._headers(repository, ())) as answer:
                if answer.status_code >= 400:
                    answer.read()
                _check(answer, repository, "read a layer")
                yield from answer.iter_raw(1 << 20)
        except _FAILURES as error:
            raise _unreachable(repository, error) from None

    def mount(self, repository: Repository, digest: str, source: Repository) -> bool:
        """Let `repository` have a blob that `source`, in the same registry, holds; no bytes are moved.

        Returns False when the registry would rather have it uploaded.
        """
        if repository.host != source.host:
            return False
        query = {"mount": digest, "from": source.path}
        scopes = (f"repository:{source.path}:pull",)
        answer = self._send("POST", repository, "blobs/uploads/", params=query, scopes=scopes)
        return answer.status_code == 201

    def upload(self, repository: Repository, digest: str, size: int, content: Content) -> None:
        """Store a blob of `size` bytes.

        Raises:
            RegistryError: After the last try.
        """
        for attempt in range(_TRIES):
            start = self._send("POST", repository, "blobs/uploads/", content=b"")
            _check(start, repository, "start an upload")
            location = httpx2.URL(f"{repository.base_url}/blobs/uploads/").join(start.headers.get("Location", ""))
            try:
                answer = self._put_blob(repository, location.copy_merge_params({"digest": digest}), size, content)
            except _FAILURES as error:
                if attempt == _TRIES - 1:
                    raise _unreachable(repository, error) from None
            else:
                if answer.status_code not in {404, 429} and answer.status_code < 500:
                    _check(answer, repository, "upload a layer")
                    return
                if attempt == _TRIES - 1:
                    _check(answer, repository, "upload a layer")
            self._sleep(_FIRST_PAUSE * 2**attempt)

    def _put_blob(self, repository: Repository, url: httpx2.URL, size: int, content: Content) -> httpx2.Response:
        # A registry may hand uploads to a storage host with a signed address, which must not see our credentials.
        own = url.host == httpx2.URL(repository.base_url).host
        headers = self._headers(repository, ()) if own else {}
        headers |= {"Content-Type": "application/octet-stream", "Content-Length": str(size)}
        return self._http.put(url, content=content(), headers=headers)

    def _headers(self, repository: Repository, scopes: tuple[str, ...]) -> dict[str, str]:
        known = self._authorizations.get((str(repository), scopes))
        return {"Authorization": known} if known else {}

    def _send(
        self,
        method: str,
        repository: Repository,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        content: bytes | None = None,
        scopes: tuple[str, ...] = (),
    ) -> httpx2.Response:
        request = {"params": params, "content": content}
        for attempt in range(_TRIES):
            last = attempt == _TRIES - 1
            try:
                answer = self._authorized(method, repository, path, headers or {}, scopes, request)
            except _FAILURES as error:
                if last:
                    raise _unreachable(repository, error) from None
                self._sleep(_FIRST_PAUSE * 2**attempt)
                continue
            if last or (answer.status_code != 429 and answer.status_code < 500):
                return answer
            self._sleep(_pause(answer, attempt))
        raise AssertionError("the last try returns or raises")

    def _authorized(
        self,
        method: str,
        repository: Repository,
        path: str,
        headers: Mapping[str, str],
        scopes: tuple[str, ...],
        request: Mapping[str, Any],
    ) -> httpx2.Response:
        url = f"{repository.base_url}/{path}"
        answer = self._http.request(method, url, headers={**headers, **self._headers(repository, scopes)}, **request)
        challenge = answer.headers.get("WWW-Authenticate")
        if answer.status_code != 401 or not challenge:
            return answer
        wanted = (f"repository:{repository.path}:pull,push", *scopes)
        login = self._logins.login(repository.host)
        if login is None:  # an anonymous visitor who asks to push gets no token at all, even for reading
            wanted = scopes
        fresh = authorization(challenge, login, wanted, http=self._http, host=repository.host)
        if fresh is None:
            return answer
        self._authorizations[str(repository), scopes] = fresh
        return self._http.request(method, url, headers={**headers, "Authorization": fresh}, **request)


def _pause(answer: httpx2.Response, attempt: int) -> float:
    try:
        asked = float(answer.headers.get("Retry-After", ""))
    except ValueError:
        asked = _FIRST_PAUSE * 2**attempt
    return min(asked, _LONGEST_PAUSE)


def _unreachable(repository: Repository, error: Exception) -> RegistryError:
    return RegistryError(
        f"The registry {repository.host} cannot be reached ({type(error).__name__}).",
        "Check the name, the network and any proxy.",
    )


def _check(answer: httpx2.Response, repository: Repository, action: str) -> None:
    if answer.status_code < 400:
        return
    said = _message(answer)
    if answer.status_code in {401, 403}:
        raise RegistryAccessError(
            f"The registry {repository.host} does not allow to {action} in {repository.path}{said}.",
            f"Log in with `docker login {repository.host}` as a user who may.",
            status=answer.status_code,
        )
    raise RegistryError(
        f"The registry {repository.host} answered {answer.status_code} to the wish to {action}{said}.",
        f"Check that the repository {repository.path} exists." if answer.status_code == 404 else "",
        status=answer.status_code,
    )


def _message(answer: httpx2.Response) -> str:
    try:
        first = answer.json()["errors"][0]
        return f" ({first['code']}: {first.get('message', '')})"
    except (ValueError, LookupError, TypeError):
        return ""
