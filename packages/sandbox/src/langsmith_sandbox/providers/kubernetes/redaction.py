"""Take what looks like a key out of the words of other programs."""

from __future__ import annotations

import re

_TOKEN_LIKE = re.compile(r"(?=[\w+=-]*\d)(?=[\w+=-]*[A-Z_+=])[\w+=-]{24,}|[0-9a-f]{32,}")
"""What keys and tokens look like and names of objects do not."""


def redact(text: str) -> str:
    """``text`` with every key or token in it replaced."""
    return _TOKEN_LIKE.sub("[redacted]", text)
