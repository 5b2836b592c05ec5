"""What a program's listener sends to the engine, and above all what it does not."""

from __future__ import annotations

import json
from typing import Any

import pulumi
import pytest

from langsmith_control_plane.secret import Secret
from langsmith_hybrid.listener.api_key import fingerprint
from langsmith_hybrid.listener.inputs import check
from langsmith_hybrid.listener.resource import LangSmithListener

TYPE = "pulumi-python:dynamic/langsmith:Listener"
WORKSPACE = "7c1d8c2e-6f0e-4f1d-9a55-0d8f3f6f2a11"


def _declare(api_key: Any, **arguments: Any) -> list[LangSmithListener]:
    declared: list[LangSmithListener] = []

    @pulumi.runtime.test
    def program() -> None:
        declared.append(
            LangSmithListener(
                "listener",
                api_key=api_key,
                workspace_id=WORKSPACE,
                compute_id="hybrid",
                namespaces=["agents"],
                **arguments,
            )
        )

    program()
    return declared


@pytest.mark.parametrize("secret", [False, True])
def test_the_key_is_in_no_property_only_its_fingerprint(engine: Any, api_key: str, secret: bool) -> None:
    _declare(pulumi.Output.secret(api_key) if secret else api_key)
    inputs = engine.named(TYPE, "listener").inputs
    assert api_key not in json.dumps(inputs), "every property ends up in the state"
    assert inputs["api_key_fingerprint"] == fingerprint(Secret(api_key), WORKSPACE), "plain, so that a plan shows it"


def test_the_type_token_never_changes(engine: Any, api_key: str) -> None:
    _declare(api_key)
    assert len(engine.of_type(TYPE)) == 1, "existing stacks know the listener by this type"


def test_inputs_left_out_are_not_sent(engine: Any, api_key: str) -> None:
    _declare(api_key)
    inputs = engine.named(TYPE, "listener").inputs
    assert {name for name in inputs if name != "__provider"} == {
        "workspace_id",
        "compute_id",
        "namespaces",
        "delete_adopted",
        "api_key_fingerprint",
    }, "an absent control_plane_url must not look like an empty one"


def test_outputs_are_attributes_before_they_are_known(engine: Any, api_key: str) -> None:
    (listener,) = _declare(api_key)
    for name in ("listener_id", "adopted", "version", "namespaces", "workspace_id", "compute_id"):
        assert isinstance(getattr(listener, name), pulumi.Output), f"{name} is what the data plane is configured with"


@pytest.mark.parametrize("key", ["", "  "])
def test_an_empty_key_has_an_empty_fingerprint_which_the_provider_refuses(engine: Any, key: str) -> None:
    _declare(key)
    inputs = engine.named(TYPE, "listener").inputs
    assert inputs["api_key_fingerprint"] == "", "a fingerprint of nothing would hide that the key is missing"
    assert check(inputs)[1][0].property == "api_key_fingerprint", "the engine then names the resource and the input"
