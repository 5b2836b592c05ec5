"""The requests about listeners."""

from __future__ import annotations

from collections.abc import Sequence

from langsmith_control_plane.calls import Call, Json, get, given, item

_LISTENERS = "/v2/listeners"
_COMPUTE_TYPE = "k8s"


def list_listeners() -> Call:
    """One page of the workspace's listeners."""
    return get(_LISTENERS)


def get_listener(listener_id: str) -> Call:
    """One listener."""
    return get(item(_LISTENERS, listener_id))


def create_listener(compute_id: str, namespaces: Sequence[str], version: str | None = None) -> Call:
    """A new listener; ``compute_id`` is unique in the workspace and can never change."""
    body: Json = {
        "compute_type": _COMPUTE_TYPE,
        "compute_id": compute_id,
        "compute_config": {"k8s_namespaces": list(namespaces)},
    }
    return Call("POST", _LISTENERS, body=body | given(version=version))


def patch_listener(listener_id: str, namespaces: Sequence[str] | None = None, version: str | None = None) -> Call:
    """A change of a listener; repeatable, since the body states the wanted values whole."""
    config = None if namespaces is None else {"k8s_namespaces": list(namespaces)}
    body = given(compute_config=config, version=version)
    return Call("PATCH", item(_LISTENERS, listener_id), body=body, repeatable=True)


def delete_listener(listener_id: str) -> Call:
    """The removal of a listener."""
    return Call("DELETE", item(_LISTENERS, listener_id), repeatable=True)
