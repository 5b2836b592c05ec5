"""Cloudflare: addresses in an account's custom IP list, which rules refer to."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from langsmith_firewall.allow_list import AllowList, Entry, Snapshot, bare, normal
from langsmith_firewall.errors import ServiceError
from langsmith_firewall.limits import CLOUDFLARE_LIST
from langsmith_firewall.rest import Rest
from langsmith_firewall.service import Service
from langsmith_firewall.services.cloudflare_api import ENDPOINT, EXAMPLE_ID, HEX_ID, cloudflare, pages
from langsmith_firewall.target import TargetField, endpoint

_POLLS = 30
_POLL_SECONDS = 2.0


class IpList:
    """A list whose items are added and removed one by one, by operations that take a moment.

    Args:
        api: Cloudflare's API.
        account_id: Id of the account.
        list_id: Id of the list.
        sleep: Waits the given seconds.
    """

    def __init__(
        self, api: Rest, account_id: str, list_id: str, *, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._api = api
        self._lists = f"/accounts/{account_id}/rules/lists"
        self._items = f"{self._lists}/{list_id}/items"
        self._sleep = sleep

    def read(self) -> Snapshot:
        return Snapshot(
            tuple(
                Entry(normal(item.get("ip") or ""), item.get("comment"), item["id"])
                for item in pages(self._api, self._items)
            )
        )

    def add(self, cidrs: Sequence[str], comment: str, seen: Snapshot) -> None:
        del seen
        self._finish(
            self._api.call("POST", self._items, body=[{"ip": bare(each), "comment": comment} for each in cidrs])
        )

    def remove(self, cidrs: Sequence[str], seen: Snapshot) -> None:
        items = [{"id": entry.key} for entry in seen.entries if entry.cidr in cidrs]
        self._finish(self._api.call("DELETE", self._items, body={"items": items}))

    def _finish(self, answer: dict[str, Any]) -> None:
        """Wait for the operation: an account has one at a time, and an item counts only after it."""
        operation = (answer.get("result") or {}).get("operation_id")
        if operation is None:
            return
        for _ in range(_POLLS):
            result = self._api.call("GET", f"{self._lists}/bulk_operations/{operation}").get("result") or {}
            if result.get("status") == "completed":
                return
            if result.get("status") == "failed":
                told = f"Cloudflare could not change the list: {str(result.get('error') or 'no reason').rstrip('.')}."
                raise ServiceError(f"{told} Resolve that, then run this again.")
            self._sleep(_POLL_SECONDS)
        raise ServiceError("Cloudflare does not finish changing the list. Look at it, then run this again.")


@contextlib.contextmanager
def _open(target: Mapping[str, str]) -> Iterator[AllowList]:
    with cloudflare(target["endpoint"]) as api:
        yield IpList(api, target["accountId"], target["listId"])


SERVICE = Service(
    kind="cloudflare-ip-list",
    limits=CLOUDFLARE_LIST,
    target={
        "accountId": TargetField(HEX_ID, EXAMPLE_ID),
        "listId": TargetField(HEX_ID, EXAMPLE_ID),
        "endpoint": endpoint(ENDPOINT),
    },
    open=_open,
)
