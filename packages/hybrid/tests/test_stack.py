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


def test_the_outputs_hold_all_that_a_deploy_target_needs(declare: Callable[..., Any]) -> None:
    workspace = "7c1d8c2e-6f0e-4f1d-9a55-0d8f3f6f2a12"
    exported = declare(langsmithRegion="eu", langsmithWorkspaceId=workspace).exported
    assert exported["controlPlaneUrl"] == "https://eu.api.host.langchain.com", "a target must not fall back to the US"
    assert exported["workspaceId"] == workspace
    assert exported["namespaces"] == ["agents"]
    assert {"listenerId", "repositories"} <= exported.keys()


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
    assert ways_out == {f"network-private-{zone}-nat": f"network-{zone}-nat-NatGateway" for zone in zones}
    assert {nat.inputs["subnetId"] for nat in engine.of_type("aws:ec2/natGateway:NatGateway")} == {
        f"network-public-{zone}-Subnet" for zone in zones
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


def test_an_existing_vpc_is_used_as_it_is(declare: Callable[..., Any], existing_vpc: dict[str, str]) -> None:
    engine = declare(profile="production", flowLogs="false", **existing_vpc)
    untouched = ("Vpc", "Subnet", "NatGateway", "Route", "RouteTable", "VpcEndpoint", "DefaultSecurityGroup", "FlowLog")
    assert not [each.name for each in engine.registered if each.token.rpartition(":")[2] in untouched]
    subnets = json.loads(existing_vpc["privateSubnetIds"])
    (cluster,) = engine.of_type("aws:eks/cluster:Cluster")
    assert cluster.inputs["vpcConfig"]["subnetIds"] == subnets
    for token in ("aws:rds/subnetGroup:SubnetGroup", "aws:elasticache/subnetGroup:SubnetGroup"):
        (group,) = engine.of_type(token)
        assert group.inputs["subnetIds"] == subnets
    firewalls = engine.of_type("aws:ec2/securityGroup:SecurityGroup")
    assert {firewall.inputs["vpcId"] for firewall in firewalls} == {existing_vpc["vpcId"]}


def test_an_unfit_vpc_is_refused_before_anything_is_declared(
    engine: Any, stack_config: SetConfig, existing_vpc: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    stack_config(existing_vpc)
    asked = engine.call

    def without_it(args: Any) -> Any:
        if args.token == "aws:ec2/getVpc:getVpc":
            raise KeyError(args.token)
        return asked(args)

    monkeypatch.setattr(engine, "call", without_it)
    with pytest.raises(ConfigError, match="vpcId: vpc-0123456789abcdef0 cannot be found"):
        deploy(LangSmithConfig.load())
    assert not [each.token for each in engine.registered if each.token.startswith("aws:")]


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


def test_the_clusters_name_is_new_in_every_run_even_in_a_vpc_that_is_not(
    declare: Callable[..., Any], existing_vpc: dict[str, str]
) -> None:
    (cluster,) = declare(**existing_vpc).of_type("aws:eks/cluster:Cluster")
    assert cluster.inputs["name"] == "agents-dev-1a2b3c4", "the random end of its role's name"


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


@pytest.mark.parametrize(
    ("system", "instance_type", "ami", "disk"),
    [
        ("al2023", "m6i.xlarge", "AL2023_x86_64_STANDARD", "/dev/xvda"),
        ("al2023", "m7g.xlarge", "AL2023_ARM_64_STANDARD", "/dev/xvda"),
        ("bottlerocket", "m6i.xlarge", "BOTTLEROCKET_x86_64", "/dev/xvdb"),
        ("bottlerocket", "m7g.xlarge", "BOTTLEROCKET_ARM_64", "/dev/xvdb"),
    ],
)
def test_the_image_fits_system_and_processor_and_the_disk_holds_containers(
    declare: Callable[..., Any], system: str, instance_type: str, ami: str, disk: str
) -> None:
    engine = declare(eksNodeSystem=system, eksNodeInstanceType=instance_type)
    (nodes,) = engine.of_type("aws:eks/nodeGroup:NodeGroup")
    (template,) = engine.of_type("aws:ec2/launchTemplate:LaunchTemplate")
    assert nodes.inputs["amiType"] == ami
    assert template.inputs["blockDeviceMappings"][0]["deviceName"] == disk


def test_the_autoscaler_fits_the_cluster_and_may_resize_its_groups_only(declare: Callable[..., Any]) -> None:
    engine = declare(eksClusterVersion="1.36")
    values = engine.named("kubernetes:helm.sh/v3:Release", "autoscaler").inputs["values"]
    assert values["image"]["tag"].startswith("v1.36."), "it foretells what the scheduler of its own version does"
    (cluster,) = engine.of_type("aws:eks/cluster:Cluster")
    assert values["autoDiscovery"] == {"clusterName": cluster.inputs["name"]}
    binding = engine.named("aws:eks/podIdentityAssociation:PodIdentityAssociation", "autoscaler").inputs
    assert binding["serviceAccount"] == values["rbac"]["serviceAccount"]["name"]
    policy = json.loads(engine.named("aws:iam/rolePolicy:RolePolicy", "autoscaler").inputs["policy"])
    *_, change = policy["Statement"]
    owned = {f"aws:ResourceTag/k8s.io/cluster-autoscaler/{cluster.inputs['name']}": "owned"}
    assert change["Condition"] == {"StringEquals": owned}
    assert change["Resource"].startswith("arn:aws:autoscaling:eu-west-1:111122223333:autoScalingGroup:")


def test_access_is_granted_by_policy_and_scope(declare: Callable[..., Any]) -> None:
    grants = [
        {"principal": "arn:aws:iam::111122223333:role/support", "policy": "view"},
        {"principal": "arn:aws:iam::111122223333:role/agents", "policy": "edit", "namespaces": ["agents"]},
    ]
    engine = declare(clusterAccess=json.dumps(grants))
    scopes = {
        each.inputs["principalArn"].rpartition("/")[2]: (
            each.inputs["policyArn"].rpartition("/")[2],
            each.inputs["accessScope"],
        )
        for each in engine.of_type("aws:eks/accessPolicyAssociation:AccessPolicyAssociation")
    }
    assert scopes == {
        "deployer": ("AmazonEKSClusterAdminPolicy", {"type": "cluster"}),
        "support": ("AmazonEKSViewPolicy", {"type": "cluster"}),
        "agents": ("AmazonEKSEditPolicy", {"type": "namespace", "namespaces": ["agents"]}),
    }


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
    stores = {"postgres-cluster": 5432, "redis-cluster": 6379}
    rules = [
        rule
        for rule in engine.of_type("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
        if not rule.name.startswith("entrance")
    ]
    assert {rule.name: rule.inputs["fromPort"] for rule in rules} == stores
    assert all(rule.inputs["referencedSecurityGroupId"] == "sg-cluster" for rule in rules)


def test_the_bucket_refuses_the_public_and_plain_http(declare: Callable[..., Any]) -> None:
    engine = declare()
    (block,) = engine.of_type("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock")
    assert all(block.inputs[key] for key in block.inputs if key != "bucket")
    (policy,) = engine.of_type("aws:s3/bucketPolicy:BucketPolicy")
    (statement,) = json.loads(policy.inputs["policy"])["Statement"]
    assert statement["Effect"] == "Deny"
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_agents_reach_the_objects_of_their_bucket_and_nothing_else(declare: Callable[..., Any]) -> None:
    engine = declare()
    role = engine.named("aws:iam/rolePolicy:RolePolicy", "agents")
    statements = json.loads(role.inputs["policy"])["Statement"]
    assert {resource for each in statements for resource in [each["Resource"]]} == {
        "arn:aws:mock:::artifacts",
        "arn:aws:mock:::artifacts/*",
    }
    association = engine.named("aws:eks/podIdentityAssociation:PodIdentityAssociation", "agents-agents")
    assert (association.inputs["namespace"], association.inputs["serviceAccount"]) == ("agents", "default")


@pytest.mark.parametrize(
    ("key", "tokens"),
    [
        ("postgresEnabled", ("aws:rds/instance:Instance", "aws:rds/subnetGroup:SubnetGroup")),
        (
            "redisEnabled",
            ("aws:elasticache/replicationGroup:ReplicationGroup", "pulumi-python:dynamic/langsmith:GeneratedToken"),
        ),
        ("artifactsEnabled", ("aws:s3/bucket:Bucket", "aws:s3/bucketPolicy:BucketPolicy")),
    ],
)
def test_a_store_that_is_switched_off_leaves_nothing_behind(
    declare: Callable[..., Any], key: str, tokens: tuple[str, ...]
) -> None:
    on, off = declare(), declare(**{key: "false"})
    assert all(on.of_type(token) for token in tokens), "what is looked for must be there otherwise"
    assert not any(off.of_type(token) for token in tokens)


def test_without_valkey_the_listener_queues_in_the_charts_own_redis(declare: Callable[..., Any]) -> None:
    release = declare(redisEnabled="false").named("kubernetes:helm.sh/v3:Release", "data-plane")
    assert release.inputs["values"]["redis"] == {"external": {"enabled": False}}


def test_valkeys_token_reaches_valkey_and_two_kubernetes_secrets(declare: Callable[..., Any], token: str) -> None:
    holders = [r for r in declare().registered if token in json.dumps(r.inputs)]
    assert sorted((holder.token, holder.name) for holder in holders) == [
        ("aws:elasticache/replicationGroup:ReplicationGroup", "redis"),
        ("kubernetes:core/v1:Secret", "agent-stores-token"),
        ("kubernetes:core/v1:Secret", "data-plane-queue"),
    ]
    queue = declare().named("kubernetes:core/v1:Secret", "data-plane-queue")
    assert f"rediss://:{token}@redis.example.internal:6379/0" in json.dumps(queue.inputs["stringData"])


def test_image_tags_cannot_be_overwritten(declare: Callable[..., Any]) -> None:
    repositories = declare(agents='["one", "two"]').of_type("aws:ecr/repository:Repository")
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
    engine = declare(agentsHostname="agents.example.com", agentsTls="false")
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


def test_owner_and_cost_centre_reach_even_what_aws_makes_for_us(declare: Callable[..., Any]) -> None:
    engine = declare(owner="platform", costCentre="4711", tags='{"team": "agents"}')
    wanted = {"owner": "platform", "cost-centre": "4711", "team": "agents", STACK_TAG: "langsmith-hybrid/test"}
    (provider,) = engine.of_type("pulumi:providers:aws")
    (template,) = engine.of_type("aws:ec2/launchTemplate:LaunchTemplate")
    volumes = engine.named("aws:eks/addon:Addon", "cluster-aws-ebs-csi-driver").inputs["configurationValues"]
    carriers = [
        json.loads(provider.inputs["defaultTags"])["tags"],
        json.loads(volumes)["controller"]["extraVolumeTags"],
        *(each["tags"] for each in template.inputs["tagSpecifications"]),
    ]
    assert all(wanted.items() <= tags.items() for tags in carriers)
    kinds = [each["resourceType"] for each in template.inputs["tagSpecifications"]]
    assert kinds == ["instance", "volume", "network-interface"]


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
