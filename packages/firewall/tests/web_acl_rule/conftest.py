"""A web ACL in memory that keeps a history of what it did to callers."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

import pytest

from langsmith_firewall.errors import ChangedMeanwhileError, TargetGoneError
from langsmith_firewall.services.web_acl import Rule, WebAclSnapshot

THEIRS: Rule = {"Name": "theirs", "Priority": 7, "Statement": {"GeoMatchStatement": {}}, "Action": {"Block": {}}}


@dataclasses.dataclass
class FakeRules:
    """Rules guarded by a token.

    Attributes:
        rules: Those there are.
        blocks: Whether what no rule allows is refused.
        gone: Whether the web ACL was deleted.
        history: Names of the rules, and whether it blocked, after each write.
        before_write: Others' doings, each before one write.
    """

    rules: list[Rule] = dataclasses.field(default_factory=lambda: [THEIRS])
    blocks: bool = True
    gone: bool = False
    version: int = 1
    history: list[tuple[list[str], bool]] = dataclasses.field(default_factory=list)
    before_write: list[Callable[[FakeRules], None]] = dataclasses.field(default_factory=list)

    def read(self) -> WebAclSnapshot:
        if self.gone:
            raise TargetGoneError("There is no web ACL.")
        return WebAclSnapshot(tuple(self.rules), self.blocks, str(self.version))

    def replace(self, rules: Sequence[Rule], seen: WebAclSnapshot, *, block: bool) -> None:
        if self.before_write:
            self.before_write.pop(0)(self)
        if seen.version != str(self.version):
            raise ChangedMeanwhileError("The web ACL is of another version.", 409)
        self.rules, self.blocks = list(rules), self.blocks or block
        self.version += 1
        self.history.append((self.names(), self.blocks))

    def names(self) -> list[str]:
        return [rule["Name"] for rule in self.rules]


@pytest.fixture
def fake() -> FakeRules:
    """A web ACL that blocks by default, with a rule of somebody else."""
    return FakeRules()
