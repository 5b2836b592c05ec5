"""JSON documents compared by what they mean, since AWS gives policies back in another spelling."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def same_meaning(one: str, other: str) -> bool:
    """Whether two JSON texts say the same; lists count as sets, and a list of one as its item (IAM's rules)."""
    try:
        return _canonical(json.loads(one)) == _canonical(json.loads(other))
    except ValueError:
        return one == other


def _canonical(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _canonical(item) for key, item in value.items()}
    if isinstance(value, list):
        items = sorted((_canonical(item) for item in value), key=lambda item: json.dumps(item, sort_keys=True))
        return items[0] if len(items) == 1 else items
    return value
