"""What a deploy would change, decided without doing anything."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from langsmith_client.environment import merged_environment
from langsmith_client.errors import ConflictError
from langsmith_client.target.protocol import Change, Deployment, Phase, Revision

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclasses.dataclass(frozen=True)
class Plan:
    """The outcome of comparing what is wanted with what is there.

    Attributes:
        change: The revision to make, or None when there is nothing to make.
        reasons: Why, for people; variables by name only.
        revision: Without a change: the revision that already is what is wanted, deployed or on its way.
    """

    change: Change | None
    reasons: tuple[str, ...] = ()
    revision: Revision | None = None


def make_plan(
    name: str,
    image: str,
    existing: Deployment | None,
    *,
    environment: Mapping[str, str],
    resources: Mapping[str, Any],
) -> Plan:
    """Compare the wanted `image` (by digest), `environment` and `resources` with the newest revision.

    Resources are laid over what is there, because the control plane replaces them whole.

    Raises:
        ConflictError: The deployment is being deleted, or its environment cannot be kept.
    """
    if existing is None:
        return Plan(Change(name, image, None, environment, resources), ("it does not exist yet",))
    if existing.deleting:
        raise ConflictError(f"{name} is being deleted.", "Wait until it is gone, then deploy again.")
    complete = merged_environment(environment, existing.environment)
    resized = {key: value for key, value in resources.items() if existing.resources.get(key) != value}
    reasons = [*_image_reasons(existing.newest, image)]
    if complete is not None:
        changed = sorted(key for key, value in environment.items() if existing.environment.get(key) != value)
        reasons.append(f"environment: {', '.join(changed)}")
    if resized:
        reasons.append(f"resources: {', '.join(sorted(resized))}")
    if not reasons:
        return Plan(None, revision=existing.newest)
    merged = {**existing.resources, **resources} if resized else None
    return Plan(Change(name, image, existing, complete, merged), tuple(reasons))


def _image_reasons(newest: Revision | None, image: str) -> list[str]:
    if newest is None:
        return ["it has no revision"]
    if newest.image != image:
        return ["another image"]
    # The same again may well succeed where it failed: the cause is often outside the image.
    return [] if newest.phase in {Phase.DEPLOYED, Phase.PENDING} else [f"the last revision ended as {newest.status}"]
