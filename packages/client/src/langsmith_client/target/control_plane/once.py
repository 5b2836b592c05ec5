"""Making exactly one revision, though answers get lost and others deploy at the same time.

The control plane takes no idempotency key and no precondition. So the newest revision is looked at before, a request
without an answer is resolved by looking for what it made, and the revision before ours is looked at afterwards.
"""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from langsmith_client.errors import (
    AccessExpiredError,
    ConflictError,
    MissingError,
    OutcomeUnknownError,
    TargetAccessError,
    TargetError,
    TargetUnavailableError,
)
from langsmith_client.target.control_plane import translation
from langsmith_client.target.control_plane.errors import UnknownOutcomeError, mapped

if TYPE_CHECKING:
    from langsmith_client.target.protocol import Deployment, Revision, SecretReference
    from langsmith_control_plane import models
    from langsmith_control_plane.client import ControlPlaneClient

_SENDINGS = 3
_LOOKS = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)  # seconds before each look for what a lost request made
_SETTLED = 2  # looks that find nothing before the request counts as lost: the server may still be working on it
_RECENT = 20  # revisions looked through; nobody makes more of one deployment in the minute a look-up takes
_FIND_OUT = "Run the same command again then: it finds out whether a revision was made and goes on from there."


@dataclasses.dataclass(frozen=True)
class Write:
    """A request that makes a revision.

    Attributes:
        name: Name of the deployment.
        existing: The deployment as the decision to write saw it, or None to create it.
        image: What the revision will run.
        environment: The environment the request sets, or None. Kept out of the repr.
        references: The secret references it sets, or None.
        send: Sends it; returns the deployment's id and the revision.
    """

    name: str
    existing: Deployment | None
    image: str
    send: Callable[[], tuple[str, Revision]]
    environment: Mapping[str, str] | None = dataclasses.field(default=None, repr=False)
    references: tuple[SecretReference, ...] | None = None

    @property
    def before(self) -> str | None:
        """Id of the revision that was the newest."""
        return self.existing.newest.id if self.existing and self.existing.newest else None


def once(client: ControlPlaneClient, write: Write, sleep: Callable[[float], None]) -> tuple[str, Revision]:
    """Carry out `write`; returns what it made.

    Raises:
        ConflictError: Someone else made a revision since the decision to write, or right now.
        OutcomeUnknownError: The answer was lost, and so was every answer to what became of the request.
        AccessExpiredError: The answer was lost, and the key no longer opens the control plane to look for it.
        TargetUnavailableError: Nothing was made.
    """
    _check_unchanged(client, write)
    for _ in range(_SENDINGS):
        try:
            with mapped():
                made = write.send()
        except UnknownOutcomeError:
            made = _look_up(client, write, sleep)
        except ConflictError as error:
            made = _look_up_taken(client, write, error)
        if made:
            _check_not_crossed(client, write, *made)
            return made
    raise TargetUnavailableError(
        f"The control plane lost every answer about {write.name}, and none of the requests took effect.",
        "Try again later.",
    )


def _check_unchanged(client: ControlPlaneClient, write: Write) -> None:
    if write.existing is None:
        return
    try:
        with mapped():
            found = client.get_deployment(write.existing.id)
            if found.latest_revision_id and found.latest_revision_id == write.before:
                return
            newest = newest_revision(client, found)
    except MissingError:
        raise ConflictError(f"{write.name} was deleted while this deploy was under way.", "Deploy it again.") from None
    if newest and newest.id != write.before:
        raise ConflictError(
            f"Another deploy of {write.name} made {described(newest)} while this one was under way.",
            "See what it deployed; if this should follow it, run the command again.",
        )


def _look_up(client: ControlPlaneClient, write: Write, sleep: Callable[[float], None]) -> tuple[str, Revision] | None:
    """What a request whose answer was lost has made; None once it is clear that it made nothing."""
    nothing = 0
    for pause in _LOOKS:
        sleep(pause)
        try:
            with mapped():
                found, newer = _made_since(client, write)
        except TargetUnavailableError:
            continue
        except TargetAccessError as error:
            raise AccessExpiredError(error.what, f"{error.remedy} {_FIND_OUT}") from error
        if found is None or not newer:
            nothing += 1
            if nothing == _SETTLED:
                return None
            continue
        return found.id, _ours(write, found, newer)
    raise OutcomeUnknownError(
        f"The control plane's answer about {write.name} was lost, and it does not say what became of the request.",
        _FIND_OUT,
    )


