"""What a deploy does to the environment: variables and secret references merged, and told in words."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from langsmith_client.environment.merge import Merged, Side, Verdict, merge
from langsmith_client.environment.record import Record, read_record, with_record
from langsmith_client.environment.references import as_texts, check_distinct, from_texts
from langsmith_client.errors import ConflictError, ProjectError
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
        """What stays as it is there although the local files say otherwise, one sentence each."""
        notes: list[str] = []
        for label, wished, merged in (
            ("Variables", self.wish.variables, self.variables),
            ("Secret references", self.wish.references, self.references),
        ):
            if wished is None:
                continue
            if kept := merged.named(Verdict.KEPT):
                notes.append(f"{label} that were set elsewhere stay: {', '.join(kept)}.")
            if theirs := merged.named(Verdict.THEIRS):
                notes.append(f"{label} that were changed elsewhere stay as they are there: {', '.join(theirs)}.")
        return tuple(notes)

    @property
    def conflicts(self) -> list[str]:
        """Names that both sides changed, with nobody to say who is right."""
        return sorted({*self.variables.named(Verdict.CONFLICT), *self.references.named(Verdict.CONFLICT)})

    def complete_variables(self) -> dict[str, str] | None:
        """All variables to send, or None when none changes.

        The control plane takes the list it gets for the whole environment, so every one that stays has to be in it.

        Raises:
            ConflictError: The target keeps values to itself, and sending the rest would lose them.
            ProjectError: None would be left.
        """
        if not self.variables.changes:
            return None
        values = known_values(self.variables.values)
        if not values:
            what = "The last variable of a deployment cannot be removed: an empty environment is sent in vain."
            raise ProjectError([what], "Keep one, whatever its value, or delete the deployment and create it anew.")
        return values

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
    plan = compare(wish, existing)
    if both := plan.conflicts:
        raise ConflictError(
            f"Since the last deploy with this command, {', '.join(both)} changed both here and there.",
            "Look with `langsmith-client env diff`, then take their values over, or say who is right with "
            "--env-conflict local or --env-conflict remote.",
        )
    return plan


def compare(wish: EnvironmentWish, existing: Deployment | None) -> EnvironmentPlan:
    """As `plan_environment`, with conflicts left open for whoever only looks.

    Raises:
        ProjectError: A name is both a variable and a reference.
    """
    check_distinct(wish.valued() or (), wish.references or ())
    record = read_record(existing.resources) if existing else Record()
    there = existing.environment if existing else {}
    referred = as_texts(existing.references) if existing else {}
    wanted = None if wish.references is None else as_texts(wish.references)
    return EnvironmentPlan(
        wish,
        merge(
            wish.variables or {},
            there,
            None if wish.variables is None else record.variables,
            settle=wish.settle,
            replaced=(wanted or {}).keys(),
        ),
        merge(
            wanted or {},
            referred,
            None if wanted is None else record.references,
            settle=wish.settle,
            replaced=(wish.valued() or {}).keys(),
        ),
        record,
    )


def known_values(values: Mapping[str, str | None]) -> dict[str, str]:
    """`values`, all of which are known.

    Raises:
        ConflictError: The target keeps some to itself, and what is made of the others would lose them.
    """
    if hidden := sorted(name for name, value in values.items() if value is None):
        raise ConflictError(
            f"The control plane does not return the values of {', '.join(hidden)}, and going on would lose them.",
            "Give their values as well, in the local environment or by hand.",
        )
    return {name: value for name, value in values.items() if value is not None}


def _changes(merged: Merged) -> str:
    changed = {name: verdict for name, verdict in merged.verdicts.items() if verdict.changes}
    return ", ".join(f"{name} {verdict.value}" for name, verdict in changed.items())
