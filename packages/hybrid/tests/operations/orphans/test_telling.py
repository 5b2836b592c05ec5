"""The findings in words: each thing with its why and its remedy, and that nothing is left only where that is known."""

from __future__ import annotations

from operations.fakes import refusal
from operations.orphans.account import OF_US, World, arn

from langsmith_hybrid.operations.orphans.telling import told


def test_nothing_is_one_sentence(world: World) -> None:
    text = told(world.search(), world.whose())
    assert text == "Nothing is left of the stack dev in eu-west-1 or in LangSmith that its state does not hold."


def test_each_thing_is_told_with_its_arn_its_why_and_its_remedy(world: World) -> None:
    world.aws.tags((arn("new", "thing/1"), OF_US))
    lines = told(world.search(), world.whose()).splitlines()
    assert lines[:3] == ["Left of langsmith-hybrid/dev:", "  new:thing  1", f"    {arn('new', 'thing/1')}"]
    assert lines[3].startswith("    It carries the stack's tag")
    assert lines[4].startswith("    → ")


def test_what_could_not_be_looked_at_is_told_instead_of_nothing(world: World) -> None:
    world.aws.answers["iam", "list_roles"] = refusal("AccessDenied", "no iam:ListRoles")
    text = told(world.search(), world.whose())
    assert "Nothing is left" not in text
    assert text == "Could not look at IAM roles: AWS refused iam list_roles with AccessDenied: no iam:ListRoles."


def test_what_is_on_its_way_out_is_told_beside_nothing(world: World) -> None:
    world.aws.tags((arn("kms", "key/1"), OF_US))
    world.aws.answers["kms", "describe_key"] = {"KeyMetadata": {"KeyState": "PendingDeletion"}}
    assert told(world.search(), world.whose()).splitlines()[1] == (
        "The kms:key 1 waits for its deletion, and needs nothing more."
    )
