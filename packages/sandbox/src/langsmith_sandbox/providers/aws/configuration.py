"""Configuration of the provider: which region, which tags on everything, whose credentials."""

from __future__ import annotations

import dataclasses
import difflib
import json
import os
from typing import TYPE_CHECKING, Any

from langsmith_sandbox.providers.aws.schema import provider_properties
from langsmith_sandbox.providers.plugin import Change, Checked, Diff, Difference, ProviderError
from langsmith_sandbox.providers.properties import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from langsmith_sandbox.providers.properties import Properties

_HANDLED = frozenset({"allowedAccountIds", "defaultTags", "profile", "region", "version", "pluginDownloadURL"})
_WITHOUT_EFFECT = frozenset(
    {"skipCredentialsValidation", "skipMetadataApiCheck", "skipRegionValidation", "skipRequestingAccountId"}
)
"""Checks of the real plugin that this one does not make anyway."""


@dataclasses.dataclass(frozen=True)
class Configuration:
    """What an ``aws.Provider`` or the stack's ``aws:`` keys say."""

    region: str
    default_tags: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    profile: str | None = None
    allowed_account_ids: tuple[str, ...] = ()

    @classmethod
    def load(cls, properties: Properties, environment: Mapping[str, str] = os.environ) -> Configuration:
        """Read provider inputs; nested ones arrive as JSON text.

        Raises:
            ProviderError: When no region is known.
        """
        given = {name: _plain(value) for name, value in properties.items()}
        region = given.get("region") or environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION")
        if region is UNKNOWN or not region:
            raise ProviderError("The AWS provider has no region.", "Set it with `pulumi config set aws:region`.")
        return cls(
            region=region,
            default_tags=(given.get("defaultTags") or {}).get("tags") or {},
            profile=given.get("profile"),
            allowed_account_ids=tuple(given.get("allowedAccountIds") or ()),
        )


def check_configuration(inputs: Properties) -> Checked:
    """Refuse configuration that does not exist, and that which this provider would silently ignore."""
    known = provider_properties()
    failures: list[tuple[str, str]] = []
    for name in inputs:
        if name not in known and name not in _HANDLED:
            close = difflib.get_close_matches(name, known, n=1)
            hint = f"; did you mean {close[0]!r}?" if close else ""
            failures.append((name, f"the AWS provider has no property {name!r}{hint}"))
        elif name not in _HANDLED | _WITHOUT_EFFECT and _plain(inputs[name]) not in (None, False, "", [], {}):
            failures.append((name, f"the sandbox's AWS provider does not handle {name!r}; leave it out"))
    return Checked(inputs, failures)


def configuration_difference(diff: Diff) -> Difference:
    """A provider for another region is another provider; everything else is taken over."""
    changes: dict[str, Change] = {}
    for name in sorted(diff.inputs.keys() | diff.state.keys()):
        old, new = diff.state.get(name), diff.inputs.get(name)
        if _plain(old) != _plain(new) and name not in ("version", "pluginDownloadURL"):
            kind = "add" if old is None else "delete" if new is None else "update"
            changes[name] = Change(kind, replace=name == "region" and new is not UNKNOWN)
    return Difference(changes)


def _plain(value: Any) -> Any:
    if (isinstance(value, str) and value[:1] in ("{", "[")) or value in ("true", "false"):
        return json.loads(value)
    return value
