"""The listener's inputs: checked and normalised, also while some of them are not known yet."""

from __future__ import annotations

import dataclasses
import re
import uuid
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from pulumi.output import Unknown

from langsmith_control_plane.endpoints import resolve
from langsmith_control_plane.errors import EndpointError
from langsmith_hybrid.listener.api_key import CONFIG_KEY

Props = Mapping[str, Any]

# A namespace's name is a DNS-1123 label.
_NAMESPACE = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")


class Failure(NamedTuple):
    """One input that cannot be used."""

    property: str
    reason: str


@dataclasses.dataclass(frozen=True)
class ListenerInputs:
    """What a listener shall be. Field names are those of the resource's properties.

    Attributes:
        workspace_id: UUID of the LangSmith workspace.
        compute_id: Name of the cluster, unique in the workspace.
        namespaces: Kubernetes namespaces it may deploy to, sorted.
        control_plane_url: Base URL of the control plane; None leaves it to the environment of each operation.
        delete_adopted: Whether a listener that existed before this resource is deleted with it.
        existing_id: UUID of the listener to adopt; None looks for one by compute id.
        api_key_fingerprint: See `api_key.fingerprint`.
    """

    workspace_id: str
    compute_id: str
    namespaces: tuple[str, ...]
    control_plane_url: str | None = None
    delete_adopted: bool = False
    existing_id: str | None = None
    api_key_fingerprint: str | None = None

    @classmethod
    def from_props(cls, props: Props) -> ListenerInputs:
        """From checked properties, all of them known."""
        return cls(
            workspace_id=props["workspace_id"],
            compute_id=props["compute_id"],
            namespaces=tuple(sorted(props["namespaces"])),
            control_plane_url=props.get("control_plane_url"),
            delete_adopted=bool(props.get("delete_adopted")),
            existing_id=props.get("existing_id"),
            api_key_fingerprint=props.get("api_key_fingerprint"),
        )

    def to_props(self) -> dict[str, Any]:
        """As properties: lists for tuples."""
        return {**dataclasses.asdict(self), "namespaces": list(self.namespaces)}


def has_unknown(value: Any) -> bool:
    """Whether a value, or an element of a list, is known only after an apply: the engine's `Unknown`."""
    return isinstance(value, Unknown) or (isinstance(value, (list, tuple)) and any(map(has_unknown, value)))


def check(props: Props) -> tuple[dict[str, Any], list[Failure]]:
    """The inputs in normal form, and what is wrong with them. Asks nobody, so that a preview works offline."""
    checked: dict[str, Any] = {}
    failures: list[Failure] = []
    for name, normalise in _RULES.items():
        value = props.get(name)
        if has_unknown(value):
            checked[name] = value
            continue
        try:
            checked[name] = normalise(value)
        except ValueError as problem:
            checked[name] = value
            failures.append(Failure(name, str(problem)))
    return checked, failures


def _uuid(value: Any) -> str:
    try:
        return str(uuid.UUID(value.strip()))
    except (AttributeError, ValueError):
        raise ValueError(f"{value!r} is not a UUID. Copy it from LangSmith's settings.") from None


def _optional_uuid(value: Any) -> str | None:
    return None if value is None else _uuid(value)


def _compute_id(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("The compute id is empty. Give the name of the cluster.")
    return value.strip()


def _namespaces(value: Any) -> list[str]:
    if not isinstance(value, (list, tuple)) or not value:
        raise ValueError("There is no namespace. Name at least one that agents may be deployed to.")
    for namespace in value:
        if not isinstance(namespace, str) or not _NAMESPACE.fullmatch(namespace):
            raise ValueError(
                f"{namespace!r} is no Kubernetes namespace. "
                "Use 1 to 63 lowercase letters, digits and dashes, without a dash at either end."
            )
    if repeated := sorted({each for each in value if value.count(each) > 1}):
        raise ValueError(f"{', '.join(map(repr, repeated))} is listed more than once. Name each namespace once.")
    return sorted(value)


def _url(value: Any) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or not value.strip():
        raise ValueError("The control plane's URL is empty. Leave it out to use the environment's.")
    try:
        return resolve(value, {}).control_plane
    except EndpointError as error:
        raise ValueError(str(error)) from None


def _flag(value: Any) -> bool:
    if not isinstance(value, (bool, type(None))):
        raise ValueError(f"{value!r} is neither true nor false. Use one of them.")
    return bool(value)


def _fingerprint(value: Any) -> Any:
    if value == "":
        raise ValueError(f"The API key is empty. Set it with `pulumi config set --secret {CONFIG_KEY}`.")
    return value


_RULES: Mapping[str, Callable[[Any], Any]] = {
    "workspace_id": _uuid,
    "compute_id": _compute_id,
    "namespaces": _namespaces,
    "control_plane_url": _url,
    "delete_adopted": _flag,
    "existing_id": _optional_uuid,
    "api_key_fingerprint": _fingerprint,
}
