"""Azure AI and Azure OpenAI: the IP rules of an account's firewall, by Azure Resource Manager."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from langsmith_firewall.allow_list import AllowList, Entry, Snapshot, bare, normal
from langsmith_firewall.errors import CredentialsError, MissingExtraError
from langsmith_firewall.limits import AZURE_AI
from langsmith_firewall.rest import Rest
from langsmith_firewall.service import Service
from langsmith_firewall.target import TargetField, endpoint

_API_VERSION = "2024-10-01"
_ENDPOINT = "https://management.azure.com"


class AzureAiAccount:
    """An account's ``networkAcls``. They are written whole, with the account's entity tag as the condition."""

    def __init__(self, arm: Rest, account_id: str) -> None:
        self._arm = arm
        self._path = f"{account_id}?api-version={_API_VERSION}"

    def read(self) -> Snapshot:
        account = self._arm.call("GET", self._path)
        rules = (account.get("properties") or {}).get("networkAcls") or {}
        return Snapshot(
            tuple(Entry(normal(rule["value"])) for rule in rules.get("ipRules") or ()),
            restricts=rules.get("defaultAction") == "Deny",
            version=account.get("etag") or "",
            raw=rules,
        )

    def add(self, cidrs: Sequence[str], comment: str, seen: Snapshot) -> None:
        del comment  # a rule keeps none
        rules = [*(seen.raw.get("ipRules") or ()), *({"value": bare(cidr)} for cidr in cidrs)]
        self._write({**seen.raw, "defaultAction": "Deny", "ipRules": rules}, seen)

    def remove(self, cidrs: Sequence[str], seen: Snapshot) -> None:
        rules = [rule for rule in seen.raw.get("ipRules") or () if normal(rule["value"]) not in cidrs]
        self._write({**seen.raw, "ipRules": rules}, seen)

    def _write(self, rules: Mapping[str, Any], seen: Snapshot) -> None:
        condition = {"If-Match": seen.version} if seen.version else {}
        self._arm.call("PATCH", self._path, body={"properties": {"networkAcls": rules}}, headers=condition)


def _token(endpoint: str) -> str:
    """An access token by Azure's own chain: environment, workload identity, managed identity, az login."""
    try:
        from azure.core.exceptions import ClientAuthenticationError
        from azure.identity import DefaultAzureCredential
    except ModuleNotFoundError:
        raise MissingExtraError("azure-identity", "azure") from None
    try:
        with DefaultAzureCredential() as credential:
            return credential.get_token(f"{endpoint.rstrip('/')}/.default").token
    except ClientAuthenticationError:
        raise CredentialsError(
            "No Azure credentials are found. Run `az login`, or set AZURE_CLIENT_ID and its kin."
        ) from None


@contextlib.contextmanager
def _open(target: Mapping[str, str]) -> Iterator[AllowList]:
    headers = {"Authorization": f"Bearer {_token(target['endpoint'])}"}
    with contextlib.closing(Rest("Azure", target["endpoint"], headers)) as arm:
        yield AzureAiAccount(arm, target["accountId"])


SERVICE = Service(
    kind="azure-ai",
    limits=AZURE_AI,
    target={
        "accountId": TargetField(
            r"/subscriptions/[0-9a-fA-F-]{36}/resourceGroups/[\w.()-]{1,90}"
            r"/providers/Microsoft\.CognitiveServices/accounts/[a-zA-Z0-9][\w.-]{1,63}",
            "/subscriptions/<uuid>/resourceGroups/<group>/providers/Microsoft.CognitiveServices/accounts/<name>",
        ),
        "endpoint": endpoint(_ENDPOINT),
    },
    open=_open,
)
