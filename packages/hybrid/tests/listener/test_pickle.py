"""The provider as it lies in every stack's state: small, the same for ever, and without a key."""

from __future__ import annotations

import base64
import pickle

import dill
from pulumi.dynamic import Config, ConfigureRequest
from pulumi.dynamic.dynamic import serialize_provider

from langsmith_hybrid.listener.provider import ListenerProvider

PROJECT = "hosting"
API_KEY = "lsv2_pt_canary_" + "c0ffee" * 4


def _configured(provider: ListenerProvider) -> ListenerProvider:
    provider.configure(ConfigureRequest(Config({f"{PROJECT}:langsmithApiKey": API_KEY}, PROJECT)))
    return provider


def test_the_pickle_is_a_bare_reference_to_a_frozen_path() -> None:
    pickled = base64.b64decode(serialize_provider(ListenerProvider()))
    assert len(pickled) < 100, "by value it would change with every edit, and show as a change of the listener"
    assert b"langsmith_hybrid.listener.provider" in pickled, "stacks in the field know it by this module"
    assert b"ListenerProvider" in pickled, "and this class"
    assert isinstance(dill.loads(pickled), ListenerProvider), "the reference must resolve"  # noqa: S301 - our own


def test_a_configured_provider_pickles_without_its_key() -> None:
    configured = _configured(ListenerProvider())
    for dump in (pickle.dumps, dill.dumps, lambda each: base64.b64decode(serialize_provider(each))):
        assert b"canary" not in dump(configured), "the pickle lies in the state in plain"


def test_the_pickle_is_not_marked_secret() -> None:
    assert ListenerProvider.serialize_as_secret_always is False, "as a secret it would be encrypted anew in every state"
