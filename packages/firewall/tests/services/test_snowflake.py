"""A Snowflake network rule behind a small SQL API that understands two statements."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from langsmith_firewall.errors import CredentialsError, RefusedError
from langsmith_firewall.limits import SNOWFLAKE
from langsmith_firewall.rest import Rest
from langsmith_firewall.services.snowflake import SERVICE, NetworkRule
from langsmith_firewall.sources import AllowedSources

if TYPE_CHECKING:
    from conftest import Asked, Vendor

RULE = "security.rules.agents"
COLUMNS = ("name", "type", "mode", "value_list")


class Sql:
    """One rule; every statement is under way at first."""

    def __init__(self, *values: str, kind: str = "IPV4") -> None:
        self.values, self.kind = list(values), kind
        self.history: list[list[str]] = []
        self._result: dict[str, Any] = {}

    def answer(self, asked: Asked) -> tuple[int, Any]:
        if asked.method == "GET":
            return 200, self._result
        statement = asked.body["statement"]
        if statement == f"DESCRIBE NETWORK RULE {RULE}":
            self._result = {
                "code": "090001",
                "resultSetMetaData": {"rowType": [{"name": name} for name in COLUMNS]},
                "data": [["AGENTS", self.kind, "INGRESS", ",".join(self.values)]],
            }
        elif match := re.fullmatch(rf"ALTER NETWORK RULE {RULE} SET VALUE_LIST = \((.*)\)", statement):
            self.values = re.findall(r"'([^']*)'", match[1])
            self.history.append(self.values)
            self._result = {"code": "090001", "data": [["Statement executed successfully."]]}
        else:
            message = (
                f"SQL compilation error:\nNetwork rule '{statement.split()[-1]}' does not exist or not authorized."
            )
            return 422, {"code": "002003", "message": message}
        return 202, {"code": "333334", "statementHandle": "01b2", "message": "Asynchronous execution in progress."}


def _rule(vendor: Vendor, rest: Rest, sql: Sql, name: str = RULE) -> NetworkRule:
    vendor.answer = sql.answer
    return NetworkRule(rest, name, sleep=lambda _: None)


def test_values_come_before_others_leave(vendor: Vendor, rest: Rest, over: Any) -> None:
    sql = Sql("54.1.2.0/24")
    lifecycle = over(_rule(vendor, rest, sql), SNOWFLAKE)
    ours = lifecycle.bring(AllowedSources(("52.10.20.30/32",)))
    ours = lifecycle.bring(AllowedSources(("52.10.20.64/28",)), ours)
    assert sql.history == [
        ["54.1.2.0/24", "52.10.20.30"],
        ["54.1.2.0/24", "52.10.20.30", "52.10.20.64/28"],
        ["54.1.2.0/24", "52.10.20.64/28"],
    ], "the statement replaces the list, so that theirs is sent back each time"
    lifecycle.remove(ours)
    assert sql.values == ["54.1.2.0/24"], "as it was found"


def test_the_last_value_stays(vendor: Vendor, rest: Rest, over: Any) -> None:
    sql = Sql("52.10.20.30")
    with pytest.raises(RefusedError, match="could be open to all"):
        over(_rule(vendor, rest, sql), SNOWFLAKE).remove(["52.10.20.30/32"])
    assert sql.history == [], "what an empty rule means is up to the policies that use it"


def test_a_rule_of_another_type_is_refused(vendor: Vendor, rest: Rest) -> None:
    with pytest.raises(RefusedError, match="of type HOST_PORT"):
        _rule(vendor, rest, Sql("example.com", kind="HOST_PORT")).read()


def test_a_value_that_is_no_address_is_never_put_into_a_statement(vendor: Vendor, rest: Rest, over: Any) -> None:
    sql = Sql("1.2.3.4'); DROP TABLE x; --")
    with pytest.raises(RefusedError, match="which is no address"):
        over(_rule(vendor, rest, sql), SNOWFLAKE).bring(AllowedSources(("52.10.20.30/32",)))
    assert sql.history == [], "what others stored is data, not SQL"


def test_a_rule_that_does_not_exist_is_gone(vendor: Vendor, rest: Rest, over: Any) -> None:
    assert over(_rule(vendor, rest, Sql(), "security.rules.other"), SNOWFLAKE).read() is None, "by its sentence"


def test_the_token_comes_from_the_environment(vendor: Vendor, monkeypatch: pytest.MonkeyPatch) -> None:
    target = {"account": "acme-prod", "rule": RULE, "endpoint": vendor.url}
    monkeypatch.delenv("SNOWFLAKE_TOKEN", raising=False)
    with pytest.raises(CredentialsError, match="SNOWFLAKE_TOKEN is not set"), SERVICE.open(target):
        pass
    monkeypatch.setenv("SNOWFLAKE_TOKEN", "canary-token-0123456789")
    vendor.answer = Sql("54.1.2.0/24").answer
    with SERVICE.open(target) as rule:
        monkeypatch.setattr(rule, "_sleep", lambda _: None)
        assert len(rule.read().entries) == 1, "it was let in"
    headers = vendor.asked[0].headers
    assert headers["x-snowflake-authorization-token-type"] == "PROGRAMMATIC_ACCESS_TOKEN", "else it is taken for OAuth"
