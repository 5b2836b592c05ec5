"""What the engine calls for a stack's entries on a list.

The engine stores a pickled `EntriesProvider` in every stack's state: by reference, as this module's and this class's
name. **Neither may ever be renamed or moved**, or existing stacks can no longer be read. The class holds nothing, above
all no credentials: those are found when a list is opened. All decisions are made in plain code elsewhere.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
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

from langsmith_firewall.entries import inputs
from langsmith_firewall.entries.difference import difference
from langsmith_firewall.entries.inputs import EntriesInputs
from langsmith_firewall.entries.lifecycle import EntriesLifecycle
from langsmith_firewall.errors import FirewallError

Props = dict[str, Any]


class EntriesProvider(ResourceProvider):
    """Creates, reads, updates and deletes entries for the engine."""

    serialize_as_secret_always = False

    def check(self, _olds: Props, news: Props) -> CheckResult:
        """Called before every other step, also in previews: validates and normalises inputs, some maybe unknown."""
        checked, problems = inputs.check(news)
        return CheckResult(checked, [CheckFailure(each.property, each.reason) for each in problems])

    def diff(self, _id: str, _olds: Props, _news: Props) -> DiffResult:
        """Called for entries in the state, also in previews: what the new inputs change."""
        found = difference(_olds, _news)
        return DiffResult(changes=bool(found.changed), replaces=list(found.replaces), delete_before_replace=False)

    def create(self, props: Props) -> CreateResult:
        """Called for entries that are not in the state, even if an interrupted run has made them."""
        wanted = EntriesInputs.from_props(props)
        return CreateResult(_identity(wanted), self._bring(wanted, ()))

    def read(self, id_: str, props: Props) -> ReadResult:
        """Called on refresh: which of our entries are still there becomes the input too, so that drift is undone."""
        recorded = EntriesInputs.from_props(props)
        with _lifecycle(recorded) as lifecycle:
            seen = lifecycle.read()
        if seen is None:
            return ReadResult(None, {})  # an empty id tells the engine that it is gone
        left = [cidr for cidr in recorded.sources.cidrs if cidr in seen.cidrs]
        added = [cidr for cidr in props.get("added") or () if cidr in seen.cidrs]
        live = {**recorded.to_props(), "sources": left}
        return ReadResult(id_, {**live, "added": added, "restricts": seen.restricts}, live)

    def update(self, _id: str, _olds: Props, _news: Props) -> UpdateResult:
        """Called for changes on the same list: other addresses, words, or an account that was opened."""
        return UpdateResult(self._bring(EntriesInputs.from_props(_news), _olds.get("added") or ()))

    def delete(self, _id: str, _props: Props) -> None:
        """Called on destroy and after a replacement: what this resource added goes, all else stays."""
        recorded = EntriesInputs.from_props(_props)
        with _lifecycle(recorded) as lifecycle:
            lifecycle.remove(_props.get("added") or ())

    @staticmethod
    def _bring(wanted: EntriesInputs, owned: Any) -> Props:
        """Every output: the engine forgets those it is not given."""
        with _lifecycle(wanted) as lifecycle:
            added = lifecycle.bring(wanted.sources, owned, close_open=wanted.close_open)
        return {**wanted.to_props(), "added": added, "restricts": True}


@contextlib.contextmanager
def _lifecycle(wanted: EntriesInputs) -> Iterator[EntriesLifecycle]:
    """The lifecycle for one operation; its errors leave as plain sentences without a chain of causes."""
    try:
        with wanted.service.open(wanted.target) as allow_list:
            yield EntriesLifecycle(allow_list, wanted.service.limits)
    except FirewallError as error:
        raise FirewallError(str(error)) from None


def _identity(wanted: EntriesInputs) -> str:
    """The same for the same list and owner, so that a lost creation is not another resource."""
    named = json.dumps([wanted.service.kind, wanted.target, wanted.sources.owner], sort_keys=True)
    return f"{wanted.service.kind}/{hashlib.sha256(named.encode()).hexdigest()[:12]}"
