"""What the program does in which order, against a cluster's objects in memory."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from langsmith_hybrid.agent_stores_job.cluster_objects import ClusterObjects
from langsmith_hybrid.agent_stores_job.databases import Account
from langsmith_hybrid.agent_stores_job.errors import JobError
from langsmith_hybrid.agent_stores_job.http_call import Answer
from langsmith_hybrid.agent_stores_job.redis_slots import Token
from langsmith_hybrid.agent_stores_job.request import PostgresServer, RedisServer, Request
from langsmith_hybrid.agent_stores_job.work import carry_out

POSTGRES = PostgresServer("db.example:5432", "arn:secret", "eu-west-1")
REDIS = RedisServer("cache.example:6379", 16)
TOKEN = Token("5ec2e7")


class Cluster:
    """An API server with Secrets and ConfigMaps; refuses what the Job's Role does not allow."""

    def __init__(self, token: Path) -> None:
        self.objects: dict[str, dict[str, Any]] = {}
        self.writes: list[str] = []
        self.client = ClusterObjects("https://api", token, self._call)

    def _call(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        assert headers["Authorization"] == "Bearer a-token"
        path = url.removeprefix("https://api/api/v1/namespaces/")
        if method == "GET":
            found = self.objects.get(path)
            return Answer(200, json.dumps(found).encode()) if found else Answer(404, b"{}")
        wanted = json.loads(body or b"")
        key = path if method == "PUT" else f"{path}/{wanted['metadata']['name']}"
        version = self.objects.get(key, {}).get("metadata", {}).get("resourceVersion")
        if method == "PUT" and wanted["metadata"].get("resourceVersion") != version:
            return Answer(409, b"{}")
        wanted["metadata"]["resourceVersion"] = str(int(version or 0) + 1)
        self.objects[key] = wanted
        self.writes.append(key)
        return Answer(200, b"{}")

    def secret(self, path: str) -> dict[str, str]:
        return {key: base64.b64decode(value).decode() for key, value in self.objects[path]["data"].items()}


class Databases:
    """A PostgreSQL that remembers who has which password."""

    def __init__(self, *others: str) -> None:
        self.passwords: dict[str, str] = {}
        self.others = list(others)

    def make(self, server: PostgresServer, accounts: Sequence[Account]) -> None:
        self.passwords |= {account.agent: account.password for account in accounts}

    def left_over(self, server: PostgresServer, agents: Sequence[str]) -> list[str]:
        return self.others


@pytest.fixture
def cluster(tmp_path: Path) -> Cluster:
    (tmp_path / "token").write_text("a-token\n")
    return Cluster(tmp_path / "token")


def request(*agents: str, **changes: Any) -> Request:
    wanted: dict[str, Any] = {"namespaces": ("agents",), "postgres": POSTGRES, "redis": REDIS, **changes}
    return Request(agents=agents, **wanted)


def test_each_agent_gets_uris_of_its_own_and_no_word_of_them_is_said(cluster: Cluster) -> None:
    databases, said = Databases(), []
    carry_out(request("one-a", "two"), cluster.client, databases, TOKEN, said.append)
    one, two = (cluster.secret(f"agents/secrets/{agent}-stores") for agent in ("one-a", "two"))
    password = databases.passwords["one-a"]
    assert one["POSTGRES_URI_CUSTOM"] == (
        f"postgres://agent_one_a:{password}@db.example:5432/agent_one_a?sslmode=require"
    )
    assert (one["REDIS_URI_CUSTOM"][-2:], two["REDIS_URI_CUSTOM"][-2:]) == ("/1", "/2")
    assert password != databases.passwords["two"]
    assert len(password) == 64, "as much as 256 random bits"
    assert not [secret for secret in (password, "5ec2e7") if secret in " ".join(said)]


def test_a_second_run_changes_nothing(cluster: Cluster) -> None:
    databases = Databases()
    carry_out(request("one"), cluster.client, databases, TOKEN, print)
    before, passwords = list(cluster.writes), dict(databases.passwords)
    carry_out(request("one"), cluster.client, databases, TOKEN, print)
    assert (cluster.writes, databases.passwords) == (before, passwords)


def test_a_new_token_and_a_new_endpoint_reach_the_secret_and_the_password_stays(cluster: Cluster) -> None:
    databases = Databases()
    carry_out(request("one"), cluster.client, databases, TOKEN, print)
    password = databases.passwords["one"]
    moved = PostgresServer("other.example:5432", "arn:secret", "eu-west-1")
    carry_out(request("one", postgres=moved), cluster.client, databases, Token("another"), print)
    stores = cluster.secret("agents/secrets/one-stores")
    assert stores["REDIS_URI_CUSTOM"] == "rediss://:another@cache.example:6379/1"
    assert f"{password}@other.example" in stores["POSTGRES_URI_CUSTOM"]


def test_an_agent_that_is_taken_off_the_list_keeps_what_it_has(cluster: Cluster) -> None:
    carry_out(request("one", "two"), cluster.client, Databases(), TOKEN, print)
    said: list[str] = []
    carry_out(request("two", "three"), cluster.client, Databases("agent_one"), TOKEN, said.append)
    assert cluster.secret("agents/secrets/one-stores")["REDIS_URI_CUSTOM"].endswith("/1")
    assert cluster.secret("agents/secrets/three-stores")["REDIS_URI_CUSTOM"].endswith("/3")
    assert "Kept although no agent is named so: agent_one" in said


@pytest.mark.parametrize(
    ("changes", "present"),
    [({"redis": None}, {"POSTGRES_URI_CUSTOM"}), ({"postgres": None}, {"REDIS_URI_CUSTOM"})],
)
def test_a_store_there_is_none_of_leaves_no_variable(cluster: Cluster, changes: Any, present: set[str]) -> None:
    carry_out(request("one", **changes), cluster.client, Databases(), TOKEN, print)
    assert cluster.secret("agents/secrets/one-stores").keys() == present


def test_every_namespace_has_the_same_secret(cluster: Cluster) -> None:
    carry_out(request("one", namespaces=("agents", "more")), cluster.client, Databases(), TOKEN, print)
    assert cluster.secret("more/secrets/one-stores") == cluster.secret("agents/secrets/one-stores")


def test_a_secret_of_somebody_else_is_left_alone(cluster: Cluster) -> None:
    cluster.objects["agents/secrets/one-stores"] = {"metadata": {"name": "one-stores"}, "data": {"mine": "eA=="}}
    with pytest.raises(JobError, match="somebody else made"):
        carry_out(request("one"), cluster.client, Databases(), TOKEN, print)
    assert cluster.writes == []


def test_what_the_api_server_refuses_is_said_with_its_status(cluster: Cluster) -> None:
    refusing = ClusterObjects("https://api", cluster.client.token, lambda *_: Answer(403, b"{}"))
    with pytest.raises(JobError, match="status 403"):
        carry_out(request("one"), refusing, Databases(), TOKEN, print)


def test_the_request_survives_its_way_into_the_cluster() -> None:
    asked = request("one", "two")
    assert Request.from_json(asked.to_json()) == asked
    assert Request.from_json(request("one", redis=None).to_json()).redis is None
