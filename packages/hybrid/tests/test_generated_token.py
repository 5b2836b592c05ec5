"""A token is made once, changes only when told to, and lies in the state as a bare reference to its maker."""

from __future__ import annotations

import base64
import re
from typing import Any

import dill
import pulumi
from pulumi.dynamic.dynamic import serialize_provider
from pulumi.runtime import mocks

from langsmith_hybrid.generated_token import GeneratedToken, TokenProvider

PROPS = {"generation": 1, "value": None}


def made() -> dict[str, Any]:
    """The properties of a token the engine has just had made."""
    return dict(TokenProvider().create(PROPS).outs or {})


def test_a_token_is_long_random_and_fit_for_elasticache_and_urls() -> None:
    tokens = [made()["value"] for _ in range(2)]
    assert tokens[0] != tokens[1]
    assert all(re.fullmatch("[0-9a-f]{64}", token) for token in tokens)


def test_only_another_generation_is_another_token() -> None:
    kept = made()
    assert not TokenProvider().diff("id", kept, PROPS).changes, "every update would cut the listener off otherwise"
    assert TokenProvider().diff("id", kept, {**PROPS, "generation": 2}).changes
    rotated = TokenProvider().update("id", kept, {**PROPS, "generation": 2}).outs or {}
    assert rotated["value"] != kept["value"]


def test_a_refresh_keeps_the_token() -> None:
    kept = made()
    assert TokenProvider().read("id", kept).outs == kept


def test_the_pickle_is_a_bare_reference_to_a_frozen_path() -> None:
    pickled = base64.b64decode(serialize_provider(TokenProvider()))
    assert len(pickled) < 100, "by value it would change with every edit, and show as a change of the token"
    assert b"langsmith_hybrid.generated_token" in pickled, "stacks in the field know it by this module"
    assert isinstance(dill.loads(pickled), TokenProvider), "the reference must resolve"  # noqa: S301 - our own


def test_the_engine_is_told_to_keep_the_value_secret(engine: Any) -> None:
    told: list[list[str]] = []

    class Monitor(mocks.MockMonitor):
        def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - the protocol's own name
            told.append(list(request.additionalSecretOutputs))
            return super().RegisterResource(request)

    pulumi.runtime.set_mocks(engine, monitor=Monitor(engine))

    @pulumi.runtime.test
    def program() -> None:
        GeneratedToken("token", generation=1)

    program()
    assert ["value"] in told, "else it would lie in the state in plain"
