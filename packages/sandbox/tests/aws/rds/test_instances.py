"""RDS: instances over time, groups that know their users, a managed password."""

from __future__ import annotations

import json

import pytest

SIZE = {"Engine": "postgres", "DBInstanceClass": "db.t4g.small", "AllocatedStorage": 20, "MasterUsername": "langsmith"}


@pytest.fixture
def rds(client, network):
    rds = client("rds")
    rds.create_db_subnet_group(DBSubnetGroupName="stores", DBSubnetGroupDescription="stores", SubnetIds=network.subnets)
    rds.create_db_parameter_group(
        DBParameterGroupName="tuned", DBParameterGroupFamily="postgres16", Description="tuned"
    )
    return rds


@pytest.fixture
def database(account, rds, network):
    rds.create_db_instance(
        DBInstanceIdentifier="db", **SIZE, EngineVersion="16", ManageMasterUserPassword=True, StorageType="gp3",
        StorageEncrypted=True, DBSubnetGroupName="stores", DBParameterGroupName="tuned",
        VpcSecurityGroupIds=[network.group], Tags=[{"Key": "team", "Value": "agents"}],
    )  # fmt: skip
    account.settle()
    return rds.describe_db_instances(DBInstanceIdentifier="db")["DBInstances"][0]


def test_an_instance_is_creating_and_then_available(account, rds, network):
    made = rds.create_db_instance(
        DBInstanceIdentifier="db", **SIZE, ManageMasterUserPassword=True, DBSubnetGroupName="stores"
    )["DBInstance"]
    assert made["DBInstanceStatus"] == "creating"
    assert "Endpoint" not in made, "there is no address to connect to yet"
    account.settle()
    rds.get_waiter("db_instance_available").wait(DBInstanceIdentifier="db")
    shown = rds.describe_db_instances(DBInstanceIdentifier="db")["DBInstances"][0]
    assert shown["Endpoint"]["Port"] == 5432


def test_a_major_version_becomes_its_default_minor(rds, database):
    offered = rds.describe_db_engine_versions(Engine="postgres", EngineVersion="16", DefaultOnly=True)
    assert [item["EngineVersion"] for item in offered["DBEngineVersions"]] == [database["EngineVersion"]]


def test_the_managed_password_is_readable_and_goes_with_the_instance(account, rds, database):
    secrets = account.client("secretsmanager")
    kept = json.loads(secrets.get_secret_value(SecretId=database["MasterUserSecret"]["SecretArn"])["SecretString"])
    assert kept["username"] == "langsmith"
    assert len(kept["password"]) >= 16
    rds.delete_db_instance(DBInstanceIdentifier="db", SkipFinalSnapshot=True)
    account.settle()
    assert secrets.list_secrets()["SecretList"] == []


def test_a_change_is_modifying_and_then_there(account, rds, database):
    made = rds.modify_db_instance(
        DBInstanceIdentifier="db", DBInstanceClass="db.t4g.medium", BackupRetentionPeriod=5, ApplyImmediately=True
    )["DBInstance"]
    assert made["DBInstanceStatus"] == "modifying"
    code, _ = account.refusal(lambda: rds.modify_db_instance(DBInstanceIdentifier="db", MultiAZ=True))
    assert code == "InvalidDBInstanceState", "one change at a time"
    account.settle()
    shown = rds.describe_db_instances(DBInstanceIdentifier="db")["DBInstances"][0]
    assert (shown["DBInstanceStatus"], shown["DBInstanceClass"]) == ("available", "db.t4g.medium")
    assert shown["BackupRetentionPeriod"] == 5


def test_a_bigger_class_waits_for_the_window_unless_told_otherwise(account, rds, database):
    rds.modify_db_instance(DBInstanceIdentifier="db", DBInstanceClass="db.t4g.medium", ApplyImmediately=False)
    account.settle()
    shown = rds.describe_db_instances(DBInstanceIdentifier="db")["DBInstances"][0]
    assert shown["DBInstanceClass"] == "db.t4g.small"
    assert shown["PendingModifiedValues"] == {"DBInstanceClass": "db.t4g.medium"}


def test_a_deleted_instance_lets_go_of_its_groups_and_subnets(account, rds, network, database):
    ec2 = account.client("ec2")
    held = [
        (lambda: rds.delete_db_subnet_group(DBSubnetGroupName="stores"), "InvalidDBSubnetGroupStateFault"),
        (lambda: rds.delete_db_parameter_group(DBParameterGroupName="tuned"), "InvalidDBParameterGroupState"),
        (lambda: ec2.delete_security_group(GroupId=network.group), "DependencyViolation"),
        (lambda: ec2.delete_subnet(SubnetId=network.subnets[0]), "DependencyViolation"),
    ]
    for call, code in held:
        assert account.refusal(call)[0] == code
    made = rds.delete_db_instance(DBInstanceIdentifier="db", SkipFinalSnapshot=True)["DBInstance"]
    assert made["DBInstanceStatus"] == "deleting"
    account.settle()
    assert account.refusal(lambda: rds.describe_db_instances(DBInstanceIdentifier="db"))[0] == "DBInstanceNotFound"
    for call, _ in held:
        call()


