"""Customer-managed prefix lists: versions, room, and states that pass."""

from __future__ import annotations

import ipaddress
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.models.managed_prefixes import ManagedPrefixList
from moto.ec2.responses import EC2Response

from langsmith_sandbox.aws.context import current
from langsmith_sandbox.aws.errors import AwsError, dependency_violation

_MOST_A_REQUEST = 100
_MOST_ENTRIES = 1_000  # https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
_PASSING = {
    "create-in-progress": "create-complete",
    "modify-in-progress": "modify-complete",
    "delete-in-progress": "delete-complete",
}


class PrefixListOperations(EC2Response):
    """Managed prefix lists."""

    def create_managed_prefix_list(self) -> ActionResult:
        room, family = int(self._get_param("MaxEntries") or 0), self._get_param("AddressFamily")
        if not 1 <= room <= _MOST_ENTRIES:
            raise AwsError("InvalidParameterValue", f"Must specify a max size between 1 and {_MOST_ENTRIES}")
        entries = self._get_param("Entries", [])
        if len(entries) > _MOST_A_REQUEST:
            message = f"The number of entries per request cannot exceeds limit ({_MOST_A_REQUEST})."
            raise AwsError("InvalidParameterValue", message)
        _check_entries([], entries, family)
        _check_room(len(entries), room)
        answer = super().create_managed_prefix_list()
        result: Any = answer.result
        made: ManagedPrefixList = result["PrefixList"]
        made.max_entries, made.entries = room, {1: entries}  # type: ignore[assignment] - moto keeps the text
        self._pass_through(made, "create-in-progress")
        return answer

    def describe_managed_prefix_lists(self) -> ActionResult:
        for wanted in self._get_param("PrefixListIds", []):
            self._prefix_list(wanted)
        return super().describe_managed_prefix_lists()

    def get_managed_prefix_list_entries(self) -> ActionResult:
        found = self._prefix_list(self._get_param("PrefixListId"))
        version = self._get_param("TargetVersion")
        if version and int(version) not in found.entries:
            raise AwsError("InvalidParameterValue", f"The specified target version ({version}) does not exist.")
        return super().get_managed_prefix_list_entries()

    def modify_managed_prefix_list(self) -> ActionResult:
        found = self._changeable(self._get_param("PrefixListId"))
        added, removed = self._get_param("AddEntries", []), self._get_param("RemoveEntries", [])
        version, room = self._get_param("CurrentVersion"), self._get_param("MaxEntries")
        if version and int(version) != found.version:
            raise AwsError("PrefixListVersionMismatch", "The prefix list has the incorrect version number.")
        if room and (added or removed):
            raise AwsError(
                "InvalidParameterCombination",
                "You cannot modify the entries and the maximum number of entries for the prefix list in the same "
                "request.",
            )
        if len(added) > _MOST_A_REQUEST or len(removed) > _MOST_A_REQUEST:
            message = f"The request cannot contain more than {_MOST_A_REQUEST} entry additions or removals."
            raise AwsError("InvalidParameterValue", message)
        entries = _without(_entries(found), removed)
        _check_entries(entries, added, str(found.address_family))
        _check_room(len(entries) + len(added), int(room or found.max_entries or 0))
        found.prefix_list_name = self._get_param("PrefixListName") or found.prefix_list_name
        if room:
            found.max_entries = int(room)  # type: ignore[assignment] - as above
        if added or removed:
            found.version = (found.version or 0) + 1
            found.entries[found.version] = [*entries, *added]
        self._pass_through(found, "modify-in-progress")
        return ActionResult({"PrefixList": found})

    def delete_managed_prefix_list(self) -> ActionResult:
        found = self._changeable(self._get_param("PrefixListId"))
        if self._in_use(found.id):
            raise dependency_violation(f"The prefix list '{found.id}' has dependencies and cannot be deleted.")
        self._pass_through(found, "delete-in-progress")
        return ActionResult({"PrefixList": found})

    def _prefix_list(self, wanted: str) -> ManagedPrefixList:
        found = self.ec2_backend.managed_prefix_lists.get(wanted)
        if found is None:
            raise AwsError("InvalidPrefixListID.NotFound", f"The prefix list ID '{wanted}' does not exist.")
        return found

    def _changeable(self, wanted: str) -> ManagedPrefixList:
        found = self._prefix_list(wanted)
        if found.owner_id == "AWS":
            raise AwsError("UnauthorizedOperation", "You are not authorized to perform this operation.")
        if found.state in _PASSING:
            raise AwsError("IncorrectState", f"The prefix list {wanted} is in state {found.state}.")
        return found

    def _pass_through(self, changed: ManagedPrefixList, state: str) -> None:
        """Shows the state for a moment, then the one it ends in; a deleted list is gone."""
        changed.state = state
        lists = self.ec2_backend.managed_prefix_lists

        def settle() -> None:
            changed.state = _PASSING[state]
            if state == "delete-in-progress":
                lists.pop(changed.id, None)

        current().clock.after(current().delays.prefix_list, settle)

    def _in_use(self, wanted: str) -> bool:
        groups = (group for vpc in self.ec2_backend.groups.values() for group in vpc.values())
        rules = (rule for group in groups for rule in [*group.ingress_rules, *group.egress_rules])
        routes = (route for table in self.ec2_backend.route_tables.values() for route in table.routes)
        return any(rule.prefix_list_id == wanted for rule in rules) or any(
            route.destination_prefix_list_id == wanted for route in routes
        )


def _entries(held: ManagedPrefixList) -> list[dict[str, str]]:
    return list(held.entries.get(held.version or 0) or [])


def _without(entries: list[dict[str, str]], removed: list[dict[str, str]]) -> list[dict[str, str]]:
    """What is left; taking away what is not there is refused."""
    leaving = {entry["Cidr"] for entry in removed}
    if missing := leaving - {entry["Cidr"] for entry in entries}:
        raise AwsError("InvalidPrefixListModification", f"Prefix list entry {min(missing)} does not exist.")
    return [entry for entry in entries if entry["Cidr"] not in leaving]


def _check_entries(held: list[dict[str, str]], added: list[dict[str, str]], family: str) -> None:
    seen = {entry["Cidr"] for entry in held}
    for entry in added:
        try:
            network = ipaddress.ip_network(entry["Cidr"], strict=False)
        except ValueError:
            network = None
        if network is None or "/" not in entry["Cidr"] or f"IPv{network.version}" != family:
            raise AwsError("InvalidParameterValue", f"The CIDR '{entry['Cidr']}' is not valid for {family}.")
        if entry["Cidr"] in seen:
            raise AwsError("InvalidPrefixListModification", f"Prefix list entry {entry['Cidr']} already exists.")
        seen.add(entry["Cidr"])


def _check_room(wanted: int, room: int) -> None:
    if wanted > room:
        raise AwsError(
            "PrefixListMaxEntriesExceeded", "The maximum number of entries of the prefix list has been exceeded."
        )
