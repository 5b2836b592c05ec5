"""Names for resources that are given none, as pulumi-aws makes them."""

from __future__ import annotations

import hashlib
import re
import secrets
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from langsmith_sandbox.providers.aws.resource import Naming
    from langsmith_sandbox.providers.plugin import Check

_SUFFIX_DIGITS = 7


def automatic_name(naming: Naming, check: Check) -> str:
    """The name of a resource that has none: the one it has already, else the logical name and seven hex digits.

    The digits come from the engine's seed, so that a preview and the update after it agree.
    """
    if old := check.old_inputs.get(naming.property):
        return old
    if check.proposed_name:
        return check.proposed_name
    digits = (hashlib.sha256(check.seed).hexdigest() if check.seed else secrets.token_hex(8))[:_SUFFIX_DIGITS]
    base = check.subject.name[: naming.longest - _SUFFIX_DIGITS - 1]
    return f"{base.lower() if naming.lower else base}-{digits}"


def is_automatic(name: str, logical_name: str) -> bool:
    """Whether ``name`` looks as if `automatic_name` had made it."""
    return re.fullmatch(re.escape(logical_name[:40].lower()) + r".*-[0-9a-f]{7}", name.lower()) is not None


def prefixed_name(prefix: str) -> str:
    """A name that begins with ``prefix``: then the time and a random part, 26 characters, as Terraform's are."""
    return f"{prefix}{time.strftime('%Y%m%d%H%M%S', time.gmtime())}{secrets.token_hex(6)}"
