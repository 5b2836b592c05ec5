"""Uploading one blob: at once if it is small, in chunks that survive a dropped connection if it is not.

https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-blobs
"""

from __future__ import annotations

import contextlib
import dataclasses
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import httpx2

from langsmith_client.errors import RegistryError
from langsmith_client.registry.answers import check, is_passing, unreachable
from langsmith_client.registry.connection import TRIES
from langsmith_control_plane.wire import NO_ANSWER

if TYPE_CHECKING:
    from langsmith_client.image_reference import Repository
    from langsmith_client.registry.connection import Connection

CHUNK = 16 << 20
"""Bytes sent at a time. ECR takes layer parts of 5 to 20 MiB
(https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_UploadLayerPart.html)."""
_OCTETS = "application/octet-stream"

Content = Callable[[int, int], bytes]
"""Reads a blob's bytes: `content(start, length)`; called again for what did not arrive."""


def in_memory(blob: bytes) -> Content:
    """The content of a blob that is in memory."""
    return lambda start, length: blob[start : start + length]


@dataclasses.dataclass(frozen=True)
class _Session:
    """An upload the registry has opened: where it goes on, and how many bytes the registry holds."""

    location: httpx2.URL
    offset: int = 0


def upload(
    connection: Connection, repository: Repository, digest: str, size: int, content: Content, chunk: int = CHUNK
) -> None:
    """Store a blob of `size` bytes. After trouble it goes on from the last byte the registry has.

    Raises:
        RegistryError: The registry refused, or several tries in a row brought nothing more over.
    """
    session = _opened(connection, repository)
    failures = 0
    while session is not None:
        reached = session.offset
        try:
            session = _step(connection, repository, session, (digest, size), content, chunk)
            failures = 0
        except _PassingError as trouble:
            failures += 1
            if failures == TRIES:
                raise trouble.error from None
            connection.pause(failures - 1, trouble.answer)
            session = _resumed(connection, repository, session, digest)
            if session is not None and session.offset > reached:
                failures = 0


class _PassingError(Exception):
    """A request that failed and may succeed another time; `error` is what to say if it never does."""

    def __init__(self, error: RegistryError, answer: httpx2.Response | None = None) -> None:
        super().__init__(str(error))
        self.error, self.answer = error, answer


def _step(
    connection: Connection,
    repository: Repository,
    session: _Session,
    blob: tuple[str, int],
    content: Content,
    chunk: int,
) -> _Session | None:
    """Bring the next piece over; None when that was the last."""
    digest, size = blob
    start = session.offset
    last = start == size or (start == 0 and size <= chunk)
    piece = content(start, size - start if last else min(chunk, size - start))
    try:
        send = _close if last else _add
        answer = send(connection, repository, session, digest, piece)
    except NO_ANSWER as error:
        raise _PassingError(unreachable(repository, error)) from None
    try:
        check(answer, repository, "upload a layer")
    except RegistryError as error:
        # 404: the registry has forgotten the upload; 416: it holds other bytes than we think. Both can be cured.
        if answer.status_code in {404, 416} or is_passing(answer.status_code):
            raise _PassingError(error, answer) from None
        raise
    return None if last else _moved(answer, session, start + len(piece))


def _opened(connection: Connection, repository: Repository) -> _Session:
    start = connection.send("POST", repository, "blobs/uploads/", content=b"")
    check(start, repository, "start an upload")
    home = httpx2.URL(f"{repository.base_url}/blobs/uploads/")
    return _Session(home.join(start.headers.get("Location", "")))


def _close(
    connection: Connection, repository: Repository, session: _Session, digest: str, rest: bytes
) -> httpx2.Response:
    url = session.location.copy_merge_params({"digest": digest})
    return connection.once("PUT", repository, url, headers={"Content-Type": _OCTETS}, content=rest)


def _add(
    connection: Connection,
    repository: Repository,
    session: _Session,
    _digest: str,  # only the last request names it
    piece: bytes,
) -> httpx2.Response:
    place = f"{session.offset}-{session.offset + len(piece) - 1}"
    headers = {"Content-Type": _OCTETS, "Content-Range": place}
    return connection.once("PATCH", repository, session.location, headers=headers, content=piece)


def _moved(answer: httpx2.Response, session: _Session, offset: int) -> _Session:
    """Every answer may name another place to go on at."""
    return _Session(session.location.join(answer.headers.get("Location", "")), offset)


def _resumed(connection: Connection, repository: Repository, session: _Session, digest: str) -> _Session | None:
    """Where to go on: what the registry holds of this upload, else a new one; None when the blob is there after all."""
    state = None
    with contextlib.suppress(*NO_ANSWER):  # the next request finds out whether this lasts
        state = connection.once("GET", repository, session.location)
    if state is not None and state.status_code == 204:
        held = re.fullmatch(r"(?:bytes=)?0-(\d+)", state.headers.get("Range", ""))
        # `0-0` is what a registry says of one byte and of none.
        if held and int(held[1]) > 0:
            return _moved(state, session, int(held[1]) + 1)
    elif connection.send("HEAD", repository, f"blobs/{digest}").status_code == 200:
        return None  # the answer to the last request was all that got lost
    return _opened(connection, repository)
