"""State outlives the process: a replay gives the same answers, and gives no secret away."""

from __future__ import annotations

import json
import stat
from typing import Any

import pytest

from langsmith_sandbox.aws.clock import Clock
from langsmith_sandbox.aws.context import Context
from langsmith_sandbox.aws.emulator import Emulator
from langsmith_sandbox.aws.errors import JournalError
from langsmith_sandbox.aws.runtime import ClusterReport, NodePlan, SupervisorRuntime

SECRET = "a-database-password-nobody-may-read"


class RecordingRuntime:
    """A runtime that is ACTIVE as soon as it is started and remembers every order."""

    def __init__(self) -> None:
        self.orders: list[tuple[Any, ...]] = []

    def start(self, cluster: str, version: str) -> None:
        self.orders.append(("start", cluster, version))

    def report(self, cluster: str) -> ClusterReport | None:
        return ClusterReport("ACTIVE", "https://127.0.0.1:6443", "Q0E=")

    def stop(self, cluster: str) -> None:
        self.orders.append(("stop", cluster))

    def set_nodes(self, cluster: str, node_group: str, plan: NodePlan | None) -> None:
        self.orders.append(("nodes", cluster, node_group, len(plan.instances) if plan else None))


@pytest.fixture
def open_account(account, tmp_path):
    """Opens the account kept in a folder, as a new process would."""
    opened = []

    def reopen(runtime: Any = None, folder: Any = tmp_path) -> Any:
        clock = opened[-1].clock if opened else Clock()
        settings = Context(clock=clock, runtime=runtime) if runtime else Context(clock=clock)
        emulator = Emulator(account.emulator._operator, settings, folder)
        opened.append(type(account)(emulator, clock))
        return opened[-1]

    return reopen


def build(account):
    """One of everything that invents ids."""
    network = account.network()
    eks = account.cluster(network)
    eks.create_nodegroup(
        clusterName="prod", nodegroupName="main", subnets=network.subnets, nodeRole=account.role("nodes")
    )
    ec2, rds, cache = account.client("ec2"), account.client("rds"), account.client("elasticache")
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    ec2.create_nat_gateway(SubnetId=network.subnets[0], AllocationId=address)
    rds.create_db_subnet_group(DBSubnetGroupName="stores", DBSubnetGroupDescription="stores", SubnetIds=network.subnets)
    rds.create_db_instance(
        DBInstanceIdentifier="db", Engine="postgres", DBInstanceClass="db.t4g.small", AllocatedStorage=20,
        MasterUsername="langsmith", MasterUserPassword=SECRET, DBSubnetGroupName="stores",
    )  # fmt: skip
    rds.create_db_instance(
        DBInstanceIdentifier="managed", Engine="postgres", DBInstanceClass="db.t4g.small", AllocatedStorage=20,
        MasterUsername="langsmith", ManageMasterUserPassword=True, DBSubnetGroupName="stores",
    )  # fmt: skip
    cache.create_cache_subnet_group(
        CacheSubnetGroupName="stores", CacheSubnetGroupDescription="stores", SubnetIds=network.subnets
    )
    cache.create_replication_group(
        ReplicationGroupId="queue", ReplicationGroupDescription="queue", CacheSubnetGroupName="stores"
    )
    account.client("s3").create_bucket(Bucket="artifacts")
    account.client("s3").put_object(Bucket="artifacts", Key="k", Body=b"content")
    account.client("ecr").create_repository(repositoryName="agents/hello")
    account.client("kms").create_key(Description="data")
    account.client("logs").create_log_group(logGroupName="/aws/eks/prod/cluster")
    build_lists(account)
    account.settle()


def build_lists(account):
    """Lists whose every write rests on what the one before it invented: a lock token, a version."""
    waf, ec2 = account.client("wafv2"), account.client("ec2")
    made = waf.create_ip_set(Name="partner", Scope="REGIONAL", IPAddressVersion="IPV4", Addresses=[])["Summary"]
    named = {"Name": "partner", "Id": made["Id"], "Scope": "REGIONAL"}
    waf.update_ip_set(**named, Addresses=["52.10.20.30/32"], LockToken=made["LockToken"])
    prefix_list = ec2.create_managed_prefix_list(PrefixListName="partner", MaxEntries=2, AddressFamily="IPv4")
    account.settle()
    ec2.modify_managed_prefix_list(
        PrefixListId=prefix_list["PrefixList"]["PrefixListId"],
        CurrentVersion=1,
        AddEntries=[{"Cidr": "52.10.20.30/32"}],
    )


def describe(account):
    """Everything the builder made, as the API shows it, without what is about the request itself."""
    eks, rds = account.client("eks"), account.client("rds")
    databases = rds.describe_db_instances()["DBInstances"]
    for database in databases:
        del database["LatestRestorableTime"]
    secret = databases[-1]["MasterUserSecret"]["SecretArn"]
    ec2 = account.client("ec2")
    shown = {
        "vpcs": ec2.describe_vpcs()["Vpcs"],
        "subnets": ec2.describe_subnets()["Subnets"],
        "groups": ec2.describe_security_groups()["SecurityGroups"],
        "interfaces": ec2.describe_network_interfaces()["NetworkInterfaces"],
        "nat": ec2.describe_nat_gateways()["NatGateways"],
        "addresses": ec2.describe_addresses()["Addresses"],
        "cluster": eks.describe_cluster(name="prod")["cluster"],
        "nodes": eks.describe_nodegroup(clusterName="prod", nodegroupName="main")["nodegroup"],
        "databases": databases,
        "password": account.client("secretsmanager").get_secret_value(SecretId=secret)["SecretString"],
        "cache": account.client("elasticache").describe_replication_groups()["ReplicationGroups"],
        "buckets": account.client("s3").list_buckets()["Buckets"],
        "object": account.client("s3").get_object(Bucket="artifacts", Key="k")["Body"].read(),
        "repositories": account.client("ecr").describe_repositories()["repositories"],
        "keys": account.client("kms").list_keys()["Keys"],
        "roles": account.client("iam").list_roles()["Roles"],
        "logs": account.client("logs").describe_log_groups()["logGroups"],
        "IP sets": account.client("wafv2").list_ip_sets(Scope="REGIONAL")["IPSets"],
        "prefix lists": ec2.describe_managed_prefix_lists()["PrefixLists"],
    }
    return json.loads(json.dumps(shown, default=str, sort_keys=True))


