"""Uploading one blob: in one request, and after a dropped connection from where it broke.

https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-blobs

Chunks are for going on only, because registries disagree about them: ECR takes every chunk and keeps the first
(aws/containers-roadmap#2831), GHCR refuses more than 4 MiB at a time. One request is what all of them take.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import httpx2

from langsmith_client.errors import RegistryError
from langsmith_client.registry.answers import check, is_passing, unreachable
from langsmith_client.registry.connection import TRIES
from langsmith_client.registry.ecr_api import SERVICE
from langsmith_control_plane.wire import NO_ANSWER

if TYPE_CHECKING:
    from langsmith_client.image_reference import Repository
    from langsmith_client.registry.connection import Connection

CHUNK = 16 << 20
"""Bytes of a blob that are in memory at a time."""
_PIECE = 4 << 20  # bytes of a chunk: what GHCR takes
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
    connection: Connection, repository: Repository, digest: str, size: int, content: Content, piece: int = _PIECE
) -> None:
    """Store a blob of `size` bytes. After trouble it goes on from the last byte the registry has, if it says so.

    Raises:
        RegistryError: The registry refused, or several tries in a row brought nothing more over.
    """
    session = _opened(connection, repository)
    failures = furthest = 0
    while session is not None:
        if session.offset > furthest:  # only new ground counts, or a registry that lies could hold us for ever
            furthest, failures = session.offset, 0
        try:
            session = _step(connection, repository, session, _Blob(digest, size, content), piece)
        except _PassingError as trouble:
            failures += 1
            if failures == TRIES:
                raise trouble.error from None
            connection.pause(failures - 1, trouble.answer)
            spoilt = trouble.answer is not None and trouble.answer.status_code == 400
            go_on = _opened if spoilt else functools.partial(_resumed, session=session, digest=digest)
            session = go_on(connection, repository)


@dataclasses.dataclass(frozen=True)
class _Blob:
    """What is brought over."""

    digest: str
    size: int
    content: Content

    def all(self) -> Iterator[bytes]:
        """Its bytes, a bounded number at a time."""
        for start in range(0, self.size, CHUNK):
            yield self.content(start, min(CHUNK, self.size - start))


class _PassingError(Exception):
    """A request that failed and may succeed another time; `error` is what to say if it never does."""

    def __init__(self, error: RegistryError, answer: httpx2.Response | None = None) -> None:
        super().__init__(str(error))
        self.error, self.answer = error, answer


def _step(
    connection: Connection, repository: Repository, session: _Session, blob: _Blob, piece: int
) -> _Session | None:
    """Bring everything over, or the next piece of what is left; None when that was the last."""
    rest = min(piece, blob.size - session.offset) if session.offset else 0
    try:
        if rest:
            answer = _add(connection, repository, session, blob.content(session.offset, rest))
        else:
            answer = _close(connection, repository, session, blob)
    except NO_ANSWER as error:
        raise _PassingError(unreachable(repository, error)) from None
    try:
        check(answer, repository, "upload a layer")
    except RegistryError as error:
        # 404: the registry has forgotten the upload; 416: it holds other bytes than we think; 400, after going on: it
        # held other bytes than it said. All can be cured.
        curable = {404, 416, 400} if session.offset else {404, 416}
        if answer.status_code in curable or is_passing(answer.status_code):
            raise _PassingError(error, answer) from None
        raise
    return _moved(answer, session, session.offset + rest) if rest else None


def _opened(connection: Connection, repository: Repository) -> _Session:
    start = connection.send("POST", repository, "blobs/uploads/", content=b"")
    check(start, repository, "start an upload")
    home = httpx2.URL(f"{repository.base_url}/blobs/uploads/")
    return _Session(home.join(start.headers.get("Location", "")))


def _close(connection: Connection, repository: Repository, session: _Session, blob: _Blob) -> httpx2.Response:
    """The last request, and with nothing there yet the only one."""
    url = session.location.copy_merge_params({"digest": blob.digest})
    length, body = (0, b"") if session.offset else (blob.size, blob.all)
    headers = {"Content-Type": _OCTETS, "Content-Length": str(length)}
    return connection.once("PUT", repository, url, headers=headers, content=body)


def _add(connection: Connection, repository: Repository, session: _Session, piece: bytes) -> httpx2.Response:
    place = f"{session.offset}-{session.offset + len(piece) - 1}"
    headers = {"Content-Type": _OCTETS, "Content-Range": place}
    return connection.once("PATCH", repository, session.location, headers=headers, content=piece)


def _moved(answer: httpx2.Response, session: _Session, offset: int) -> _Session:
    """Every answer may name another place to go on at."""
    return _Session(session.location.join(answer.headers.get("Location", "")), offset)


def _resumed(connection: Connection, repository: Repository, *, session: _Session, digest: str) -> _Session | None:
    """Where to go on: what the registry holds of this upload, else a new one; None when the blob is there after all."""
    state = None
    if connection.service(repository.host) != SERVICE:
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
