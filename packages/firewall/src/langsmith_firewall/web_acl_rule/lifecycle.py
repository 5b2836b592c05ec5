"""How the rule gets into a web ACL and leaves it: in one write each, which keeps all that is others'."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable

from langsmith_firewall.concurrency import retried
from langsmith_firewall.errors import RefusedError, TargetGoneError
from langsmith_firewall.services.web_acl import Rule, Rules, WebAclSnapshot
from langsmith_firewall.web_acl_rule.rule import AllowRule


class RuleLifecycle:
    """The operations behind the resource.

    Args:
        rules: The web ACL's.
        rule: Ours.
        sleep: Waits the given seconds.
    """

    def __init__(self, rules: Rules, rule: AllowRule, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._rules = rules
        self._rule = rule
        self._sleep = sleep

    def bring(self, *, owned: bool = False, close_open: bool = False) -> None:
        """Have the rule as it should be.

        Args:
            owned: A rule of its name is ours, whatever became of it; else only one that does the same is.
            close_open: Whether a web ACL that allows everybody may be made to block all but what its rules allow.

        Raises:
            RefusedError: It would lock others out, take another rule's place, or do nothing. Nothing was changed.
        """

        def write() -> None:
            seen = self._rules.read()
            self._refuse_to_shut_out(seen, close_open)
            found, others = self._split(seen)
            if found is not None and not owned and not self._rule.is_like(found):
                raise RefusedError(
                    f"The web ACL has a rule {self._rule.name} that does something else. Rename or delete that rule, "
                    "then run this again."
                )
            if found is None or not self._rule.is_like(found) or not seen.blocks:
                wanted = self._rule.written(self._place(found, others))
                self._rules.replace([*others, wanted], seen, block=True)

        retried(write, self._sleep)

    def read(self) -> bool | None:
        """Whether the rule is as it should be, in a web ACL that blocks all else; None where it is gone."""
        try:
            seen = self._rules.read()
        except TargetGoneError:
            return None
        found, _ = self._split(seen)
        return None if found is None else seen.blocks and self._rule.is_like(found)

    def remove(self) -> None:
        """Take the rule away; one that is gone already is fine.

        Raises:
            RefusedError: Somebody made it block or count instead: without it more might pass. Nothing was changed.
        """

        def write() -> None:
            seen = self._rules.read()
            found, others = self._split(seen)
            if found is None:
                return
            if "Allow" not in (found.get("Action") or {}):
                raise RefusedError(
                    f"Rule {self._rule.name} allows nothing any more, so that removing it might open the web ACL. "
                    "Delete it at AWS, then run this again."
                )
            self._rules.replace(others, seen, block=False)

        with contextlib.suppress(TargetGoneError):
            retried(write, self._sleep)

    def _split(self, seen: WebAclSnapshot) -> tuple[Rule | None, list[Rule]]:
        """The rule of our name, and the others."""
        ours = [rule for rule in seen.rules if rule["Name"] == self._rule.name]
        return (ours[0] if ours else None), [rule for rule in seen.rules if rule not in ours]

    def _place(self, found: Rule | None, others: list[Rule]) -> int:
        taken = {int(rule["Priority"]): str(rule["Name"]) for rule in others}
        wanted = self._rule.priority
        if wanted is None:
            return int(found["Priority"]) if found is not None else max(taken, default=-1) + 1
        if wanted in taken:
            raise RefusedError(
                f"Priority {wanted} is that of rule {taken[wanted]}. Give another one, or none to be behind all others."
            )
        return wanted

    def _refuse_to_shut_out(self, seen: WebAclSnapshot, close_open: bool) -> None:
        if not seen.blocks and not close_open:
            raise RefusedError(
                "The web ACL allows what no rule blocks, so that a rule to allow would do nothing. Make it block by "
                "default yourself first, or set close_open to make it block all but what its rules allow."
            )
