"""What the engine calls for the rule of a web ACL.

The engine stores a pickled `RuleProvider` in every stack's state: by reference, as this module's and this class's name.
**Neither may ever be renamed or moved**, or existing stacks can no longer be read.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from pulumi.dynamic import (
    CheckFailure,
    CheckResult,
    CreateResult,
    DiffResult,
    ReadResult,
    ResourceProvider,
    UpdateResult,
)

from langsmith_firewall.entries.inputs import has_unknown
from langsmith_firewall.errors import FirewallError
from langsmith_firewall.services.web_acl import open_web_acl
from langsmith_firewall.web_acl_rule import inputs
from langsmith_firewall.web_acl_rule.inputs import rule_of
from langsmith_firewall.web_acl_rule.lifecycle import RuleLifecycle

Props = dict[str, Any]

# Another web ACL, or a set of another name, is another rule: the new one is there before the old one goes.
_IDENTITY = ("web_acl_arn", "ip_set_name")


class RuleProvider(ResourceProvider):
    """Creates, reads, updates and deletes the rule for the engine."""

    serialize_as_secret_always = False

    def check(self, _olds: Props, news: Props) -> CheckResult:
        """Called before every other step, also in previews: validates and normalises inputs, some maybe unknown."""
        checked, problems = inputs.check(news)
        return CheckResult(checked, [CheckFailure(each.property, each.reason) for each in problems])

    def diff(self, _id: str, _olds: Props, _news: Props) -> DiffResult:
        """Called for a rule in the state, also in previews; a rule somebody changed since counts as changed."""
        changed = [name for name in inputs.NAMES if has_unknown(_news.get(name)) or _olds.get(name) != _news.get(name)]
        replaces = [name for name in changed if name in _IDENTITY]
        altered = _olds.get("intact") is False
        return DiffResult(changes=bool(changed) or altered, replaces=replaces, delete_before_replace=False)

    def create(self, props: Props) -> CreateResult:
        """Called for a rule that is not in the state, even if an interrupted run has made it."""
        with _lifecycle(props) as lifecycle:
            lifecycle.bring(close_open=bool(props["close_open"]))
        return CreateResult(f"{props['web_acl_arn']}/{rule_of(props).name}", {**props, "intact": True})

    def read(self, id_: str, props: Props) -> ReadResult:
        """Called on refresh."""
        with _lifecycle(props) as lifecycle:
            intact = lifecycle.read()
        if intact is None:
            return ReadResult(None, {})  # an empty id tells the engine that it is gone
        live = {name: props.get(name) for name in inputs.NAMES}
        return ReadResult(id_, {**live, "intact": intact}, live)

    def update(self, _id: str, _olds: Props, _news: Props) -> UpdateResult:
        """Called for another set of the same name, another place, or a rule somebody changed."""
        with _lifecycle(_news) as lifecycle:
            lifecycle.bring(owned=True, close_open=bool(_news["close_open"]))
        return UpdateResult({**_news, "intact": True})

    def delete(self, _id: str, _props: Props) -> None:
        """Called on destroy and after a replacement."""
        with _lifecycle(_props) as lifecycle:
            lifecycle.remove()


@contextlib.contextmanager
def _lifecycle(props: Props) -> Iterator[RuleLifecycle]:
    """The lifecycle for one operation; its errors leave as plain sentences without a chain of causes."""
    try:
        with open_web_acl(props["web_acl_arn"]) as rules:
            yield RuleLifecycle(rules, rule_of(props))
    except FirewallError as error:
        raise FirewallError(str(error)) from None
