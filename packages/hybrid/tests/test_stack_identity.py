"""What a stack may become, and what it is asked about first."""

from __future__ import annotations

import base64
from typing import Any

import dill
import pytest
from pulumi.dynamic.dynamic import serialize_provider

from langsmith_hybrid.stack_identity import IdentityProvider

BEFORE: dict[str, Any] = {
    "region": "eu-west-1",
    "vpcId": "",
    "vpcCidr": "10.0.0.0/16",
    "privateSubnetIds": "",
    "eksClusterName": "agents",
    "s3BucketPrefix": "acme",
    "postgresEnabled": True,
    "redisEnabled": False,
    "artifactsEnabled": True,
    "customerManagedKey": False,
    "eksClusterVersion": "1.35",
    "postgresVersion": "16",
    "redisVersion": "8.0",
    "postgresStorageGib": "50",
    "allowReplacement": False,
}


def failures(changes: dict[str, Any], before: dict[str, Any] = BEFORE) -> dict[str, str]:
    """What the engine is told of new values, by key."""
    found = IdentityProvider().check(before, {**BEFORE, **changes}).failures
    return {each.property: each.reason for each in found}


def test_a_new_stack_may_be_anything() -> None:
    assert failures({"vpcCidr": "10.7.0.0/16"}, before={}) == {}


def test_a_stack_from_before_a_key_was_known_is_not_asked_about_it() -> None:
    older = {key: value for key, value in BEFORE.items() if key != "vpcId"}
    assert failures({"vpcId": "vpc-1"}, before=older) == {}


def test_an_older_stack_of_the_production_profile_is_not_given_another_key_unasked() -> None:
    older = {key: value for key, value in BEFORE.items() if key != "customerManagedKey"}
    assert failures({"customerManagedKey": True}, before=older).keys() == {"customerManagedKey"}, (
        "it has AWS's keys, and another would replace its stores"
    )
    assert failures({"customerManagedKey": True}, before={}) == {}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("region", "us-east-1"),
        ("vpcCidr", "10.7.0.0/16"),
        ("vpcId", "vpc-1"),
        ("privateSubnetIds", "subnet-1,subnet-2"),
        ("eksClusterName", "other"),
        ("s3BucketPrefix", "other"),
        ("postgresEnabled", False),
        ("artifactsEnabled", False),
        ("customerManagedKey", True),
    ],
)
def test_what_holds_data_is_neither_replaced_nor_removed_without_consent(key: str, value: Any) -> None:
    (found,) = failures({key: value}).items()
    assert found[0] == key
    assert "set allowReplacement to true for one update" in found[1]
    assert failures({key: value, "allowReplacement": True}) == {}


def test_a_store_may_be_added_at_any_time() -> None:
    assert failures({"redisEnabled": True}) == {}


@pytest.mark.parametrize(
    ("key", "up", "down"),
    [
        ("eksClusterVersion", "1.36", "1.34"),
        ("postgresVersion", "17", "15"),
        ("redisVersion", "8.1", "7.2"),
        ("postgresStorageGib", "100", "20"),
    ],
)
def test_versions_and_disks_only_grow(key: str, up: str, down: str) -> None:
    standing = {**BEFORE, "redisEnabled": True}
    assert failures({**standing, key: up}, standing) == {}
    assert "AWS takes no upgrade back" in failures({**standing, key: down}, standing)[key]


@pytest.mark.parametrize(
    ("key", "store"),
    [
        ("postgresVersion", "postgresEnabled"),
        ("postgresStorageGib", "postgresEnabled"),
        ("redisVersion", "redisEnabled"),
    ],
)
def test_a_store_that_was_not_there_has_nothing_to_take_back(key: str, store: str) -> None:
    before = {**BEFORE, key: "900", store: False}
    assert failures({store: True}, before) == {}
    assert key in failures({store: True}, {**before, store: True}), "it would otherwise"


def test_a_zone_is_added_to_an_existing_network_and_none_is_taken_or_moved() -> None:
    before = {**BEFORE, "privateSubnetIds": "subnet-1,subnet-2"}
    assert failures({"privateSubnetIds": "subnet-1,subnet-2,subnet-3"}, before) == {}
    for other in ("subnet-1", "subnet-3,subnet-1,subnet-2", "subnet-1,subnet-22", ""):
        assert "privateSubnetIds" in failures({"privateSubnetIds": other}, before)
    assert "privateSubnetIds" in failures({"privateSubnetIds": "subnet-1"}), "from a network of its own"


def test_accepted_values_are_those_the_next_ones_are_compared_with() -> None:
    accepted = {**BEFORE, "vpcCidr": "10.7.0.0/16"}
    assert IdentityProvider().diff("id", BEFORE, accepted).changes
    assert not IdentityProvider().diff("id", BEFORE, dict(BEFORE)).changes, "every update would show a change"
    assert IdentityProvider().update("id", BEFORE, accepted).outs == accepted


def test_the_pickle_is_a_bare_reference_to_a_frozen_path() -> None:
    pickled = base64.b64decode(serialize_provider(IdentityProvider()))
    assert len(pickled) < 100, "by value it would change with every edit, and show as a change of the stack"
    assert b"langsmith_hybrid.stack_identity" in pickled, "stacks in the field know it by this module"
    assert isinstance(dill.loads(pickled), IdentityProvider), "the reference must resolve"  # noqa: S301 - our own
