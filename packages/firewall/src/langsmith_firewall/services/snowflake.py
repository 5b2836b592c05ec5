"""Snowflake: the addresses of a network rule, which network policies refer to."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from langsmith_firewall.allow_list import AllowList, Entry, Snapshot, bare, normal
from langsmith_firewall.environment import required
from langsmith_firewall.errors import RefusedError, ServiceError, TargetGoneError
from langsmith_firewall.limits import SNOWFLAKE
from langsmith_firewall.rest import Rest
from langsmith_firewall.service import Service
from langsmith_firewall.target import TargetField, endpoint

_STATEMENTS = "/api/v2/statements"
_STATEMENT_SECONDS = 60
_POLLS = 30
_POLL_SECONDS = 2.0
_RUNNING = frozenset({"333333", "333334"})  # the SQL API's codes of a statement under way
_MISSING = "does not exist"
_VALUE = frozenset("0123456789abcdefABCDEF.:/")


class NetworkRule:
    """A rule's value list. It is written whole and has no version, so that each write follows a read at once.

    Args:
        api: The account's SQL API.
        rule: The rule's full name, checked to be plain identifiers.
        sleep: Waits the given seconds.
    """

    def __init__(self, api: Rest, rule: str, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._api = api
        self._rule = rule
        self._sleep = sleep

    def read(self) -> Snapshot:
        answer = self._run(f"DESCRIBE NETWORK RULE {self._rule}")
        columns = [str(column["name"]).lower() for column in answer["resultSetMetaData"]["rowType"]]
        rows = answer.get("data") or []
        if not rows:
            raise TargetGoneError(f"There is no network rule {self._rule}. Create it first, or correct its name.")
        row = dict(zip(columns, rows[0], strict=True))
        if row.get("type") != "IPV4":
            raise RefusedError(f"Network rule {self._rule} is of type {row.get('type')}. Name one of type IPV4.")
        values = [value.strip() for value in (row.get("value_list") or "").split(",") if value.strip()]
        return Snapshot(tuple(Entry(normal(value)) for value in values), raw={"values": values})

    def add(self, cidrs: Sequence[str], comment: str, seen: Snapshot) -> None:
        del comment  # a value keeps none
        self._write([*seen.raw["values"], *(bare(cidr) for cidr in cidrs)])

    def remove(self, cidrs: Sequence[str], seen: Snapshot) -> None:
        self._write([value for value in seen.raw["values"] if normal(value) not in cidrs])

    def _write(self, values: Sequence[str]) -> None:
        if odd := [value for value in values if not set(value) <= _VALUE]:
            raise RefusedError(f"Network rule {self._rule} holds {odd[0]!r}, which is no address. Remove it first.")
        listed = ", ".join(f"'{value}'" for value in values)
        self._run(f"ALTER NETWORK RULE {self._rule} SET VALUE_LIST = ({listed})")

    def _run(self, statement: str) -> dict[str, Any]:
        try:
            answer = self._api.call("POST", _STATEMENTS, body={"statement": statement, "timeout": _STATEMENT_SECONDS})
        except ServiceError as error:
            if _MISSING in str(error):
                raise TargetGoneError(str(error), error.status) from None
            raise
        for _ in range(_POLLS):
            if answer.get("code") not in _RUNNING:
                return answer
            self._sleep(_POLL_SECONDS)
            answer = self._api.call("GET", f"{_STATEMENTS}/{answer['statementHandle']}")
        raise ServiceError("Snowflake does not finish the statement. Look at its query history, then run this again.")


@contextlib.contextmanager
def _open(target: Mapping[str, str]) -> Iterator[AllowList]:
    (token,) = required("SNOWFLAKE_TOKEN")
    headers = {
        "Authorization": f"Bearer {token}",
        "X-Snowflake-Authorization-Token-Type": "PROGRAMMATIC_ACCESS_TOKEN",
        "Accept": "application/json",
    }
    base_url = target.get("endpoint") or f"https://{target['account']}.snowflakecomputing.com"
    with contextlib.closing(Rest("Snowflake", base_url, headers)) as api:
        yield NetworkRule(api, target["rule"])


SERVICE = Service(
    kind="snowflake-network-rule",
    limits=SNOWFLAKE,
    target={
        "account": TargetField(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,80}", "acme-prod"),
        "rule": TargetField(r"([A-Za-z_][\w$]{0,254}\.){2}[A-Za-z_][\w$]{0,254}", "security.rules.agents"),
        "endpoint": endpoint(""),
    },
    open=_open,
)
