"""MongoDB Atlas: a project's IP access list."""

from __future__ import annotations

import contextlib
import urllib.parse
from collections.abc import Iterator, Mapping, Sequence

import httpx2

from langsmith_firewall.allow_list import AllowList, Entry, Snapshot, normal
from langsmith_firewall.environment import has, required
from langsmith_firewall.errors import TargetGoneError
from langsmith_firewall.limits import ATLAS
from langsmith_firewall.rest import Rest
from langsmith_firewall.service import Service
from langsmith_firewall.target import TargetField, endpoint

_ENDPOINT = "https://cloud.mongodb.com"
_VERSION = "application/vnd.atlas.2023-01-01+json"
_PAGE = 500
# Names the Atlas CLI and the Terraform provider read, too.
_API_KEY = ("MONGODB_ATLAS_PUBLIC_API_KEY", "MONGODB_ATLAS_PRIVATE_API_KEY")


class AtlasProject:
    """A project's list, whose entries are added and removed one by one."""

    def __init__(self, api: Rest, project_id: str) -> None:
        self._api = api
        self._list = f"/api/atlas/v2/groups/{project_id}/accessList"

    def read(self) -> Snapshot:
        entries: list[Entry] = []
        page = 1
        while True:
            path = f"{self._list}?itemsPerPage={_PAGE}&pageNum={page}"
            answer = self._api.call("GET", path, headers={"Accept": _VERSION})
            found = answer.get("results") or []
            for each in found:
                address = each.get("cidrBlock") or each.get("ipAddress") or each.get("awsSecurityGroup") or ""
                entries.append(Entry(normal(address), each.get("comment"), address))
            if len(found) < _PAGE:
                return Snapshot(tuple(entries))
            page += 1

    def add(self, cidrs: Sequence[str], comment: str, seen: Snapshot) -> None:
        del seen
        body = [{"cidrBlock": cidr, "comment": comment} for cidr in cidrs]
        self._api.call("POST", self._list, body=body, headers={"Accept": _VERSION, "Content-Type": _VERSION})

    def remove(self, cidrs: Sequence[str], seen: Snapshot) -> None:
        for entry in seen.entries:
            if entry.cidr in cidrs:
                path = f"{self._list}/{urllib.parse.quote(entry.key, safe='')}"
                with contextlib.suppress(TargetGoneError):
                    self._api.call("DELETE", path, headers={"Accept": _VERSION})


def _credentials(base_url: str) -> Mapping[str, str] | httpx2.Auth:
    """A service account's token, or an API key, whichever the environment holds."""
    if has(*_API_KEY):
        public, private = required(*_API_KEY)
        return httpx2.DigestAuth(public, private)
    client_id, secret = required("MONGODB_ATLAS_CLIENT_ID", "MONGODB_ATLAS_CLIENT_SECRET")
    with contextlib.closing(Rest("MongoDB Atlas", base_url, httpx2.BasicAuth(client_id, secret))) as api:
        answer = api.call("POST", "/api/oauth/token", form={"grant_type": "client_credentials"})
    return {"Authorization": f"Bearer {answer['access_token']}"}


@contextlib.contextmanager
def _open(target: Mapping[str, str]) -> Iterator[AllowList]:
    base_url = target["endpoint"]
    with contextlib.closing(Rest("MongoDB Atlas", base_url, _credentials(base_url))) as api:
        yield AtlasProject(api, target["projectId"])


SERVICE = Service(
    kind="mongodb-atlas",
    limits=ATLAS,
    target={"projectId": TargetField(r"[0-9a-f]{24}", "32b6e34b3d91647abb20e7b8"), "endpoint": endpoint(_ENDPOINT)},
    open=_open,
)
