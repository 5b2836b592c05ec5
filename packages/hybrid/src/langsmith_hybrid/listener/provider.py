"""What the engine calls for a listener.

The engine stores a pickled `ListenerProvider` in every stack's state: by reference, as this module's and this class's
name. **Neither may ever be renamed or moved**, or existing stacks can no longer be read. The class holds no state worth
storing, above all no API key; all decisions are made in plain code elsewhere.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from typing import Any

from pulumi.dynamic import (
    CheckFailure,
    CheckResult,
    ConfigureRequest,
    CreateResult,
    DiffResult,
    ReadResult,
    ResourceProvider,
    UpdateResult,
)

from langsmith_control_plane.client import ControlPlaneClient
from langsmith_control_plane.credentials import Credentials
from langsmith_control_plane.endpoints import resolve
from langsmith_control_plane.errors import ControlPlaneError
from langsmith_control_plane.models import Listener
from langsmith_control_plane.secret import Secret
from langsmith_hybrid.listener import inputs
from langsmith_hybrid.listener.api_key import CONFIG_KEY, ApiKeys
from langsmith_hybrid.listener.difference import difference
from langsmith_hybrid.listener.errors import ListenerError
from langsmith_hybrid.listener.inputs import ListenerInputs
from langsmith_hybrid.listener.lifecycle import ListenerLifecycle

Props = dict[str, Any]


class ListenerProvider(ResourceProvider):
    """Creates, reads, updates and deletes listeners for the engine."""

    serialize_as_secret_always = False
    _keys = ApiKeys()

    def __reduce__(self) -> tuple[type[ListenerProvider], tuple[()]]:
        """Pickle as a bare reference, whatever `configure` has learnt."""
        return (ListenerProvider, ())

    def configure(self, req: ConfigureRequest) -> None:
        """Called once a process, before anything else: finds the API keys at hand."""
        self._keys = ApiKeys.find(req.config.get(CONFIG_KEY), os.environ)

    def check(self, _olds: Props, news: Props) -> CheckResult:
        """Called before every other step, also in previews: validates and normalises inputs, some maybe unknown."""
        checked, failures = inputs.check(news)
        return CheckResult(checked, [CheckFailure(each.property, each.reason) for each in failures])

    def diff(self, _id: str, _olds: Props, _news: Props) -> DiffResult:
        """Called for a listener in the state, also in previews: what the new inputs change."""
        found = difference(_id, _olds, _news)
        return DiffResult(changes=bool(found.changed), replaces=list(found.replaces), delete_before_replace=True)

    def create(self, props: Props) -> CreateResult:
        """Called for a listener that is not in the state, even if an interrupted run has registered it."""
        wanted = ListenerInputs.from_props(props)
        key = self._keys.for_writing(wanted.workspace_id, wanted.api_key_fingerprint)
        with _lifecycle(wanted, key) as lifecycle:
            registration = lifecycle.create(wanted)
        return CreateResult(registration.listener.id, _outputs(wanted, registration.listener, registration.adopted))

    def read(self, id_: str, props: Props) -> ReadResult:
        """Called on refresh: the listener as it is. Its namespaces become the inputs too, so that drift is undone."""
        recorded = ListenerInputs.from_props(props)
        key = self._keys.for_reading(recorded.workspace_id, recorded.api_key_fingerprint)
        with _lifecycle(recorded, key) as lifecycle:
            listener = lifecycle.read(id_)
        if listener is None:
            return ReadResult(None, {})  # an empty id tells the engine that it is gone
        outputs = _outputs(recorded, listener, bool(props.get("adopted")))
        live_inputs = {**recorded.to_props(), "namespaces": outputs["namespaces"]}
        return ReadResult(id_, outputs, live_inputs)

    def update(self, _id: str, _olds: Props, _news: Props) -> UpdateResult:
        """Called for changes that need no other listener: namespaces, a rotated key, whether to delete."""
        wanted = ListenerInputs.from_props(_news)
        key = self._keys.for_writing(wanted.workspace_id, wanted.api_key_fingerprint)
        with _lifecycle(wanted, key) as lifecycle:
            listener = lifecycle.update(_id, wanted)
        return UpdateResult(_outputs(wanted, listener, bool(_olds.get("adopted"))))

    def delete(self, _id: str, _props: Props) -> None:
        """Called on destroy and before a replacement; an adopted listener stays unless the resource says otherwise."""
        recorded = ListenerInputs.from_props(_props)
        if _props.get("adopted") and not recorded.delete_adopted:
            # The engine shows what a provider prints; without it a kept listener would look deleted.
            sys.stdout.write(f"Listener {_id} existed before this stack and is kept; delete_adopted would remove it.\n")
            sys.stdout.flush()
            return
        key = self._keys.for_reading(recorded.workspace_id, recorded.api_key_fingerprint)
        with _lifecycle(recorded, key) as lifecycle:
            lifecycle.delete(_id)


@contextlib.contextmanager
def _lifecycle(props: ListenerInputs, key: Secret) -> Iterator[ListenerLifecycle]:
    """The lifecycle for one operation; its errors leave as plain sentences without a chain of causes."""
    try:
        endpoints = resolve(props.control_plane_url)
        with ControlPlaneClient(endpoints, Credentials(key, props.workspace_id)) as control_plane:
            yield ListenerLifecycle(control_plane)
    except ControlPlaneError as error:
        raise ListenerError(str(error)) from None


def _outputs(wanted: ListenerInputs, listener: Listener, adopted: bool) -> Props:
    """Every output: the engine forgets those it is not given."""
    return {
        **wanted.to_props(),
        "namespaces": sorted(listener.namespaces),
        "listener_id": listener.id,
        "adopted": adopted,
        "version": listener.version,
    }
