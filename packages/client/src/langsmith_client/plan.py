"""What a deploy would change, decided without doing anything."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from langsmith_client.environment.plan import EnvironmentWish, plan_environment
from langsmith_client.errors import ConflictError
from langsmith_client.target.protocol import Change, Deployment, Phase, Revision

if TYPE_CHECKING:
    from collections.abc import Mapping

    from langsmith_client.environment.merge import Side
    from langsmith_client.target.protocol import SecretReference


@dataclasses.dataclass(frozen=True)
class Plan:
    """The outcome of comparing what is wanted with what is there.

    Attributes:
        change: The revision to make, or None when there is nothing to make.
        reasons: Why, for people; variables by name only.
        revision: Without a change: the revision that already is what is wanted, deployed or on its way.
        notes: What stays although nobody here asked for it, one sentence each.
    """

    change: Change | None
    reasons: tuple[str, ...] = ()
    revision: Revision | None = None
    notes: tuple[str, ...] = ()


def make_plan(
    name: str,
    image: str,
    existing: Deployment | None,
    *,
    environment: Mapping[str, str] | None,
    resources: Mapping[str, Any],
    references: tuple[SecretReference, ...] | None = None,
    settle: Side | None = None,
) -> Plan:
    """Compare what is wanted with the newest revision.

    Resources are laid over what is there, because the control plane replaces them whole.

    Args:
        image: By digest.
        environment: Variables, merged with those that others set; None leaves all.
        references: Variables that come from Secrets, merged likewise.
        settle: Who is right where both sides changed a variable.

    Raises:
        ProjectError: A name is both a variable and a reference, or no variable would be left, which the control plane
            takes for no change.
        ConflictError: The deployment is being deleted, both sides changed a variable, or its environment cannot be
            kept.
    """
    if existing and existing.deleting:
        raise ConflictError(f"{name} is being deleted.", "Wait until it is gone, then deploy again.")
    merged = plan_environment(EnvironmentWish(environment, references, settle), existing)
    variables, referred = merged.complete_variables(), merged.complete_references()
    if existing is None:
        created = Change(name, image, None, variables or {}, merged.remembered(resources), referred or ())
        return Plan(created, ("it does not exist yet",))
    resized = {key: value for key, value in resources.items() if existing.resources.get(key) != value}
    reasons = [*_image_reasons(existing.newest, image), *merged.reasons]
    if resized:
        reasons.append(f"resources: {', '.join(sorted(resized))}")
    if not reasons:
        return Plan(None, revision=existing.newest, notes=merged.notes)
    specification = merged.remembered({**existing.resources, **resources})
    change = Change(
        name,
        image,
        existing,
        variables,
        specification if specification != existing.resources else None,
        referred,
    )
    return Plan(change, tuple(reasons), notes=merged.notes)


def _image_reasons(newest: Revision | None, image: str) -> list[str]:
    if newest is None:
        return ["it has no revision"]
    if newest.image != image:
        return ["another image"]
    # The same again may well succeed where it failed: the cause is often outside the image.
    return [] if newest.phase in {Phase.DEPLOYED, Phase.PENDING} else [f"the last revision ended as {newest.status}"]
