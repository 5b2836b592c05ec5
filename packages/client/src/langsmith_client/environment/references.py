"""Variables whose values stay in the cluster: each is a key of a Kubernetes Secret in the deployment's namespace."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from langsmith_client.environment.names import REMEDY, variable_problems
from langsmith_client.errors import ProjectError
from langsmith_client.target.protocol import SecretReference

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

# The name of a Secret is a DNS subdomain; neither it nor a key can hold the colon between them.
_SOURCE = re.compile(r"(?P<secret>[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?):(?P<key>[A-Za-z0-9._-]{1,253})")


def parse_references(pairs: Sequence[str]) -> tuple[SecretReference, ...]:
    """Read `NAME=secret:key` pairs.

    Raises:
        ProjectError: With every problem found.
    """
    found: dict[str, SecretReference] = {}
    problems: list[str] = []
    for pair in pairs:
        name, _, text = pair.partition("=")
        reference = read_reference(name, text)
        if reference is None:
            problems.append(f"--secret-ref {name!r} must be NAME=secret:key, a Kubernetes Secret and one of its keys.")
        elif name in found:
            problems.append(f"--secret-ref {name} is given twice.")
        else:
            found[name] = reference
    problems += variable_problems(found)
    if problems:
        raise ProjectError(problems, REMEDY)
    return tuple(found.values())


def read_reference(name: str, text: str) -> SecretReference | None:
    """The reference of the variable `name` to what `text`, a `secret:key`, names; None when it is something else."""
    source = _SOURCE.fullmatch(text)
    return SecretReference(name, source["secret"], source["key"]) if source else None


def check_distinct(variables: Iterable[str], references: Iterable[SecretReference]) -> None:
    """Make sure that no name is both a variable and a reference: which of them won would be left to chance.

    Raises:
        ProjectError: Some are.
    """
    both = sorted({each.name for each in references} & set(variables))
    if both:
        raise ProjectError(
            [f"Both a value and a secret reference are given for {', '.join(both)}."],
            "Remove one of the two.",
        )


def as_texts(references: Iterable[SecretReference]) -> dict[str, str]:
    """Name to `secret:key`, which is no secret itself."""
    return {each.name: f"{each.secret_name}:{each.secret_key}" for each in references}


def from_texts(texts: Mapping[str, str]) -> tuple[SecretReference, ...]:
    """The reverse of `as_texts`."""
    parted = {name: text.partition(":") for name, text in texts.items()}
    return tuple(SecretReference(name, secret, key) for name, (secret, _, key) in parted.items())
