"""Amazon EC2: addresses in a managed prefix list, which security groups and route tables refer to."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from langsmith_firewall.allow_list import AllowList, Entry, Snapshot, normal
from langsmith_firewall.errors import ServiceError, TargetGoneError
from langsmith_firewall.limits import PREFIX_LIST
from langsmith_firewall.service import Service
from langsmith_firewall.services.aws_client import REGION, aws_client, aws_errors
from langsmith_firewall.target import TargetField

# ModifyManagedPrefixList takes this many entries of either sort in one request.
_MOST_A_REQUEST = 100
# A minute in all: a list that many resources refer to takes its time, one of its own a moment.
_SETTLE_TRIES = 25
_FIRST_WAIT_SECONDS = 0.2
_LONGEST_WAIT_SECONDS = 3.0


class PrefixList:
    """A prefix list. Writes name the version they are based on and take a moment to settle.

    Args:
        client: boto3's EC2 client.
        prefix_list_id: The list's id.
        sleep: Waits the given seconds.
    """

    def __init__(self, client: Any, prefix_list_id: str, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._client = client
        self._id = prefix_list_id
        self._what = f"prefix list {prefix_list_id}"
        self._sleep = sleep

    def read(self) -> Snapshot:
        found = self._settled()
        entries: list[Entry] = []
        with aws_errors(self._what):
            pages = self._client.get_paginator("get_managed_prefix_list_entries").paginate(
                PrefixListId=self._id, TargetVersion=found["Version"]
            )
            for page in pages:
                entries += [Entry(normal(each["Cidr"]), each.get("Description")) for each in page.get("Entries", ())]
        return Snapshot(
            tuple(entries),
            version=str(found["Version"]),
            room=found["MaxEntries"],
            family=6 if found["AddressFamily"] == "IPv6" else 4,
        )

    def add(self, cidrs: Sequence[str], comment: str, seen: Snapshot) -> None:
        self._modify("AddEntries", [{"Cidr": cidr, "Description": comment} for cidr in cidrs], seen)

    def remove(self, cidrs: Sequence[str], seen: Snapshot) -> None:
        self._modify("RemoveEntries", [{"Cidr": cidr} for cidr in cidrs], seen)

    def _modify(self, parameter: str, entries: list[dict[str, str]], seen: Snapshot) -> None:
        version = int(seen.version)
        for start in range(0, len(entries), _MOST_A_REQUEST):
            part = {parameter: entries[start : start + _MOST_A_REQUEST]}
            with aws_errors(self._what):
                self._client.modify_managed_prefix_list(PrefixListId=self._id, CurrentVersion=version, **part)
            version = self._settled()["Version"]

    def _settled(self) -> dict[str, Any]:
        """The list once no change is under way: until then it accepts no other."""
        for tried in range(_SETTLE_TRIES):
            with aws_errors(self._what):
                found = self._client.describe_managed_prefix_lists(PrefixListIds=[self._id])["PrefixLists"]
            if not found:
                raise TargetGoneError(f"There is no {self._what}. Create it first, or correct its id.")
            state = str(found[0].get("State", ""))
            if state.endswith("-failed"):
                told = f"The last change of {self._what} failed: {found[0].get('StateMessage') or state}."
                raise ServiceError(f"{told} Resolve that at AWS, then run this again.")
            if not state.endswith("-in-progress"):
                return found[0]
            self._sleep(min(_FIRST_WAIT_SECONDS * 2**tried, _LONGEST_WAIT_SECONDS))
        raise ServiceError(
            f"A change of the {self._what} does not end. Look at it in the console, then run this again."
        )


@contextlib.contextmanager
def _open(target: Mapping[str, str]) -> Iterator[AllowList]:
    with aws_client("ec2", target) as client:
        yield PrefixList(client, target["prefixListId"])


SERVICE = Service(
    kind="aws-prefix-list",
    limits=PREFIX_LIST,
    target={"prefixListId": TargetField(r"pl-[0-9a-f]{8,17}", "pl-0a1b2c3d4e5f60718"), "region": REGION},
    open=_open,
)
