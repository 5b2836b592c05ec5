"""A listener's life at the control plane: registered or adopted, verified, changed in place, removed.

Plain code over a control-plane client: it knows nothing of Pulumi. Every step can be repeated, since the engine repeats
them: a create whose outcome was lost is found again by its compute id, a delete of what is gone succeeds.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterable

from langsmith_control_plane.client import ControlPlaneClient
from langsmith_control_plane.errors import (
    ConflictError,
    LostAnswerError,
    NotFoundError,
    ServerUnavailableError,
    UnexpectedAnswerError,
    UnreachableError,
)
from langsmith_control_plane.models import Deployment, Listener
from langsmith_hybrid.listener.errors import ListenerGoneError, ListenerInUseError, ListenerMismatchError
from langsmith_hybrid.listener.inputs import ListenerInputs

# Each is followed by a look-up, and the client itself tries several times, so that few suffice.
_CREATE_TRIES = 3
_FIRST_WAIT_SECONDS = 1.0
_NAMED_AT_MOST = 10

# After these a listener may exist although its creation failed.
_MAY_EXIST = (ConflictError, LostAnswerError, ServerUnavailableError, UnexpectedAnswerError)


@dataclasses.dataclass(frozen=True)
class Registration:
    """A listener, and whether it existed before the resource did."""

    listener: Listener
    adopted: bool


class ListenerLifecycle:
    """The operations behind the resource.

    Args:
        control_plane: Client of the listener's workspace.
        sleep: Waits the given seconds.
    """

    def __init__(self, control_plane: ControlPlaneClient, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._control_plane = control_plane
        self._sleep = sleep

    def create(self, wanted: ListenerInputs) -> Registration:
        """Register the cluster, or adopt the listener it already has.

        A listener that turns up after our own request was lost counts as ours if it has the namespaces we asked for,
        and as adopted otherwise: what may belong to somebody else is never deleted unasked.

        Raises:
            ControlPlaneError: The control plane refuses, or cannot be reached.
            ListenerMismatchError: ``existing_id`` names no listener of this compute id, or several have it.
            ListenerInUseError: Adopting would take a namespace from deployments.
        """
        if wanted.existing_id is not None:
            return Registration(self._align(self._existing(wanted.existing_id, wanted), wanted), adopted=True)
        if registration := self._claim(wanted, lost=False):
            return registration
        lost = False
        tried = 0
        while True:
            tried += 1
            try:
                return Registration(self._register(wanted), adopted=False)
            except UnreachableError:
                raise  # nothing was sent, so that there is nothing to look for
            except _MAY_EXIST as error:
                lost = lost or not isinstance(error, ConflictError)
                self._sleep(_FIRST_WAIT_SECONDS * tried)
                if registration := self._claim(wanted, lost=lost):
                    return registration
                if tried == _CREATE_TRIES:
                    raise

    def read(self, listener_id: str) -> Listener | None:
        """The listener as it is, or None where it is gone."""
        try:
            return self._control_plane.get_listener(listener_id)
        except NotFoundError:
            return None

    def update(self, listener_id: str, wanted: ListenerInputs) -> Listener:
        """Bring the namespaces in line; with nothing to change it still proves the key and the listener good.

        Raises:
            ListenerGoneError: It was deleted in the meantime.
            ListenerInUseError: Deployments run in a namespace that would go.
        """
        try:
            return self._align(self._control_plane.get_listener(listener_id), wanted)
        except NotFoundError:
            raise ListenerGoneError(listener_id) from None

    def delete(self, listener_id: str) -> None:
        """Remove the listener; one that is gone is fine.

        Raises:
            ListenerInUseError: Deployments use it. One being deleted still does: its listener removes its Pods.
        """
        users = self._control_plane.list_deployments(listener_id=listener_id)
        if users:
            raise ListenerInUseError(
                f"Listener {listener_id} is still used by {_named(users)}.",
                "Delete these deployments, wait until they are gone, then run this again.",
                [each.name for each in users],
            )
        try:
            self._control_plane.delete_listener(listener_id)
        except NotFoundError:
            return

    def _claim(self, wanted: ListenerInputs, *, lost: bool) -> Registration | None:
        """The listener of this compute id, brought in line; None where there is none."""
        found = self._find(wanted.compute_id)
        if found is None:
            return None
        ours = lost and set(found.namespaces) == set(wanted.namespaces)
        return Registration(self._align(found, wanted), adopted=not ours)

    def _find(self, compute_id: str) -> Listener | None:
        found = [each for each in self._control_plane.list_listeners() if each.compute_id == compute_id]
        if len(found) > 1:
            ids = ", ".join(sorted(each.id for each in found))
            raise ListenerMismatchError(
                f"Several listeners have the compute id {compute_id!r}: {ids}. "
                "Delete all but one, or name the right one as existing_id."
            )
        return found[0] if found else None

    def _existing(self, listener_id: str, wanted: ListenerInputs) -> Listener:
        try:
            listener = self._control_plane.get_listener(listener_id)
        except NotFoundError:
            raise ListenerMismatchError(
                f"existing_id names listener {listener_id}, which workspace {wanted.workspace_id} does not have. "
                "Correct it, or leave it out to register a new one."
            ) from None
        if listener.compute_id != wanted.compute_id:
            raise ListenerMismatchError(
                f"Listener {listener_id} has the compute id {listener.compute_id!r}, not {wanted.compute_id!r}. "
                "A compute id cannot change: correct existing_id or compute_id."
            )
        return listener

    def _register(self, wanted: ListenerInputs) -> Listener:
        return self._control_plane.create_listener(wanted.compute_id, wanted.namespaces)

    def _align(self, listener: Listener, wanted: ListenerInputs) -> Listener:
        if set(listener.namespaces) == set(wanted.namespaces):
            return listener
        self._refuse_to_strand(listener, set(listener.namespaces) - set(wanted.namespaces))
        return self._control_plane.patch_listener(listener.id, namespaces=wanted.namespaces)

    def _refuse_to_strand(self, listener: Listener, removed: set[str]) -> None:
        """The control plane does not say what becomes of deployments whose namespace its listener loses."""
        if not removed:
            return
        deployments = self._control_plane.list_deployments(listener_id=listener.id)
        stranded = [each for each in deployments if each.source_config.namespace in removed]
        if stranded:
            namespaces = ", ".join(sorted({each.source_config.namespace or "" for each in stranded}))
            raise ListenerInUseError(
                f"Listener {listener.id} cannot lose {namespaces}, where {_named(stranded)} would be stranded.",
                "Keep the namespace, or delete what runs there first.",
                [each.name for each in stranded],
            )


def _named(deployments: Iterable[Deployment]) -> str:
    names = sorted(f"{each.name!r} ({each.status})" for each in deployments)
    shown = ", ".join(names[:_NAMED_AT_MOST])
    more = f" and {len(names) - _NAMED_AT_MOST} more" if len(names) > _NAMED_AT_MOST else ""
    return f"deployment{'s' if len(names) > 1 else ''} {shown}{more}"
