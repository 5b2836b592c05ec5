"""The life of a revision, as plain functions of the revisions and the time.

``CREATING`` → ``QUEUED`` → ``AWAITING_DEPLOY`` pass by themselves: an external image needs no build. From there on the
listener's reports drive the walk: ``DEPLOYING``, then ``DEPLOYED`` or ``DEPLOY_FAILED``. Every function takes a
deployment's revisions oldest first.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Sequence

from langsmith_sandbox.control_plane.errors import RevisionEndedError, WalkForbiddenError
from langsmith_sandbox.control_plane.records import Event, Revision, RevisionStatus

PENDING = frozenset(
    {
        RevisionStatus.CREATING,
        RevisionStatus.QUEUED,
        RevisionStatus.AWAITING_BUILD,
        RevisionStatus.BUILDING,
        RevisionStatus.AWAITING_DEPLOY,
    }
)
ENDED = frozenset(
    {
        RevisionStatus.CREATE_FAILED,
        RevisionStatus.BUILD_FAILED,
        RevisionStatus.DEPLOY_FAILED,
        RevisionStatus.DEPLOYED,
        RevisionStatus.SKIPPED,
        RevisionStatus.INTERRUPTED,
    }
)
FAILED = frozenset({RevisionStatus.CREATE_FAILED, RevisionStatus.BUILD_FAILED, RevisionStatus.DEPLOY_FAILED})
REPORTS: dict[RevisionStatus, frozenset[RevisionStatus]] = {
    RevisionStatus.AWAITING_DEPLOY: frozenset({RevisionStatus.DEPLOYING, RevisionStatus.DEPLOY_FAILED}),
    RevisionStatus.DEPLOYING: frozenset(
        {RevisionStatus.DEPLOYING, RevisionStatus.DEPLOYED, RevisionStatus.DEPLOY_FAILED}
    ),
}


@dataclasses.dataclass(frozen=True)
class Timings:
    """How long the parts of the walk take that no listener drives; all short, for the sandbox's users wait on them."""

    database: dt.timedelta = dt.timedelta(seconds=0.4)
    creating: dt.timedelta = dt.timedelta(seconds=0.2)
    queued: dt.timedelta = dt.timedelta(seconds=0.2)
    removal: dt.timedelta = dt.timedelta(seconds=1)


def advance(
    revisions: Sequence[Revision], *, database_ready_at: dt.datetime, now: dt.datetime, timings: Timings
) -> tuple[Revision, ...]:
    """The revisions as they stand at ``now``.

    A revision leaves ``CREATING`` only once the deployment's database is there, and ``QUEUED`` only once no older
    revision is being deployed.
    """
    moved: list[Revision] = []
    turn: dt.datetime | None = database_ready_at
    for revision in revisions:
        stepped = _step(
            revision, RevisionStatus.CREATING, RevisionStatus.QUEUED, timings.creating, database_ready_at, now
        )
        stepped = _step(stepped, RevisionStatus.QUEUED, RevisionStatus.AWAITING_DEPLOY, timings.queued, turn, now)
        moved.append(stepped)
        if stepped.status is RevisionStatus.DEPLOYING:
            turn = None
        elif turn is not None:
            turn = max(turn, stepped.updated_at)
    return tuple(moved)


def _step(
    revision: Revision,
    source: RevisionStatus,
    target: RevisionStatus,
    after: dt.timedelta,
    not_before: dt.datetime | None,
    now: dt.datetime,
) -> Revision:
    if revision.status is not source or revision.held or not_before is None:
        return revision
    due = max(revision.entered_at + after, not_before)
    return enter(revision, target, due) if due <= now else revision


def enter(revision: Revision, status: RevisionStatus, now: dt.datetime, message: str | None = None) -> Revision:
    """The revision in another status, with a line in its deploy log."""
    line = f"Revision is {status}" + (f": {message}" if message else ".")
    return dataclasses.replace(
        revision,
        status=status,
        status_message=message,
        entered_at=now,
        updated_at=now,
        events=(*revision.events, Event(now, "ERROR" if status in FAILED else "INFO", line)),
    )


def supersede(revisions: Sequence[Revision], now: dt.datetime) -> tuple[Revision, ...]:
    """The revisions once a newer one exists: those still waiting are skipped, one being deployed carries on."""
    return tuple(
        dataclasses.replace(enter(revision, RevisionStatus.SKIPPED, now, "superseded by a newer revision"), held=False)
        if revision.status in PENDING
        else revision
        for revision in revisions
    )


def report(revision: Revision, status: RevisionStatus, message: str | None, now: dt.datetime) -> Revision:
    """The revision after a listener's report; the same final report twice is taken once.

    Raises:
        WalkForbiddenError: The revision is not where such a report can come from.
    """
    if revision.status is status and status in ENDED:
        return revision
    if status not in REPORTS.get(revision.status, frozenset()):
        raise WalkForbiddenError(revision.id, revision.status, status)
    if revision.status is status:
        return dataclasses.replace(revision, status_message=message, updated_at=now)
    return enter(revision, status, now, message)


def interrupt(revision: Revision, now: dt.datetime) -> Revision:
    """The revision, interrupted.

    Raises:
        RevisionEndedError: It is in a final status already.
    """
    if revision.status in ENDED:
        raise RevisionEndedError(revision.id, revision.status)
    return dataclasses.replace(enter(revision, RevisionStatus.INTERRUPTED, now), held=False)


def wanted(revisions: Sequence[Revision], active: uuid.UUID | None) -> Revision | None:
    """The revision the data plane should run: the one whose turn it is, else the one that served last."""
    for status in (RevisionStatus.DEPLOYING, RevisionStatus.AWAITING_DEPLOY):
        for revision in reversed(revisions):
            if revision.status is status:
                return revision
    return next((revision for revision in revisions if revision.id == active), None)
