"""Which key is used, and that a wrong one stops the operation instead of reaching another workspace."""

from __future__ import annotations

import pytest

from langsmith_control_plane.secret import Secret
from langsmith_hybrid.listener.api_key import ApiKeys, fingerprint
from langsmith_hybrid.listener.errors import ApiKeyError

WORKSPACE = "7c1d8c2e-6f0e-4f1d-9a55-0d8f3f6f2a11"
STACK, SHELL = "lsv2_pt_stack_canary", "lsv2_pt_shell_canary"
BOTH = ApiKeys.find(STACK, {"LANGSMITH_API_KEY": SHELL})
ONLY_SHELL = ApiKeys.find(None, {"LANGSMITH_API_KEY": SHELL})


def _print(key: str) -> str:
    return fingerprint(Secret(key), WORKSPACE)


def test_fingerprint_is_short_and_tells_keys_and_workspaces_apart() -> None:
    assert len(_print(STACK)) == 12, "long enough to notice a rotation, too short to stand for the key"
    assert _print(STACK) != _print(SHELL), "a rotated key must show as a change"
    assert _print(STACK) != fingerprint(Secret(STACK), "another"), "the salt keeps one table from serving all stacks"


def test_fingerprint_ignores_how_key_and_workspace_are_typed() -> None:
    assert fingerprint(Secret(f" {STACK}\n"), WORKSPACE.upper()) == _print(STACK), "the same key is no rotation"


def test_the_stacks_own_key_wins_over_the_shells() -> None:
    assert BOTH.for_writing(WORKSPACE, None).reveal() == STACK, "a shell's tracing key may be of another workspace"
    assert BOTH.for_reading(WORKSPACE, None).reveal() == STACK, "else a refresh reports the listener as gone"


def test_writing_with_another_key_than_declared_is_refused() -> None:
    with pytest.raises(ApiKeyError, match="not the one in the stack's langsmithApiKey") as failure:
        BOTH.for_writing(WORKSPACE, _print(SHELL))
    assert "canary" not in str(failure.value), "the message reaches the console"
    with pytest.raises(ApiKeyError, match="not the one in LANGSMITH_API_KEY"):
        ONLY_SHELL.for_writing(WORKSPACE, _print(STACK))


def test_writing_with_the_declared_key_is_fine_wherever_it_comes_from() -> None:
    assert BOTH.for_writing(WORKSPACE, _print(STACK)).reveal() == STACK, "the usual case"
    assert ONLY_SHELL.for_writing(WORKSPACE, _print(SHELL)).reveal() == SHELL, "a program may read it elsewhere"


def test_reading_with_a_rotated_stack_key_is_fine() -> None:
    assert BOTH.for_reading(WORKSPACE, _print("the old key")).reveal() == STACK, "the stack declares what is current"


def test_reading_with_a_foreign_key_of_the_shell_is_refused() -> None:
    with pytest.raises(ApiKeyError, match="another key than this listener was registered with"):
        ONLY_SHELL.for_reading(WORKSPACE, _print(STACK))


@pytest.mark.parametrize("blank", [None, "", "  "])
def test_without_any_key_the_message_says_where_to_put_one(blank: str | None) -> None:
    nothing = ApiKeys.find(blank, {"LANGSMITH_API_KEY": blank or ""})
    with pytest.raises(ApiKeyError, match="pulumi config set --secret langsmithApiKey"):
        nothing.for_writing(WORKSPACE, None)
    with pytest.raises(ApiKeyError, match="export LANGSMITH_API_KEY"):
        nothing.for_reading(WORKSPACE, None)
