"""The revisions of one deployment, with what their images say about themselves."""

from __future__ import annotations

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from langsmith_client.log_reading import Redactor
from langsmith_client.table import Row, age

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from langsmith_client.identity import Identity
    from langsmith_client.listing import Reader
    from langsmith_client.target.protocol import Deployment, History, Revision

DEFAULT_LIMIT = 20
_WORKERS = 8


@dataclasses.dataclass(frozen=True)
class Entry:
    """One revision.

    Attributes:
        active: It is the one that should be running.
    """

    revision: Revision
    identity: Identity
    active: bool


def history(target: History, identities: Reader, deployment: Deployment, *, limit: int = DEFAULT_LIMIT) -> list[Entry]:
    """The newest `limit` revisions, newest first."""
    revisions = target.revisions(deployment, limit=limit)
    with ThreadPoolExecutor(_WORKERS) as pool:  # each image is asked for once, many revisions may share it
        images = list(dict.fromkeys(each.image for each in revisions))
        known = dict(zip(images, pool.map(identities.of, images), strict=True))
    redact = Redactor(deployment.environment)
    return [
        Entry(_without_values(each, redact), known[each.image], each.id == deployment.active_revision_id)
        for each in revisions
    ]


def _without_values(revision: Revision, redact: Redactor) -> Revision:
    """What is said about a failure may quote the agent's log, and that its variables."""
    return dataclasses.replace(revision, message=redact(revision.message)) if revision.message else revision


def rows(entries: Sequence[Entry], now: dt.datetime) -> list[Row]:
    """The table of `history`."""
    return [Row(_cells(each, now), fields(each)) for each in entries]


def _cells(entry: Entry, now: dt.datetime) -> dict[str, str]:
    revision, identity = entry.revision, entry.identity
    return {
        "": "*" if entry.active else " ",
        "revision": revision.id,
        "status": revision.status,
        "age": age(revision.created_at, now),
        "tag": identity.tag or "unknown",
        "commit": (identity.commit or "unknown")[:12],
        "version": identity.version or "unknown",
        "dirty": {True: "yes", False: "no", None: "?"}[identity.dirty],
        "image": revision.image or "unknown",
    }


def fields(entry: Entry) -> dict[str, Any]:
    """One revision for machines."""
    revision = entry.revision
    return {
        "revision_id": revision.id,
        "status": revision.status,
        "active": entry.active,
        "created_at": revision.created_at,
        "message": revision.message,
        "image_uri": revision.image,
        "identity": dataclasses.asdict(entry.identity),
    }
