"""What AWS has its databases' servers do, and what it does without one."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest

from langsmith_sandbox.aws import context
from langsmith_sandbox.aws.call import recognise
from langsmith_sandbox.aws.call_subjects import deed
from langsmith_sandbox.aws.elasticache.server import tokens_after
from langsmith_sandbox.aws.errors import AwsError
from langsmith_sandbox.aws.store_servers import NoServers, ServerReport
from langsmith_sandbox.stores.wanted import WantedStore

DATABASE = {
    "Engine": "postgres",
    "DBInstanceClass": "db.t4g.small",
    "AllocatedStorage": 20,
    "MasterUsername": "langsmith",
}


class Servers(NoServers):
    """Servers that are as far as a test says."""

    def __init__(self) -> None:
        self.wanted: dict[str, list[WantedStore]] = {}
        self.dropped: list[str] = []
        self.says = ServerReport("AVAILABLE", "127.40.0.1", 5432)

    def keep(self, name: str, wanted: WantedStore) -> None:
        self.wanted.setdefault(name, []).append(wanted)

    def report(self, name: str) -> ServerReport | None:
        return self.says if name in self.wanted else None

    def drop(self, name: str) -> None:
        self.dropped.append(name)


@pytest.fixture
def servers(account: Any) -> Servers:
    made = Servers()
    context.use(context.Context(clock=account.clock, stores=made))
    return made


@pytest.fixture
def rds(account: Any, network: Any, servers: Servers) -> Any:
    rds = account.client("rds")
    rds.create_db_subnet_group(DBSubnetGroupName="stores", DBSubnetGroupDescription="s", SubnetIds=network.subnets)
    rds.create_db_instance(
        DBInstanceIdentifier="db", **DATABASE, ManageMasterUserPassword=True, DBSubnetGroupName="stores"
    )
    return rds


def shown(rds: Any) -> dict[str, Any]:
    return rds.describe_db_instances(DBInstanceIdentifier="db")["DBInstances"][0]


def test_an_instance_is_available_once_its_server_is_and_leads_to_it(account: Any, rds: Any, servers: Servers) -> None:
    servers.says = ServerReport("CREATING")
    account.settle()
    assert shown(rds)["DBInstanceStatus"] == "creating"
    servers.says = ServerReport("AVAILABLE", "127.40.0.1", 5432)
    account.settle()
    assert shown(rds)["DBInstanceStatus"] == "available"
    assert shown(rds)["Endpoint"]["Address"] == "127.40.0.1"


def test_a_server_that_failed_keeps_no_stack_from_coming_up(account: Any, rds: Any, servers: Servers) -> None:
    servers.says = ServerReport("FAILED", message="This machine has no postgres server.")
    account.settle()
    assert shown(rds)["DBInstanceStatus"] == "available"
    assert shown(rds)["Endpoint"]["Address"].endswith(".rds.amazonaws.com"), "an address at which nothing answers"


def test_rotation_gives_server_and_secret_the_same_new_password(account: Any, rds: Any, servers: Servers) -> None:
    account.settle()
    rds.modify_db_instance(DBInstanceIdentifier="db", RotateMasterUserPassword=True, ApplyImmediately=True)
    first, second = (wanted.secrets for wanted in servers.wanted["postgres-db"])
    secret = account.client("secretsmanager").get_secret_value(SecretId=shown(rds)["MasterUserSecret"]["SecretArn"])
    assert (json.loads(secret["SecretString"])["password"],) == second
    assert first != second


def test_a_deleted_instance_takes_its_server_along(account: Any, rds: Any, servers: Servers) -> None:
    account.settle()
    rds.delete_db_instance(DBInstanceIdentifier="db", SkipFinalSnapshot=True)
    account.settle()
    assert rds.describe_db_instances()["DBInstances"] == []
    assert servers.dropped == ["postgres-db"]


def test_tls_is_forced_unless_the_parameter_group_says_otherwise(account: Any, rds: Any, servers: Servers) -> None:
    for group, value in {"unsaid": None, "on": "1", "off": "0"}.items():
        rds.create_db_parameter_group(DBParameterGroupName=group, DBParameterGroupFamily="postgres17", Description="g")
        if value is not None:
            parameter = {"ParameterName": "rds.force_ssl", "ParameterValue": value, "ApplyMethod": "immediate"}
            rds.modify_db_parameter_group(DBParameterGroupName=group, Parameters=[parameter])
        account.settle()
        rds.modify_db_instance(DBInstanceIdentifier="db", DBParameterGroupName=group, ApplyImmediately=True)
    assert [wanted.force_tls for wanted in servers.wanted["postgres-db"][1:]] == [True, True, False]


def test_a_replication_group_has_its_tokens_and_as_many_databases_as_its_parameters_say(
    account: Any, network: Any, servers: Servers
) -> None:
    cache = account.client("elasticache")
    cache.create_cache_subnet_group(
        CacheSubnetGroupName="s", CacheSubnetGroupDescription="s", SubnetIds=network.subnets
    )
    cache.create_cache_parameter_group(
        CacheParameterGroupName="p", CacheParameterGroupFamily="valkey8", Description="p"
    )
    many = [{"ParameterName": "databases", "ParameterValue": "128"}]
    cache.modify_cache_parameter_group(CacheParameterGroupName="p", ParameterNameValues=many)
    token = "first-token-of-sixteen"
    cache.create_replication_group(
        ReplicationGroupId="queue", ReplicationGroupDescription="q", Engine="valkey", EngineVersion="8.0",
        CacheNodeType="cache.t4g.small", NumCacheClusters=1, CacheSubnetGroupName="s", CacheParameterGroupName="p",
        TransitEncryptionEnabled=True, AuthToken=token,
    )  # fmt: skip
    account.settle()
    servers.says = dataclasses.replace(servers.says, port=6379)
    (group,) = cache.describe_replication_groups(ReplicationGroupId="queue")["ReplicationGroups"]
    assert group["NodeGroups"][0]["PrimaryEndpoint"] == {"Address": "127.40.0.1", "Port": 6379}
    cache.modify_replication_group(
        ReplicationGroupId="queue", AuthToken="another-token", AuthTokenUpdateStrategy="ROTATE"
    )
    assert [(each.secrets, each.databases) for each in servers.wanted["valkey-queue"]] == [
        ((token,), 128),
        ((token, "another-token"), 128),
    ]


@pytest.mark.parametrize(
    ("before", "token", "strategy", "after"),
    [
        ((), "a", "SET", ("a",)),
        (("a",), "b", "ROTATE", ("a", "b")),
        (("a", "b"), "c", "ROTATE", ("b", "c")),
        (("a", "b"), "b", "ROTATE", ("b",)),
        (("a", "b"), "b", "SET", ("b",)),
        (("a",), "b", None, ("a", "b")),
        (("a",), None, "DELETE", ()),
        (("a",), None, None, ("a",)),
    ],
)
def test_two_tokens_are_taken_at_most_and_only_while_one_replaces_the_other(
    before: tuple[str, ...], token: str | None, strategy: str | None, after: tuple[str, ...]
) -> None:
    assert tokens_after(before, token, strategy) == after


def test_an_unknown_strategy_is_refused() -> None:
    with pytest.raises(AwsError):
        tokens_after(("a",), "b", "SWAP")


def test_a_policy_for_one_secret_is_judged_by_that_secret() -> None:
    import io

    body = json.dumps({"SecretId": "arn:aws:secretsmanager:us-east-1:1:secret:rds!db"}).encode()
    environ = {
        "REQUEST_METHOD": "POST", "PATH_INFO": "/", "HTTP_X_AMZ_TARGET": "secretsmanager.GetSecretValue",
        "HTTP_AUTHORIZATION": "AWS4-HMAC-SHA256 Credential=A/20261122/us-east-1/secretsmanager/aws4_request, x",
        "wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body)),
    }  # fmt: skip
    done = deed(recognise(environ), "secretsmanager", environ)
    assert (done.action, done.resources) == (
        "secretsmanager:GetSecretValue",
        ("arn:aws:secretsmanager:us-east-1:1:secret:rds!db",),
    )