def _look_up_taken(client: ControlPlaneClient, write: Write, refusal: ConflictError) -> tuple[str, Revision]:
    """Whose deployment is in the way of a creation: ours, by a request that seemed lost, or someone else's."""
    if write.existing is not None:
        raise refusal
    try:
        with mapped():
            found, newer = _made_since(client, write)
    except TargetUnavailableError:
        raise refusal from None
    if found is None or not newer:  # nothing but a left-over of that name
        raise refusal
    return found.id, _ours(write, found, newer)


def _made_since(client: ControlPlaneClient, write: Write) -> tuple[models.Deployment | None, list[Revision]]:
    """The deployment, if any, and its revisions since `write.before`, newest first."""
    found = next(iter(client.list_deployments(name=write.name)), None)
    if found is None:
        return None, []
    newer: list[Revision] = []
    for each in client.list_revisions(found.id, newest=_RECENT):
        if each.id == write.before:
            break
        newer.append(translation.revision(each))
    return found, newer


def _ours(write: Write, found: models.Deployment, newer: list[Revision]) -> Revision:
    """The one of `newer` that the request made.

    It has our image, and as the newest one also the environment we sent: a concurrent run that asked for just the
    same is as good as ours.

    Raises:
        ConflictError: None of them is.
    """
    for each in newer:
        if each.image == write.image and (each is not newer[0] or _has_environment(found, write)):
            return each
    raise ConflictError(
        f"Another deploy of {write.name} made {described(newer[0])} at the same time.",
        "Wait for it, then run the command again.",
    )


def _has_environment(found: models.Deployment, write: Write) -> bool:
    wanted = write.environment
    if write.references is not None and _sources(found.secret_references) != _sources(write.references):
        return False
    return wanted is None or (
        {each.name for each in found.secrets} == wanted.keys()
        and all(each.value is None or each.value.reveal() == wanted[each.name] for each in found.secrets)
    )


def _sources(references: Iterable[SecretReference | models.SecretReference]) -> set[tuple[str, str, str]]:
    return {(each.name, each.secret_name, each.secret_key) for each in references}


def _check_not_crossed(client: ControlPlaneClient, write: Write, deployment_id: str, made: Revision) -> None:
    """Two deploys may both have looked before either wrote. The revision list has an order: the later one finds out.

    Only a failure to read that list can hide it; then the other deploy still learns that ours superseded it.
    """
    recent: list[Revision] = []
    with contextlib.suppress(TargetError), mapped():  # ours is made, whatever goes wrong from here on
        recent = [translation.revision(each) for each in client.list_revisions(deployment_id, newest=_RECENT)]
    older = list(itertools.dropwhile(lambda each: each.id != made.id, recent))[1:]
    if older and older[0].id != write.before:
        raise ConflictError(
            f"Another deploy of {write.name} made {described(older[0])} at the same time; ours, {made.id}, came after "
            "it and takes over.",
            f"Decide which of the two should run. To follow ours: langsmith-client wait {write.name} {made.id}",
        )


def newest_revision(client: ControlPlaneClient, found: models.Deployment) -> Revision | None:
    """A deployment's newest revision, whatever became of it."""
    if found.latest_revision_id:
        with contextlib.suppress(MissingError), mapped():
            return translation.revision(client.get_revision(found.id, found.latest_revision_id))
    newest = client.list_revisions(found.id, newest=1)
    return translation.revision(newest[0]) if newest else None


def described(revision: Revision) -> str:
    """A revision for people: what, and when."""
    when = f", made {revision.created_at}" if revision.created_at else ""
    return f"revision {revision.id} ({revision.image or 'unknown image'}, {revision.status}{when})"
