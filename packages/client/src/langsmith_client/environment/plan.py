"""What a deploy does to the environment: variables and secret references merged, and told in words."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from langsmith_client.environment.merge import Merged, Side, Verdict, merge
from langsmith_client.environment.record import Record, read_record, with_record
from langsmith_client.environment.references import as_texts, check_distinct, from_texts
from langsmith_client.errors import ConflictError, TargetError
from langsmith_client.target.protocol import Deployment, SecretReference


@dataclasses.dataclass(frozen=True)
class EnvironmentWish:
    """What the local files and flags say.

    Attributes:
        variables: Name to value, an empty one to leave what is there; None to leave all. Kept out of the repr.
        references: None to leave all.
        settle: Who is right where both sides changed; None makes that an error.
    """

    variables: Mapping[str, str] | None = dataclasses.field(default=None, repr=False)
    references: tuple[SecretReference, ...] | None = None
    settle: Side | None = None

    def valued(self) -> dict[str, str] | None:
        """The variables that have a value."""
        return None if self.variables is None else {name: value for name, value in self.variables.items() if value}


@dataclasses.dataclass(frozen=True)
class EnvironmentPlan:
    """The outcome of comparing a wish with a deployment.

    Attributes:
        wish: What was compared.
        variables: How the variables merge.
        references: How the references merge, each as `secret:key`.
        record: What was deployed last.
    """

    wish: EnvironmentWish
    variables: Merged
    references: Merged
    record: Record

    @property
    def reasons(self) -> tuple[str, ...]:
        """What changes, by name only; empty when nothing does."""
        parts = {"environment": self.variables, "secret references": self.references}
        return tuple(f"{label}: {_changes(merged)}" for label, merged in parts.items() if merged.changes)

    @property
    def notes(self) -> tuple[str, ...]:
        """What is there and stays although the local files do not say so, one sentence each."""
        notes: list[str] = []
        for label, merged in (("Variables", self.variables), ("Secret references", self.references)):
            if kept := merged.named(Verdict.KEPT):
                notes.append(f"{label} that were set elsewhere stay: {', '.join(kept)}.")
            if theirs := merged.named(Verdict.THEIRS):
                notes.append(f"{label} that were changed elsewhere stay as they are there: {', '.join(theirs)}.")
        return tuple(notes)

    def complete_variables(self) -> dict[str, str] | None:
        """All variables to send, or None when none changes.

        The control plane takes the list it gets for the whole environment, so every one that stays has to be in it.

        Raises:
            ConflictError: The target keeps values to itself, and sending the rest would lose them.
            TargetError: None would be left.
        """
        return complete(self.variables.values) if self.variables.changes else None

    def complete_references(self) -> tuple[SecretReference, ...] | None:
        """All references to send, or None when none changes."""
        if not self.references.changes:
            return None
        return from_texts({name: text for name, text in self.references.values.items() if text is not None})

    def remembered(self, resources: Mapping[str, Any]) -> dict[str, Any]:
        """`resources` with the record of this deploy; unchanged when it says the same already.

        To be called only when a revision is made anyway: a record alone is not worth one.
        """
        return with_record(resources, self.record.updated(self.wish.valued(), self.wish.references))


def plan_environment(wish: EnvironmentWish, existing: Deployment | None) -> EnvironmentPlan:
    """Merge a wish with what the deployment has.

    Raises:
        ProjectError: A name is both a variable and a reference.
        ConflictError: Both sides changed, and nobody says who is right.
    """
    check_distinct(wish.valued() or (), wish.references or ())
    record = read_record(existing.resources) if existing else Record()
    there = existing.environment if existing else {}
    referred = as_texts(existing.references) if existing else {}
    wanted = None if wish.references is None else as_texts(wish.references)
    variables = merge(
        *((wish.variables, there, record.variables) if wish.variables is not None else ({}, there, None)),
        settle=wish.settle,
        replaced=(wanted or {}).keys() & there.keys(),
    )
    references = merge(
        *((wanted, referred, record.references) if wanted is not None else ({}, referred, None)),
        settle=wish.settle,
        replaced=(wish.valued() or {}).keys() & referred.keys(),
    )
    if both := variables.named(Verdict.CONFLICT) + references.named(Verdict.CONFLICT):
        raise ConflictError(
            f"Since the last deploy from here, both sides have changed {', '.join(both)}.",
            "See `langsmith-client env diff`, then take their values over or say who is right: "
            "--env-conflict local or --env-conflict remote.",
        )
    return EnvironmentPlan(wish, variables, references, record)


def complete(values: Mapping[str, str | None]) -> dict[str, str]:
    """`values` as a list that can be sent.

    Raises:
        ConflictError: The target keeps some to itself.
        TargetError: There are none.
    """
    if hidden := sorted(name for name, value in values.items() if value is None):
        raise ConflictError(
            f"The control plane does not return the values of {', '.join(hidden)}; changing the environment would "
            "lose them.",
            "Put them into the local environment as well.",
        )
    if not values:
        raise TargetError(
            "The last variable of a deployment cannot be removed: the control plane takes an empty environment for "
            "no change.",
            "Keep one variable, whatever its value, or delete the deployment and create it anew.",
        )
    return {name: value for name, value in values.items() if value is not None}


def _changes(merged: Merged) -> str:
    changed = {name: verdict for name, verdict in merged.verdicts.items() if verdict.changes}
    return ", ".join(f"{name} {verdict.value}" for name, verdict in changed.items())
