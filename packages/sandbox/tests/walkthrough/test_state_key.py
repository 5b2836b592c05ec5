"""The key of a stack's secrets, in an account of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from langsmith_sandbox.walkthrough import account
from langsmith_sandbox.walkthrough.state_key import StateKey

if TYPE_CHECKING:
    from langsmith_sandbox.walkthrough.tools import Tools


def test_a_key_is_made_once_and_is_on_its_way_out_when_retired(tools: Tools) -> None:
    kms = account.client(tools.environ, "kms")
    key = StateKey("langsmith-hybrid", tools.environ)
    key.ensure()
    made = kms.describe_key(KeyId=key.alias)["KeyMetadata"]["KeyId"]
    key.ensure()
    assert [each["KeyId"] for each in kms.list_keys()["Keys"]] == [made], "the second time there is one"

    key.retire()
    assert kms.describe_key(KeyId=made)["KeyMetadata"]["KeyState"] == "PendingDeletion"
    key.retire()  # there is none any more, which is what was asked for
    key.ensure()
    assert kms.describe_key(KeyId=key.alias)["KeyMetadata"]["KeyId"] != made, "a new stack has a new key"
