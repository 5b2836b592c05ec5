"""Going back to an earlier revision's image: decided and shown first, then made, followed and proven like a deploy."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from langsmith_client.errors import PreflightError, TargetUnavailableError
from langsmith_client.image_reference import parse_reference
from langsmith_client.proof import Proof
from langsmith_client.selection import select
from langsmith_client.target.protocol import Phase
from langsmith_client.witness import Seen, see_through

if TYPE_CHECKING:
    from collections.abc import Sequence

    from langsmith_client.history import Entry
    from langsmith_client.registry import Registry
    from langsmith_client.surroundings import Surroundings
    from langsmith_client.target.protocol import Deployment, Restorer


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What a rollback led to.

    Attributes:
        seen: The revision that runs the wanted image now, and whether its pods say so.
        changed: False when it ran already and no revision was made.
        variables: Names of variables that changed with it, against the intention.
    """

    seen: Seen
    changed: bool
    variables: tuple[str, ...]


def goal(entries: Sequence[Entry], name: str, wanted: str | None) -> Entry:
    """The revision to go back to: the one `wanted`, else the last that was deployed with another image than now.

    "Now" is the newest revision, so that after a failed deploy the goal is what still runs.

    Raises:
        ProjectError: `wanted` fits no revision, or several.
        PreflightError: There is none to go back to, or it never was deployed.
    """
    chosen = select(entries, name, wanted) if wanted else _last_deployed(entries)
    if chosen is None:
        raise PreflightError(
            f"{name} has no deployed revision with another image than the newest one.",
            f"Choose one of: langsmith-client history {name}",
        )
    if chosen.revision.phase is not Phase.DEPLOYED:
        raise PreflightError(
            f"Revision {chosen.revision.id} ended as {chosen.revision.status}: it never ran.",
            "Go back to one that was deployed, or deploy its commit again.",
        )
    return chosen


def _last_deployed(entries: Sequence[Entry]) -> Entry | None:
    return next(
        (
            each
            for each in entries[1:]
            if each.revision.phase is Phase.DEPLOYED and each.revision.image != entries[0].revision.image
        ),
        None,
    )


def check_image(registry: Registry, entry: Entry) -> None:
    """Make sure that the nodes can still pull exactly what ran then.

    Raises:
        PreflightError: The image is gone, or was deployed by tag, which may stand for something else by now.
        RegistryError: The registry cannot be asked.
    """
    image = entry.revision.image
    if not image or "@sha256:" not in image:
        raise PreflightError(
            f"Revision {entry.revision.id} ran {image or 'an unknown image'}, which names no digest.",
            "Deploy its commit again: what a tag means may have changed since.",
        )
    if registry.digest(parse_reference(image)) is None:
        commit = (entry.identity.commit or "")[:12]
        raise PreflightError(
            f"The image of revision {entry.revision.id} is gone from the registry: {image}.",
            f"Deploy commit {commit} again, or choose another revision." if commit else "Choose another revision.",
        )


def is_there(deployment: Deployment, entry: Entry) -> bool:
    """Whether the deployment already runs the image of `entry`, and nothing else is on its way."""
    newest = deployment.newest
    return newest is not None and newest.phase is Phase.DEPLOYED and newest.image == entry.revision.image


def roll_back(
    target: Restorer, deployment: Deployment, entry: Entry, around: Surroundings, *, wait: bool, timeout: float
) -> Outcome:
    """Make a revision of the image of `entry`, unless the deployment runs it already, then follow and prove it.

    Variables and resources stay as they are today.

    Raises:
        ConflictError: The deployment was changed since it was shown.
        ClientError: As `see_through` does.
    """
    revision, changed, variables = deployment.newest, False, ()
    if revision is None or not is_there(deployment, entry):
        _, revision = target.restore(deployment, entry.revision)
        changed = True
        around.reporter.say("revision", f"made revision {revision.id}", revision_id=revision.id)
        variables = _changed_variables(around, deployment)
    seen = Seen(revision, deployment.url, Proof(False, None, "Nobody waited for it."))
    if wait:
        seen = see_through(deployment.name, deployment.id, revision, around, timeout=timeout)
    return Outcome(seen, changed, variables)


def _changed_variables(around: Surroundings, before: Deployment) -> tuple[str, ...]:
    """Whether a restored revision brings its old variables with it is documented nowhere, so it is looked at."""
    try:
        after = around.target.find(before.name)
    except TargetUnavailableError:
        around.reporter.say("note", "whether the environment is still as before could not be asked")
        return ()
    now = after.environment if after else {}
    names = sorted(
        name for name in before.environment.keys() | now.keys() if before.environment.get(name) != now.get(name)
    )
    if names:
        said = f"the control plane changed these variables as well: {', '.join(names)}"
        around.reporter.say("note", said, variables=names)
    return tuple(names)
