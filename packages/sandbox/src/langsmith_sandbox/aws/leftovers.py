"""What an account holds beyond what every new account has."""

from __future__ import annotations

import dataclasses

from moto.ec2.models import ec2_backends

from langsmith_sandbox.aws import inventory
from langsmith_sandbox.aws.credentials import ACCOUNT_ID


@dataclasses.dataclass(frozen=True, order=True)
class Leftover:
    """One resource, by type and by the id or name people know it by."""

    type: str
    id: str


class Baseline:
    """What each region held when it was opened, before anybody created anything."""

    def __init__(self) -> None:
        self._given: dict[str, frozenset[Leftover]] = {}

    def note(self, region: str) -> None:
        """Takes the region's present content as given."""
        self._given[region] = frozenset(_everything(region))

    def leftovers(self) -> list[Leftover]:
        """Every resource that somebody created and nobody deleted, sorted."""
        regions = [region for region in self._given if region in ec2_backends[ACCOUNT_ID].keys()]  # noqa: SIM118
        given = frozenset().union(*self._given.values())
        return sorted({item for region in regions for item in _everything(region)} - given)


def _everything(region: str) -> list[Leftover]:
    return [Leftover(resource.type, resource.id) for resource in inventory.walk(ACCOUNT_ID, region)]
