"""The program as the engine sees it: what is registered, with which inputs."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from langsmith_hybrid.component import COMPONENT_TAG, STACK_TAG
from langsmith_hybrid.config import LangSmithConfig
from langsmith_hybrid.errors import ConfigError
from langsmith_hybrid.stack import deploy

SetConfig = Callable[..., None]


def test_a_dev_stack_spans_two_zones_behind_one_nat_gateway(declare: Callable[..., Any]) -> None:
    engine = declare()
    assert len(engine.of_type("aws:ec2/subnet:Subnet")) == 4
    assert len(engine.of_type("aws:ec2/natGateway:NatGateway")) == 1
    assert not any(s.inputs["mapPublicIpOnLaunch"] for s in engine.of_type("aws:ec2/subnet:Subnet"))


def test_production_loses_no_zone_with_another_and_calls_aws_without_leaving(declare: Callable[..., Any]) -> None:
    engine = declare(profile="production")
    zones = ("eu-west-1a", "eu-west-1b", "eu-west-1c")
    ways_out = {
        r.name: r.inputs["natGatewayId"] for r in engine.of_type("aws:ec2/route:Route") if "natGatewayId" in r.inputs
    }
    assert ways_out == {f"network-private-{zone}-nat": f"network-{zone}-nat-0a1b2c3d4e5f" for zone in zones}
    assert {nat.inputs["subnetId"] for nat in engine.of_type("aws:ec2/natGateway:NatGateway")} == {
        f"network-public-{zone}-0a1b2c3d4e5f" for zone in zones
    }
    kinds = [each.inputs["vpcEndpointType"] for each in engine.of_type("aws:ec2/vpcEndpoint:VpcEndpoint")]
    assert sorted(kinds) == ["Gateway"] + ["Interface"] * 14


def test_a_second_nat_gateway_changes_one_route_and_moves_nothing(declare: Callable[..., Any]) -> None:
    single, zonal = declare(), declare(natGateways="per-zone")
    before = {(r.token, r.name): r.inputs for r in single.registered}
    after = {(r.token, r.name): r.inputs for r in zonal.registered}
    assert before.keys() < after.keys(), "nothing is taken away"
    assert {name for (_, name) in after.keys() - before.keys()} == {"network-eu-west-1b-nat"}
    changed = [name for (token, name) in before if before[token, name] != after[token, name]]
    assert changed == ["network-private-eu-west-1b-nat"]


def test_flow_logs_have_a_bucket_only_this_accounts_log_delivery_writes_to(declare: Callable[..., Any]) -> None:
    engine = declare(flowLogs="true")
    (flow_log,) = engine.of_type("aws:ec2/flowLog:FlowLog")
    assert (flow_log.inputs["trafficType"], flow_log.inputs["logDestinationType"]) == ("ALL", "s3")
    assert flow_log.inputs["logDestination"] == "arn:aws:mock:::network-logs"
    policy = json.loads(engine.named("aws:s3/bucketPolicy:BucketPolicy", "network-logs").inputs["policy"])
    tls, *deliveries = policy["Statement"]
    assert tls["Effect"] == "Deny"
    assert {each["Principal"]["Service"] for each in deliveries} == {"delivery.logs.amazonaws.com"}
    assert all(each["Condition"]["StringEquals"] == {"aws:SourceAccount": "111122223333"} for each in deliveries), (
        "another account could have AWS write here otherwise"
    )
    lifecycle = engine.named("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", "network-logs")
    assert lifecycle.inputs["rules"][0]["expiration"] == {"days": 14}


def test_dev_records_no_flow_logs_and_makes_no_bucket_for_them(declare: Callable[..., Any]) -> None:
    engine = declare()
    assert not engine.of_type("aws:ec2/flowLog:FlowLog")
    assert [bucket.name for bucket in engine.of_type("aws:s3/bucket:Bucket")] == ["artifacts"]


def test_a_lone_cache_node_claims_no_failover_and_a_pair_has_it(declare: Callable[..., Any]) -> None:
    for nodes, takes_over in (("1", False), ("2", True)):
        (cache,) = declare(redisNodes=nodes).of_type("aws:elasticache/replicationGroup:ReplicationGroup")
        assert cache.inputs["automaticFailoverEnabled"] is takes_over
        assert cache.inputs["multiAzEnabled"] is takes_over


def test_a_region_with_too_few_zones_is_refused_by_its_key(
    engine: Any, stack_config: SetConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack_config({"availabilityZones": "3"})
    asked = engine.call
    two = {"names": ["us-west-1a", "us-west-1c"]}
    monkeypatch.setattr(engine, "call", lambda args: (two, []) if "AvailabilityZones" in args.token else asked(args))
    with pytest.raises(ConfigError, match="availabilityZones: 3 zones are wanted, and eu-west-1 has 2"):
        deploy(LangSmithConfig.load())


def test_three_zones_make_three_pairs_of_subnets_for_load_balancers_to_find(declare: Callable[..., Any]) -> None:
    engine = declare(availabilityZones="3")
    roles = [
        next(key for key in subnet.inputs["tags"] if key.startswith("kubernetes.io/role/"))
        for subnet in engine.of_type("aws:ec2/subnet:Subnet")
    ]
    assert sorted(roles) == ["kubernetes.io/role/elb"] * 3 + ["kubernetes.io/role/internal-elb"] * 3


def test_the_default_security_group_lets_nothing_through(declare: Callable[..., Any]) -> None:
    (group,) = declare().of_type("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup")
    assert not {"ingress", "egress"} & group.inputs.keys(), "taking it over without rules removes those it has"


def test_the_cluster_is_private_and_known_to_nobody_but_its_admins(declare: Callable[..., Any]) -> None:
    engine = declare(clusterAdminArns='["arn:aws:iam::111122223333:role/platform"]')
    (cluster,) = engine.of_type("aws:eks/cluster:Cluster")
    assert cluster.inputs["vpcConfig"]["endpointPublicAccess"] is False
    assert cluster.inputs["accessConfig"] == {
        "authenticationMode": "API",
        "bootstrapClusterCreatorAdminPermissions": False,
    }
    assert cluster.inputs["upgradePolicy"] == {"supportType": "STANDARD"}
    assert {entry.inputs["principalArn"] for entry in engine.of_type("aws:eks/accessEntry:AccessEntry")} == {
        "arn:aws:iam::111122223333:role/deployer",
        "arn:aws:iam::111122223333:role/platform",
    }


def test_a_zone_added_to_a_live_cluster_gets_nodes_and_leaves_the_control_plane_where_it_is(
    declare: Callable[..., Any],
) -> None:
    (two,) = declare(availabilityZones="2").of_type("aws:eks/cluster:Cluster")
    (three,) = declare(availabilityZones="3").of_type("aws:eks/cluster:Cluster")
    assert three.inputs["vpcConfig"] == two.inputs["vpcConfig"], "EKS refuses subnets in other zones"
    (nodes,) = declare(availabilityZones="3").of_type("aws:eks/nodeGroup:NodeGroup")
    assert len(nodes.inputs["subnetIds"]) == 3


def test_operator_ranges_open_the_public_endpoint_to_them_alone(declare: Callable[..., Any]) -> None:
    (cluster,) = declare(eksPublicAccessCidrs='["203.0.113.7/32"]').of_type("aws:eks/cluster:Cluster")
    assert cluster.inputs["vpcConfig"]["publicAccessCidrs"] == ["203.0.113.7/32"]


def test_the_log_group_carries_the_clusters_name_and_a_retention(declare: Callable[..., Any]) -> None:
    engine = declare()
    (cluster,) = engine.of_type("aws:eks/cluster:Cluster")
    (logs,) = engine.of_type("aws:cloudwatch/logGroup:LogGroup")
    assert logs.inputs["name"] == f"/aws/eks/{cluster.inputs['name']}/cluster"
    assert logs.inputs["retentionInDays"] == 14


def test_nodes_encrypt_their_disks_and_keep_their_credentials_from_pods(declare: Callable[..., Any]) -> None:
    (template,) = declare().of_type("aws:ec2/launchTemplate:LaunchTemplate")
    assert template.inputs["metadataOptions"] == {
        "httpEndpoint": "enabled",
        "httpTokens": "required",
        "httpPutResponseHopLimit": 1,
    }
    assert template.inputs["blockDeviceMappings"][0]["ebs"]["encrypted"] == "true"


def test_stores_are_encrypted_private_and_open_to_the_cluster_only(declare: Callable[..., Any]) -> None:
    engine = declare()
    (database,) = engine.of_type("aws:rds/instance:Instance")
    assert database.inputs["storageEncrypted"] is True
    assert database.inputs["publiclyAccessible"] is False
    assert database.inputs["manageMasterUserPassword"] is True
    assert "password" not in database.inputs
    (cache,) = engine.of_type("aws:elasticache/replicationGroup:ReplicationGroup")
    assert cache.inputs["transitEncryptionEnabled"] is True
    assert cache.inputs["atRestEncryptionEnabled"] is True
    rules = engine.of_type("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
    assert {rule.inputs["fromPort"] for rule in rules} == {5432, 6379}
    assert all(rule.inputs["referencedSecurityGroupId"] == "sg-cluster" for rule in rules)


def test_the_bucket_refuses_the_public_and_plain_http(declare: Callable[..., Any]) -> None:
    engine = declare()
    (block,) = engine.of_type("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock")
    assert all(block.inputs[key] for key in block.inputs if key != "bucket")
    (policy,) = engine.of_type("aws:s3/bucketPolicy:BucketPolicy")
    (statement,) = json.loads(policy.inputs["policy"])["Statement"]
    assert statement["Effect"] == "Deny"
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_image_tags_cannot_be_overwritten(declare: Callable[..., Any]) -> None:
    repositories = declare(agentRepositories='["one", "two"]').of_type("aws:ecr/repository:Repository")
    assert [repository.name for repository in repositories] == ["one", "two"]
    assert all(repository.inputs["imageTagMutability"] == "IMMUTABLE" for repository in repositories)


def test_production_stores_survive_a_zone_and_wait_for_their_windows(declare: Callable[..., Any]) -> None:
    engine = declare(profile="production")
    (database,) = engine.of_type("aws:rds/instance:Instance")
    (cache,) = engine.of_type("aws:elasticache/replicationGroup:ReplicationGroup")
    assert (database.inputs["multiAz"], database.inputs["backupRetentionPeriod"]) == (True, 30)
    assert (cache.inputs["numCacheClusters"], cache.inputs["multiAzEnabled"]) == (2, True)
    assert (database.inputs["applyImmediately"], cache.inputs["applyImmediately"]) == (False, False)
    assert database.inputs["databaseInsightsMode"] == "standard"


def test_protection_is_one_switch_for_everything_that_holds_data(declare: Callable[..., Any]) -> None:
    engine = declare(deletionProtection="true")
    (cluster,) = engine.of_type("aws:eks/cluster:Cluster")
    (database,) = engine.of_type("aws:rds/instance:Instance")
    (cache,) = engine.of_type("aws:elasticache/replicationGroup:ReplicationGroup")
    (bucket,) = engine.of_type("aws:s3/bucket:Bucket")
    (repository,) = engine.of_type("aws:ecr/repository:Repository")
    assert cluster.inputs["deletionProtection"] is True
    assert database.inputs["deletionProtection"] is True
    assert database.inputs["finalSnapshotIdentifier"].endswith("-final")
    assert cache.inputs["finalSnapshotIdentifier"].endswith("-final")
    assert bucket.inputs["forceDestroy"] is False
    assert repository.inputs["forceDelete"] is False


def test_the_chart_is_told_the_listeners_id_and_no_secret(declare: Callable[..., Any], api_key: str) -> None:
    engine = declare(agentsHostname="agents.example.com")
    release = engine.named("kubernetes:helm.sh/v3:Release", "data-plane")
    settings = release.inputs["values"]["config"]
    assert settings["langgraphListenerId"] == "6a1f0f6e-0000-4000-8000-000000000001"
    assert settings["watchNamespaces"] == "agents"
    assert settings["enableLGPDeploymentHealthCheck"] is True
    assert settings["existingSecretName"], "the key reaches the chart by reference"
    assert api_key not in json.dumps(release.inputs)
    assert release.inputs["values"]["listener"]["deployment"]["autoRestart"] is False


def test_without_a_hostname_nothing_checks_agents_through_one(declare: Callable[..., Any]) -> None:
    release = declare().named("kubernetes:helm.sh/v3:Release", "data-plane")
    assert release.inputs["values"]["config"]["enableLGPDeploymentHealthCheck"] is False


def test_the_api_key_is_in_one_kubernetes_secret_and_in_no_other_resource(
    declare: Callable[..., Any], api_key: str
) -> None:
    holders = [r for r in declare().registered if api_key in json.dumps(r.inputs)]
    assert [(holder.token, holder.name) for holder in holders] == [("kubernetes:core/v1:Secret", "data-plane-api-key")]


def test_every_taggable_resource_says_which_component_it_is(declare: Callable[..., Any]) -> None:
    engine = declare(tags='{"owner": "platform"}')
    (provider,) = engine.of_type("pulumi:providers:aws")
    default = json.loads(provider.inputs["defaultTags"])["tags"]
    assert default[STACK_TAG] == "langsmith-hybrid/test"
    assert default["owner"] == "platform"
    tagged = {r.name: r.inputs["tags"][COMPONENT_TAG] for r in engine.registered if "tags" in r.inputs}
    assert tagged["network"] == "Network"
    assert tagged["cluster-nodes"] == "Cluster"
    assert tagged["artifacts"] == "ObjectStore"
