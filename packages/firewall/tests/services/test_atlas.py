"""A MongoDB Atlas project behind a small administration API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from langsmith_firewall.errors import CredentialsError
from langsmith_firewall.limits import ATLAS
from langsmith_firewall.rest import Rest
from langsmith_firewall.services.atlas import SERVICE, AtlasProject
from langsmith_firewall.sources import AllowedSources

if TYPE_CHECKING:
    from conftest import Asked, Vendor

PROJECT = "32b6e34b3d91647abb20e7b8"
LIST = f"/api/atlas/v2/groups/{PROJECT}/accessList"
VERSION = "application/vnd.atlas.2023-01-01+json"
VARIABLES = (
    "MONGODB_ATLAS_PUBLIC_API_KEY",
    "MONGODB_ATLAS_PRIVATE_API_KEY",
    "MONGODB_ATLAS_CLIENT_ID",
    "MONGODB_ATLAS_CLIENT_SECRET",
)


class Project:
    """An access list, which answers with a range and, for single addresses, the address too."""

    def __init__(self) -> None:
        self.entries: dict[str, str] = {"54.1.2.0/24": "theirs"}
        self.history: list[list[str]] = []

    def answer(self, asked: Asked) -> tuple[int, Any]:
        if asked.path == "/api/oauth/token":
            return 200, {"access_token": "canary-token-0123456789", "token_type": "Bearer", "expires_in": 3600}
        if asked.headers.get("accept") != VERSION:
            return 406, {"detail": "Invalid API version.", "errorCode": "INVALID_VERSION_DATE"}
        if asked.method == "GET":
            return 200, {"results": [self._entry(*each) for each in self.entries.items()]}
        if asked.method == "POST":
            self.entries.update({entry["cidrBlock"]: entry["comment"] for entry in asked.body})
        else:
            address = asked.path.removeprefix(f"{LIST}/")
            if address not in self.entries:
                return 404, {"detail": f"IP Address {address} not on Atlas access list.", "errorCode": "NOT_FOUND"}
            del self.entries[address]
        self.history.append(list(self.entries))
        return (201, {}) if asked.method == "POST" else (204, None)

    @staticmethod
    def _entry(address: str, comment: str) -> dict[str, str]:
        entry = {"cidrBlock": address, "comment": comment, "groupId": PROJECT}
        return {**entry, "ipAddress": address.removesuffix("/32")} if address.endswith("/32") else entry


@pytest.fixture
def project(vendor: Vendor) -> Project:
    made = Project()
    vendor.answer = made.answer
    return made


def test_entries_come_before_others_leave_and_are_marked(
    vendor: Vendor, project: Project, rest: Rest, over: Any
) -> None:
    lifecycle = over(AtlasProject(rest, PROJECT), ATLAS)
    ours = lifecycle.bring(AllowedSources(("52.10.20.30/32",), "agents", "team-a"))
    assert vendor.writes()[0].body == [
        {"cidrBlock": "52.10.20.30/32", "comment": "langsmith-firewall team-a: agents"}
    ], "who reads the list learns whose it is"
    ours = lifecycle.bring(AllowedSources(("52.10.20.64/28",), "agents", "team-a"), ours)
    assert project.history == [
        ["54.1.2.0/24", "52.10.20.30/32"],
        ["54.1.2.0/24", "52.10.20.30/32", "52.10.20.64/28"],
        ["54.1.2.0/24", "52.10.20.64/28"],
    ], "first in, then out"
    lifecycle.remove(ours)
    assert project.entries == {"54.1.2.0/24": "theirs"}, "as it was found"


def test_an_entry_somebody_removed_meanwhile_does_not_fail_the_removal(
    vendor: Vendor, project: Project, rest: Rest, over: Any
) -> None:
    project.entries["52.10.20.30/32"] = "ours"
    vendor.before_write = [lambda: project.entries.pop("52.10.20.30/32")]  # type: ignore[list-item]
    over(AtlasProject(rest, PROJECT), ATLAS).remove(["52.10.20.30/32"])
    assert project.entries == {"54.1.2.0/24": "theirs"}, "gone is what was wanted"


def test_a_service_account_is_exchanged_for_a_token(
    vendor: Vendor, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    target = {"projectId": PROJECT, "endpoint": vendor.url}
    with pytest.raises(CredentialsError, match="MONGODB_ATLAS_CLIENT_ID and MONGODB_ATLAS_CLIENT_SECRET"):
        SERVICE.open(target).__enter__()
    monkeypatch.setenv("MONGODB_ATLAS_CLIENT_ID", "mdb_sa_id_1")
    monkeypatch.setenv("MONGODB_ATLAS_CLIENT_SECRET", "mdb_sa_sk_canary")
    vendor.without_token = "/api/oauth/token"
    with SERVICE.open(target) as allow_list:
        assert [entry.cidr for entry in allow_list.read().entries] == ["54.1.2.0/24"], "the token opened the list"
    token, read = vendor.asked
    assert token.body == {"grant_type": "client_credentials"}, "a form, as OAuth has it"
    assert token.headers["authorization"].startswith("Basic "), "id and secret go nowhere but to the token's address"
    assert read.headers["authorization"] == "Bearer canary-token-0123456789", "everything else takes the token"
