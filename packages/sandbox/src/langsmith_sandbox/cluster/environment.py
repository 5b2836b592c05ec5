"""The environment of a container, from its specification: ``env``, ``envFrom``, ``valueFrom`` and ``$(NAME)``.

Messages are the kubelet's, since people search for them.
"""

from __future__ import annotations

import base64
import math
import re
from typing import TYPE_CHECKING, Protocol

from langsmith_sandbox.cluster.errors import ContainerConfigError
from langsmith_sandbox.cluster.quantities import parse_quantity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from langsmith_sandbox.cluster.api import Json

_REFERENCE = re.compile(r"\$\$|\$\(([A-Za-z_.-][A-Za-z0-9_.-]*)\)")
_SUBSCRIPT = re.compile(r"metadata\.(labels|annotations)\['(.+)'\]")


class ObjectSource(Protocol):
    """Where Secrets and ConfigMaps are read from; None means there is no such object."""

    def secret(self, namespace: str, name: str) -> Json | None:
        """A Secret."""
        ...

    def config_map(self, namespace: str, name: str) -> Json | None:
        """A ConfigMap."""
        ...


def resolve_environment(container: Json, pod: Json, source: ObjectSource) -> dict[str, str]:
    """All variables the specification sets, later ones over earlier ones.

    Args:
        container: One entry of ``spec.containers`` or ``spec.initContainers``.
        pod: The Pod, its ``status.podIP`` set.
        source: Where Secrets and ConfigMaps come from.

    Raises:
        ContainerConfigError: A Secret, ConfigMap, key or field that is not optional does not exist.
    """
    namespace = pod["metadata"]["namespace"]
    resolved: dict[str, str] = {}
    for bulk in container.get("envFrom") or ():
        resolved |= _bulk(bulk, namespace, source)
    for variable in container.get("env") or ():
        if value_from := variable.get("valueFrom"):
            value = _value_from(value_from, container, pod, source)
            if value is None:
                continue
        else:
            value = expand(variable.get("value", ""), resolved)
        resolved[variable["name"]] = value
    return resolved


def expand(text: str, variables: Mapping[str, str]) -> str:
    """Replace ``$(NAME)`` by the variable's value; unknown names stay, ``$$(NAME)`` becomes ``$(NAME)``."""

    def replace(match: re.Match[str]) -> str:
        if match.group(0) == "$$":
            return "$"
        return variables.get(match.group(1), match.group(0))

    return _REFERENCE.sub(replace, text)


def secret_data(secret: Json) -> dict[str, bytes]:
    """A Secret's values, decoded."""
    return {key: base64.b64decode(value) for key, value in (secret.get("data") or {}).items()}


def config_map_data(config_map: Json) -> dict[str, bytes]:
    """A ConfigMap's values, text and binary."""
    text = {key: value.encode() for key, value in (config_map.get("data") or {}).items()}
    return text | {key: base64.b64decode(value) for key, value in (config_map.get("binaryData") or {}).items()}


def field_value(pod: Json, path: str) -> str:
    """A field of the Pod by the path a ``fieldRef`` names.

    Raises:
        ContainerConfigError: The node does not know such a field.
    """
    if match := _SUBSCRIPT.fullmatch(path):
        return (pod["metadata"].get(match.group(1)) or {}).get(match.group(2), "")
    fields = {
        "metadata.name": lambda: pod["metadata"]["name"],
        "metadata.namespace": lambda: pod["metadata"]["namespace"],
        "metadata.uid": lambda: pod["metadata"]["uid"],
        "spec.nodeName": lambda: pod["spec"].get("nodeName", ""),
        "spec.serviceAccountName": lambda: pod["spec"].get("serviceAccountName", "default"),
        "status.podIP": lambda: pod["status"]["podIP"],
        "status.podIPs": lambda: pod["status"]["podIP"],
        "status.hostIP": lambda: pod["status"].get("hostIP", "127.0.0.1"),
    }
    if path not in fields:
        raise ContainerConfigError(f"unsupported fieldPath: {path}")
    return fields[path]()


def resource_value(container: Json, reference: Json) -> str:
    """A request or limit of the container in units of the reference's divisor, rounded up."""
    group, _, name = reference["resource"].partition(".")
    amount = ((container.get("resources") or {}).get(group) or {}).get(name, "0")
    divisor = parse_quantity(reference.get("divisor") or "1") or parse_quantity("1")
    return str(math.ceil(parse_quantity(amount) / divisor))


def _bulk(bulk: Json, namespace: str, source: ObjectSource) -> dict[str, str]:
    prefix = bulk.get("prefix", "")
    values: dict[str, bytes] = {}
    if reference := bulk.get("secretRef"):
        secret = _secret(reference, namespace, source)
        values |= secret_data(secret) if secret else {}
    if reference := bulk.get("configMapRef"):
        config_map = _config_map(reference, namespace, source)
        values |= config_map_data(config_map) if config_map else {}
    return {f"{prefix}{key}": value.decode(errors="replace") for key, value in values.items()}


def _value_from(value_from: Json, container: Json, pod: Json, source: ObjectSource) -> str | None:
    namespace = pod["metadata"]["namespace"]
    if reference := value_from.get("secretKeyRef"):
        secret = _secret(reference, namespace, source)
        return (
            None if secret is None else _key(secret_data(secret), reference, f"Secret {namespace}/{reference['name']}")
        )
    if reference := value_from.get("configMapKeyRef"):
        config_map = _config_map(reference, namespace, source)
        where = f"ConfigMap {namespace}/{reference['name']}"
        return None if config_map is None else _key(config_map_data(config_map), reference, where)
    if reference := value_from.get("fieldRef"):
        return field_value(pod, reference["fieldPath"])
    if reference := value_from.get("resourceFieldRef"):
        return resource_value(container, reference)
    raise ContainerConfigError(f"unsupported env source: {', '.join(value_from)}")


def _secret(reference: Json, namespace: str, source: ObjectSource) -> Json | None:
    secret = source.secret(namespace, reference["name"])
    if secret is None and not reference.get("optional"):
        raise ContainerConfigError(f'secret "{reference["name"]}" not found')
    return secret


def _config_map(reference: Json, namespace: str, source: ObjectSource) -> Json | None:
    config_map = source.config_map(namespace, reference["name"])
    if config_map is None and not reference.get("optional"):
        raise ContainerConfigError(f'configmap "{reference["name"]}" not found')
    return config_map


def _key(values: Mapping[str, bytes], reference: Json, where: str) -> str | None:
    if reference["key"] in values:
        return values[reference["key"]].decode(errors="replace")
    if reference.get("optional"):
        return None
    raise ContainerConfigError(f"couldn't find key {reference['key']} in {where}")
