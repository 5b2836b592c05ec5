"""What a stack cannot become without losing what it holds: asked about before anything is changed, in previews too.

Another address range is another VPC, with another cluster and other stores in it. The engine would go ahead and replace
them all; this resource remembers what they were made from, and refuses other values until `allowReplacement` is set.

The engine stores a pickled `IdentityProvider` in every stack's state: by reference, as this module's and this class's
name. **Neither may ever be renamed or moved**, or existing stacks can no longer be read.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

import pulumi
from pulumi.dynamic import CheckFailure, CheckResult, CreateResult, DiffResult, Resource, ResourceProvider, UpdateResult

from langsmith_hybrid.config import LangSmithConfig
from langsmith_hybrid.config_values import stack_key

# What VPC, cluster, stores and buckets are made from, and whether there are any.
_FIXED = (
    "region",
    "vpc_id",
    "vpc_cidr",
    "private_subnet_ids",
    "eks_cluster_name",
    "s3_bucket_prefix",
    "postgres_enabled",
    "redis_enabled",
    "artifacts_enabled",
    "customer_managed_key",
)
# What stacks had that are older than the key. They are held to it, where any other unknown is taken as it comes.
_BEFORE_IT_WAS_KNOWN: Mapping[str, Any] = {"customer_managed_key": False}
# What AWS upgrades in place, and never takes back, with the key that says whether there is any.
_GROWING = {
    "eks_cluster_version": None,
    "postgres_version": "postgres_enabled",
    "redis_version": "redis_enabled",
    "postgres_storage_gib": "postgres_enabled",
}
_CONSENT = "allow_replacement"

Props = dict[str, Any]


class IdentityProvider(ResourceProvider):
    """Compares a stack with what it was, for the engine. There is nothing behind it to make or to delete."""

    serialize_as_secret_always = False

    def check(self, _olds: Props, news: Props) -> CheckResult:
        """Called before every other step, also in previews, with the recorded values; none in a new stack."""
        return CheckResult(news, [CheckFailure(key, reason) for key, reason in refusals(_olds, news)])

    def diff(self, _id: str, _olds: Props, _news: Props) -> DiffResult:
        """Called for a recorded stack: new values, once they are accepted, are recorded."""
        return DiffResult(changes=any(_olds.get(key) != value for key, value in _news.items()))

    def create(self, props: Props) -> CreateResult:
        """Called for a new stack."""
        return CreateResult(str(uuid.uuid4()), props)

    def update(self, _id: str, _olds: Props, _news: Props) -> UpdateResult:
        """Called when accepted values differ."""
        return UpdateResult(_news)


class StackIdentity(Resource, module="langsmith", name="StackIdentity"):
    """The values a stack was made from. Whatever must not be replaced unasked has to depend on it."""

    def __init__(self, name: str, config: LangSmithConfig, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(IdentityProvider(), name, recorded(config), opts)


def recorded(config: LangSmithConfig) -> Props:
    """What is remembered of a configuration, by stack file key."""
    values = {name: _plain(getattr(config, name)) for name in (*_FIXED, *_GROWING, _CONSENT)}
    if config.vpc_id is not None:
        values["vpc_cidr"] = ""  # of no VPC that is in use
    return {stack_key(name): value for name, value in values.items()}


def refusals(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Keys whose new values would cost the stack what it holds, and why; none with consent, or in a new stack."""
    if after[stack_key(_CONSENT)] or not before:
        return
    for name in _FIXED:
        key = stack_key(name)
        old, new = before.get(key, _BEFORE_IT_WAS_KNOWN.get(name, after[key])), after[key]
        # Another key is another database, so no key is nothing to add to.
        if old != new and (name == "customer_managed_key" or not _added(old, new)):
            loss = f"{_shown(old)} cannot become {_shown(new)} without the loss of what was made from it."
            yield key, f"{loss} Keep it, or set allowReplacement to true for one update."
    for name, owner in _GROWING.items():
        key = stack_key(name)
        old, new = before.get(key, after[key]), after[key]
        stood = owner is None or before.get(stack_key(owner), True)
        if stood and _order(new) < _order(old):
            yield key, f"{old} cannot become {new}: AWS takes no upgrade back. Keep it, or go up."


def _plain(value: Any) -> Any:
    """The engine keeps lists, not tuples, and a number or its spelling: text compares the same on both sides."""
    if isinstance(value, bool):
        return value
    return ",".join(value) if isinstance(value, tuple) else str(value or "")


def _added(old: Any, new: Any) -> bool:
    """Whether nothing is lost: a store where there was none, or subnets in one more zone behind those there were."""
    return new if old is False else bool(old) and isinstance(old, str) and new.startswith(f"{old},")


def _order(value: str) -> tuple[int, ...]:
    return tuple(int(part) for part in value.split("."))


def _shown(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else value or "nothing"