def test_a_protected_instance_stays(account, rds, database):
    rds.modify_db_instance(DBInstanceIdentifier="db", DeletionProtection=True, ApplyImmediately=True)
    account.settle()
    code, message = account.refusal(lambda: rds.delete_db_instance(DBInstanceIdentifier="db", SkipFinalSnapshot=True))
    assert code == "InvalidParameterCombination"
    assert message.startswith("Cannot delete protected DB Instance")


def test_a_final_snapshot_is_asked_for_and_outlives_the_instance(account, rds, database):
    code, _ = account.refusal(lambda: rds.delete_db_instance(DBInstanceIdentifier="db"))
    assert code == "InvalidParameterCombination", "AWS wants either a snapshot or a clear no"
    rds.delete_db_instance(DBInstanceIdentifier="db", FinalDBSnapshotIdentifier="db-final")
    account.settle()
    kept = rds.describe_db_snapshots(DBSnapshotIdentifier="db-final")["DBSnapshots"]
    assert [snapshot["DBSnapshotIdentifier"] for snapshot in kept] == ["db-final"]
    assert ("rds:snapshot", "db-final") in account.leftovers()


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({"MasterUserPassword": "long-enough-password", "EngineVersion": "9.6"}, "InvalidParameterCombination"),
        ({}, "InvalidParameterValue"),
        ({"MasterUserPassword": "a-password-of-ours", "ManageMasterUserPassword": True}, "InvalidParameterCombination"),
        ({"ManageMasterUserPassword": True, "DBSubnetGroupName": "missing"}, "DBSubnetGroupNotFoundFault"),
        ({"ManageMasterUserPassword": True, "DBParameterGroupName": "missing"}, "DBParameterGroupNotFound"),
    ],
)
def test_an_instance_rds_would_not_build_is_refused(account, rds, wanted, code):
    refused, _ = account.refusal(lambda: rds.create_db_instance(DBInstanceIdentifier="bad", **{**SIZE, **wanted}))
    assert refused == code


def test_a_subnet_group_is_changed_without_being_lost(account, rds, network):
    rds.modify_db_subnet_group(DBSubnetGroupName="stores", DBSubnetGroupDescription="new", SubnetIds=network.subnets)
    shown = rds.describe_db_subnet_groups(DBSubnetGroupName="stores")["DBSubnetGroups"][0]
    assert shown["DBSubnetGroupDescription"] == "new", "moto drops the group it modifies"


def test_a_subnet_group_covers_two_zones_and_has_its_own_name(account, rds, network):
    code, _ = account.refusal(
        lambda: rds.create_db_subnet_group(
            DBSubnetGroupName="narrow", DBSubnetGroupDescription="x", SubnetIds=network.subnets[:1]
        )
    )
    assert code == "DBSubnetGroupDoesNotCoverEnoughAZs"
    code, _ = account.refusal(
        lambda: rds.create_db_subnet_group(
            DBSubnetGroupName="stores", DBSubnetGroupDescription="x", SubnetIds=network.subnets
        )
    )
    assert code == "DBSubnetGroupAlreadyExists"


def test_parameters_are_read_back_and_reset(account, rds):
    force = {"ParameterName": "rds.force_ssl", "ParameterValue": "1", "ApplyMethod": "immediate"}
    rds.modify_db_parameter_group(DBParameterGroupName="tuned", Parameters=[force])
    shown = rds.describe_db_parameters(DBParameterGroupName="tuned", Source="user")["Parameters"]
    assert [(item["ParameterName"], item["ParameterValue"]) for item in shown] == [("rds.force_ssl", "1")]
    rds.reset_db_parameter_group(DBParameterGroupName="tuned", ResetAllParameters=True)
    assert rds.describe_db_parameters(DBParameterGroupName="tuned", Source="user")["Parameters"] == []
    code, _ = account.refusal(lambda: rds.describe_db_parameter_groups(DBParameterGroupName="missing"))
    assert code == "DBParameterGroupNotFound"


def test_tags_belong_to_what_exists(account, rds, database):
    arn = database["DBInstanceArn"]
    rds.add_tags_to_resource(ResourceName=arn, Tags=[{"Key": "extra", "Value": "1"}])
    shown = {tag["Key"] for tag in rds.list_tags_for_resource(ResourceName=arn)["TagList"]}
    assert shown == {"team", "extra"}
    code, _ = account.refusal(lambda: rds.list_tags_for_resource(ResourceName=arn + "x"))
    assert code == "DBInstanceNotFound"
