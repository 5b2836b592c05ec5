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

from langsmith_client.registry.answers import FAILURES, check, is_passing, unreachable
from langsmith_client.registry.connection import TRIES

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
        answer, error = None, None
        start = session.offset
        last = start == size or (start == 0 and size <= chunk)
        try:
            if last:
                answer = _close(connection, repository, session, digest, content(start, size - start))
            else:
                answer = _add(connection, repository, session, content(start, min(chunk, size - start)))
        except FAILURES as failure:
            error = failure
        if answer is not None and answer.status_code < 400:
            if last:
                return
            session = _moved(answer, session, min(start + chunk, size))
            failures = 0
            continue
        failures += 1
        if answer is not None and (failures == TRIES or not _may_go_on(answer.status_code)):
            check(answer, repository, "upload a layer")
        if error is not None and failures == TRIES:
            raise unreachable(repository, error) from None
        connection.pause(failures - 1, answer)
        session = _resumed(connection, repository, session, digest)
        if session is not None and session.offset > start:
            failures = 0


def _may_go_on(status: int) -> bool:
    # 404: the registry has forgotten the upload; 416: it holds other bytes than we think. Both can be cured.
    return status in {404, 416} or is_passing(status)


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


def _add(connection: Connection, repository: Repository, session: _Session, piece: bytes) -> httpx2.Response:
    place = f"{session.offset}-{session.offset + len(piece) - 1}"
    headers = {"Content-Type": _OCTETS, "Content-Range": place}
    return connection.once("PATCH", repository, session.location, headers=headers, content=piece)


def _moved(answer: httpx2.Response, session: _Session, offset: int) -> _Session:
    """Every answer may name another place to go on at."""
    return _Session(session.location.join(answer.headers.get("Location", "")), offset)


def _resumed(connection: Connection, repository: Repository, session: _Session, digest: str) -> _Session | None:
    """Where to go on: what the registry holds of this upload, else a new one; None when the blob is there after all."""
    state = None
    with contextlib.suppress(*FAILURES):  # the next request finds out whether this lasts
        state = connection.once("GET", repository, session.location)
    if state is not None and state.status_code == 204:
        held = re.fullmatch(r"(?:bytes=)?0-(\d+)", state.headers.get("Range", ""))
        # `0-0` is what a registry says of one byte and of none.
        if held and int(held[1]) > 0:
            return _moved(state, session, int(held[1]) + 1)
    elif connection.send("HEAD", repository, f"blobs/{digest}").status_code == 200:
        return None  # the answer to the last request was all that got lost
    return _opened(connection, repository)