def test_a_replay_gives_identical_answers(open_account):
    first = open_account()
    build(first)
    before = describe(first)
    again = open_account()
    after = describe(again)
    for kind, shown in before.items():
        assert after[kind] == shown, f"{kind} came back different, so a stack in state would not find its own"
    assert again.leftovers() == sorted(again.leftovers())
    assert again.leftovers(), "nothing was lost"


def test_the_journal_holds_no_secret_in_plain(open_account, tmp_path):
    build(open_account())
    kept = (tmp_path / "journal").read_bytes()
    assert SECRET.encode() not in kept
    assert b"MasterUserPassword" not in kept
    for name in ("journal", "journal.key"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600, f"{name} is for its owner only"


def test_reading_and_failing_leave_no_trace(open_account, tmp_path):
    account = open_account()
    account.client("ec2").describe_vpcs()
    account.refusal(lambda: account.client("ec2").delete_vpc(VpcId="vpc-0"))
    assert (tmp_path / "journal").read_bytes() == b""


def test_a_line_cut_short_by_a_kill_is_dropped(open_account, tmp_path):
    open_account().client("ec2").create_vpc(CidrBlock="10.1.0.0/16")
    with (tmp_path / "journal").open("ab") as file:
        file.write(b"gAAAAABtorn")
    kinds = [kind for kind, _ in open_account().leftovers()]
    assert "ec2:vpc" in kinds, "what was answered before the kill is still there"
    assert (tmp_path / "journal").read_bytes().endswith(b"\n")


def test_a_journal_without_its_key_is_a_clear_error(open_account, tmp_path):
    account = open_account()
    account.client("ec2").create_vpc(CidrBlock="10.1.0.0/16")
    (tmp_path / "journal.key").unlink()
    with pytest.raises(JournalError, match="langsmith-sandbox reset"):
        open_account()


def test_an_emptied_account_starts_over_with_an_empty_journal(open_account, tmp_path):
    account = open_account()
    made = account.client("ec2").create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    account.client("ec2").delete_vpc(VpcId=made)
    assert (tmp_path / "journal").read_bytes()
    open_account()
    assert (tmp_path / "journal").read_bytes() == b"", "a journal of what is gone would only slow every start"


def test_a_session_survives_the_process(account, open_account):
    first = open_account()
    made = first.client("sts").assume_role(RoleArn=first.role("deployer"), RoleSessionName="ci")["Credentials"]
    again = open_account()
    key = type(account.emulator._operator)(made["AccessKeyId"], made["SecretAccessKey"])
    identity = again.client("sts", key, made["SessionToken"]).get_caller_identity()
    assert identity["Arn"].endswith("assumed-role/deployer/ci")


def test_a_replay_orders_nothing_until_it_is_done_and_then_everything_once(open_account):
    first = open_account(RecordingRuntime())
    network = first.network()
    eks = first.cluster(network)
    first.cluster(network, "gone")
    eks.create_nodegroup(
        clusterName="prod", nodegroupName="main", subnets=network.subnets, nodeRole=first.role("nodes"),
        scalingConfig={"minSize": 1, "maxSize": 3, "desiredSize": 3},
    )  # fmt: skip
    eks.delete_cluster(name="gone")
    resumed = RecordingRuntime()
    again = open_account(resumed)
    assert resumed.orders == [
        ("start", "prod", "1.35"),
        ("nodes", "prod", "main", 3),
        ("stop", "gone"),
    ], "a cluster on its way out is not started again by the replay"
    shown = again.client("eks").describe_cluster(name="prod")["cluster"]
    assert shown["endpoint"] == "https://127.0.0.1:6443", "the endpoint is the runtime's, not the replay's"


def test_an_unreachable_supervisor_does_not_keep_the_account_from_coming_back(open_account):
    first = open_account(RecordingRuntime())
    first.cluster(first.network())
    again = open_account(SupervisorRuntime("http://127.0.0.1:9", "token"))
    assert again.client("eks").describe_cluster(name="prod")["cluster"]["status"] == "UPDATING", (
        "AWS never shows CREATING again for a cluster that was ACTIVE"
    )
    assert ("eks:cluster", "prod") in again.leftovers()


def test_what_a_key_closed_it_opens_after_a_restart(open_account) -> None:
    kms = open_account().client("kms")
    key = kms.create_key(Description="stores")["KeyMetadata"]["KeyId"]
    closed = kms.encrypt(KeyId=key, Plaintext=SECRET.encode())["CiphertextBlob"]
    opened = open_account().client("kms").decrypt(CiphertextBlob=closed, KeyId=key)
    assert opened["Plaintext"] == SECRET.encode()
