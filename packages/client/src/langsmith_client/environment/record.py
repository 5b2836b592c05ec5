"""What we deployed last, remembered at the deployment itself: names, salted hashes of values, and references.

It is an annotation of the resource specification. `langgraph deploy` never sends that, so the record outlives its
deploys, and whoever deploys from another machine finds it. Annotations reach the cluster, where more people read than
may read Secrets: hence scrypt, which makes a guess at a weak value as dear as a guess at a password.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import secrets
from collections.abc import Mapping
from typing import Any

from langsmith_client.environment.references import as_texts
from langsmith_client.target.protocol import SecretReference

ANNOTATION = "langsmith-client/environment"
_VERSION = 1
_SALT_LENGTH = 16  # bytes
_HASH_LENGTH = 8  # bytes
_SCRYPT: dict[str, Any] = {"n": 2**12, "r": 8, "p": 1}  # about 10 ms and 4 MiB a value


@dataclasses.dataclass(frozen=True)
class DeployedVariables:
    """The variables of a record; as `LastDeployed` of a merge."""

    salt: bytes
    hashes: Mapping[str, str]

    @classmethod
    def of(cls, values: Mapping[str, str]) -> DeployedVariables:
        """A record of values, with a salt of its own."""
        salt = secrets.token_bytes(_SALT_LENGTH)
        return cls(salt, {name: salted_hash(salt, name, value) for name, value in sorted(values.items())})

    def __contains__(self, name: object) -> bool:
        return name in self.hashes

    def holds(self, name: str, value: str) -> bool:
        """See `LastDeployed`."""
        return name in self.hashes and self.hashes[name] == salted_hash(self.salt, name, value)


@dataclasses.dataclass(frozen=True)
class DeployedReferences:
    """The references of a record, as `secret:key` by name; as `LastDeployed` of a merge."""

    texts: Mapping[str, str]

    def __contains__(self, name: object) -> bool:
        return name in self.texts

    def holds(self, name: str, value: str) -> bool:
        """See `LastDeployed`."""
        return self.texts.get(name) == value


@dataclasses.dataclass(frozen=True)
class Record:
    """What we deployed last; None for a part we never said anything about."""

    variables: DeployedVariables | None = None
    references: DeployedReferences | None = None

    def says(self, variables: Mapping[str, str] | None, references: tuple[SecretReference, ...] | None) -> bool:
        """True when it already is a record of these; None is not compared."""
        known, referred = self.variables, self.references
        same_variables = variables is None or (
            known is not None
            and known.hashes.keys() == variables.keys()
            and all(known.holds(name, value) for name, value in variables.items())
        )
        return same_variables and (
            references is None or (referred is not None and referred.texts == as_texts(references))
        )

    def updated(self, variables: Mapping[str, str] | None, references: tuple[SecretReference, ...] | None) -> Record:
        """The record of a deploy of these; what is None was not deployed and stays."""
        if self.says(variables, references):
            return self  # salting anew would change the annotation for nothing
        return Record(
            self.variables if variables is None else DeployedVariables.of(variables),
            self.references if references is None else DeployedReferences(as_texts(references)),
        )


def read_record(resources: Mapping[str, Any]) -> Record:
    """The record in a resource specification; an empty one where there is none, or none that can be read."""
    annotations = resources.get("annotations")
    text = annotations.get(ANNOTATION) if isinstance(annotations, Mapping) else None
    try:
        values = json.loads(text or "null")
        if not isinstance(values, dict) or values["version"] != _VERSION:
            return Record()
        variables, references = values.get("variables"), values.get("references")
        return Record(
            None if variables is None else DeployedVariables(bytes.fromhex(values["salt"]), dict(variables)),
            None if references is None else DeployedReferences(dict(references)),
        )
    except (ValueError, TypeError, LookupError):  # people edit annotations; nothing is removed on such a word
        return Record()


def with_record(resources: Mapping[str, Any], record: Record) -> dict[str, Any]:
    """A resource specification with the record, and with every other annotation it has."""
    if record == Record():
        return dict(resources)
    known = record.variables
    parts: dict[str, Any] = {"version": _VERSION}
    if known is not None:
        parts |= {"salt": known.salt.hex(), "variables": dict(known.hashes)}
    if record.references is not None:
        parts["references"] = dict(record.references.texts)
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"))
    return {**resources, "annotations": {**(resources.get("annotations") or {}), ANNOTATION: text}}


def salted_hash(salt: bytes, name: str, value: str) -> str:
    """What may be shown and kept of a value: 16 hex digits, other ones under another salt."""
    salted = salt + name.encode()  # two names with one value must not look alike
    return hashlib.scrypt(value.encode(), salt=salted, dklen=_HASH_LENGTH, **_SCRYPT).hex()
