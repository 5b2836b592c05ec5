"""Cloudflare's API: its envelope, and its pages."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from langsmith_firewall.environment import required
from langsmith_firewall.rest import Rest

ENDPOINT = "https://api.cloudflare.com/client/v4"
HEX_ID = r"[0-9a-f]{32}"
EXAMPLE_ID = "2c0fc9fa937b11eaa1b71c4d701ab86e"

_TOKEN = "CLOUDFLARE_API_TOKEN"  # noqa: S105 - a variable's name, the one Cloudflare's own tools read


@contextlib.contextmanager
def cloudflare(endpoint: str) -> Iterator[Rest]:
    """The API with the token of the environment.

    Raises:
        CredentialsError: ``CLOUDFLARE_API_TOKEN`` is not set.
    """
    (token,) = required(_TOKEN)
    with contextlib.closing(Rest("Cloudflare", endpoint, {"Authorization": f"Bearer {token}"})) as api:
        yield api


def pages(api: Rest, path: str) -> Iterator[dict[str, Any]]:
    """Every result of a listing, whichever way it is paged: by cursor or by number."""
    joint = "&" if "?" in path else "?"
    query = ""
    while True:
        answer = api.call("GET", f"{path}{query}")
        yield from answer.get("result") or ()
        info = answer.get("result_info") or {}
        if cursor := (info.get("cursors") or {}).get("after"):
            query = f"{joint}cursor={cursor}"
        elif int(info.get("page") or 1) < int(info.get("total_pages") or 1):
            query = f"{joint}page={int(info['page']) + 1}"
        else:
            return
