"""Every resource type through its life, against the emulator: made, unchanged, changed, refreshed, removed."""

from __future__ import annotations

import json
import zlib
from typing import Any

import pytest


def policy(action: str = "s3:GetObject", **more: Any) -> str:
    """A policy document."""
    statement = {"Effect": "Allow", "Action": [action], "Resource": "*", **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def trust(service: str) -> str:
    """A trust policy."""
    statement = {"Effect": "Allow", "Principal": {"Service": [service]}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


class World:
    """What other resources need around them, made once it is asked for."""

    def __init__(self, engine: Any, aws: Any, name: str) -> None:
        self.engine = engine
        self.aws = aws
        self.name = name
        self.made: list[Any] = []
        self._shared: dict[str, Any] = {}

    def make(self, token: str, /, **inputs: Any) -> Any:
        """A resource that is removed at the end."""
        made = self.engine.create(token, f"{self.name}{len(self.made)}", **inputs)
        self.made.append(made)
        return made

    def shared(self, key: str, token: str, /, **inputs: Any) -> Any:
        if key not in self._shared:
            self._shared[key] = self.make(token, **inputs)
        return self._shared[key]

    @property
    def vpc(self) -> str:
        return self.shared("vpc", "aws:ec2/vpc:Vpc", cidrBlock="10.0.0.0/16", enableDnsHostnames=True).resource_id

    def subnet(self, index: int) -> str:
        zone, block = f"us-east-1{'ab'[index]}", f"10.0.{index}.0/24"
        token = "aws:ec2/subnet:Subnet"
        return self.shared(f"s{index}", token, vpcId=self.vpc, cidrBlock=block, availabilityZone=zone).resource_id

    @property
    def subnets(self) -> list[str]:
        return [self.subnet(0), self.subnet(1)]

    @property
    def group(self) -> str:
        return self.shared("group", "aws:ec2/securityGroup:SecurityGroup", vpcId=self.vpc).resource_id

    @property
    def table(self) -> str:
        return self.shared("table", "aws:ec2/routeTable:RouteTable", vpcId=self.vpc).resource_id

    @property
    def gateway(self) -> str:
        return self.shared("gateway", "aws:ec2/internetGateway:InternetGateway", vpcId=self.vpc).resource_id

    @property
    def bucket(self) -> str:
        return self.shared("bucket", "aws:s3/bucket:Bucket").resource_id

    def role(self, service: str = "eks.amazonaws.com") -> Any:
        return self.shared(f"role {service}", "aws:iam/role:Role", assumeRolePolicy=trust(service))

    @property
    def node_role(self) -> str:
        role = self.role("ec2.amazonaws.com")
        for name in ("AmazonEKSWorkerNodePolicy", "AmazonEKS_CNI_Policy", "AmazonEC2ContainerRegistryPullOnly"):
            arn = f"arn:aws:iam::aws:policy/{name}"
            token = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
            self.shared(name, token, role=role["name"], policyArn=arn)
        return role["arn"]

    @property
    def cluster(self) -> str:
        return self.shared(
            "cluster", "aws:eks/cluster:Cluster", **CASES["aws:eks/cluster:Cluster"][0](self)
        ).resource_id

    @property
    def zone(self) -> str:
        """A hosted zone, which no stack makes: whoever owns the name has it."""
        route53 = self.aws("route53")
        listed = route53.list_hosted_zones_by_name(DNSName="example.com")["HostedZones"]
        found = (
            listed[0] if listed else route53.create_hosted_zone(Name="example.com", CallerReference="1")["HostedZone"]
        )
        return found["Id"].rpartition("/")[2]

    @property
    def proven_certificate(self) -> str:
        """A certificate whose record is in the zone."""
        token = "aws:acm/certificate:Certificate"
        made = self.shared("certificate", token, domainName="b.example.com", validationMethod="DNS")
        (proof,) = made["domainValidationOptions"]
        self.shared(
            "proof",
            "aws:route53/record:Record",
            zoneId=self.zone,
            name=proof["resourceRecordName"],
            type=proof["resourceRecordType"],
            records=[proof["resourceRecordValue"]],
            ttl=60,
            allowOverwrite=True,
        )
        return made.resource_id

    def clear(self) -> None:
        for made in reversed(self.made):
            made.delete()


@pytest.fixture
def world(engine: Any, aws: Any, request: pytest.FixtureRequest) -> Any:
    world = World(engine, aws, f"w{zlib.crc32(request.node.name.encode())}-")
    yield world
    world.clear()


#: By type: the inputs of a new resource, and what changes in the update (``None``: it has no update).
CASES: dict[str, tuple[Any, Any]] = {
    "aws:acm/certificate:Certificate": (
        lambda w: {"domainName": "agents.example.com", "validationMethod": "DNS", "tags": {"a": "1"}},
        lambda w: {"tags": {"a": "2"}},
    ),
    "aws:acm/certificateValidation:CertificateValidation": (lambda w: {"certificateArn": w.proven_certificate}, None),
    "aws:route53/record:Record": (
        lambda w: {"zoneId": w.zone, "name": "a.example.com", "type": "A", "ttl": 60, "records": ["192.0.2.1"]},
        lambda w: {"ttl": 300, "records": ["192.0.2.2", "192.0.2.3"]},
    ),
    "aws:ec2/vpc:Vpc": (
        lambda w: {"cidrBlock": "10.1.0.0/16", "tags": {"a": "1"}},
        lambda w: {"enableDnsHostnames": True},
    ),
    "aws:ec2/subnet:Subnet": (
        lambda w: {"vpcId": w.vpc, "cidrBlock": "10.0.9.0/24"},
        lambda w: {"mapPublicIpOnLaunch": True, "tags": {"tier": "public"}},
    ),
    "aws:ec2/internetGateway:InternetGateway": (lambda w: {"vpcId": w.vpc}, lambda w: {"tags": {"a": "1"}}),
    "aws:ec2/eip:Eip": (lambda w: {"domain": "vpc"}, lambda w: {"tags": {"a": "1"}}),
    "aws:ec2/natGateway:NatGateway": (
        lambda w: {
            "subnetId": w.gateway and w.subnet(0),
            "allocationId": w.shared("eip", "aws:ec2/eip:Eip").resource_id,
        },
        lambda w: {"tags": {"a": "1"}},
    ),
    "aws:ec2/routeTable:RouteTable": (lambda w: {"vpcId": w.vpc}, lambda w: {"tags": {"a": "1"}}),
    "aws:ec2/route:Route": (
        lambda w: {"routeTableId": w.table, "destinationCidrBlock": "0.0.0.0/0", "gatewayId": w.gateway},
        None,
    ),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": (
        lambda w: {"routeTableId": w.table, "subnetId": w.subnet(0)},
        lambda w: {"routeTableId": w.shared("other", "aws:ec2/routeTable:RouteTable", vpcId=w.vpc).resource_id},
    ),
    "aws:ec2/vpcEndpoint:VpcEndpoint": (
        lambda w: {
            "vpcId": w.vpc,
            "serviceName": "com.amazonaws.us-east-1.ecr.api",
            "vpcEndpointType": "Interface",
            "subnetIds": [w.subnet(0)],
            "securityGroupIds": [w.group],
            "privateDnsEnabled": True,
        },
        lambda w: {"subnetIds": w.subnets},
    ),
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": (lambda w: {"vpcId": w.vpc}, lambda w: {"tags": {"a": "1"}}),
    "aws:ec2/securityGroup:SecurityGroup": (
        lambda w: {"vpcId": w.vpc, "namePrefix": "pre-"},
        lambda w: {"tags": {"a": "1"}},
    ),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": (
        lambda w: {
            "securityGroupId": w.group,
            "ipProtocol": "tcp",
            "fromPort": 5432,
            "toPort": 5432,
            "referencedSecurityGroupId": w.shared(
                "peer", "aws:ec2/securityGroup:SecurityGroup", vpcId=w.vpc
            ).resource_id,
        },
        lambda w: {"toPort": 5433},
    ),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": (
        lambda w: {"securityGroupId": w.group, "ipProtocol": "-1", "cidrIpv4": "0.0.0.0/0"},
        lambda w: {"description": "everywhere"},
    ),
    "aws:ec2/launchTemplate:LaunchTemplate": (
        lambda w: {
            "blockDeviceMappings": [{"deviceName": "/dev/xvda", "ebs": {"encrypted": "true", "volumeSize": 50}}],
            "metadataOptions": {"httpTokens": "required", "httpPutResponseHopLimit": 1},
            "tagSpecifications": [{"resourceType": "instance", "tags": {"a": "1"}}],
            "updateDefaultVersion": True,
        },
        lambda w: {"metadataOptions": {"httpTokens": "required", "httpPutResponseHopLimit": 2}},
    ),
    "aws:ec2/flowLog:FlowLog": (
        lambda w: {
            "vpcId": w.vpc,
            "trafficType": "ALL",
            "logDestinationType": "s3",
            "logDestination": f"arn:aws:s3:::{w.bucket}",
        },
        lambda w: {"tags": {"a": "1"}},
    ),
    "aws:iam/role:Role": (
        lambda w: {"assumeRolePolicy": trust("eks.amazonaws.com")},
        lambda w: {"assumeRolePolicy": trust("ec2.amazonaws.com"), "description": "nodes"},
    ),
    "aws:iam/rolePolicy:RolePolicy": (
        lambda w: {"role": w.role()["name"], "policy": policy()},
        lambda w: {"policy": policy("s3:PutObject")},
    ),
    "aws:iam/policy:Policy": (lambda w: {"policy": policy()}, lambda w: {"policy": policy("s3:PutObject")}),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": (
        lambda w: {"role": w.role()["name"], "policyArn": "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"},
        None,
    ),
    "aws:s3/bucket:Bucket": (lambda w: {"forceDestroy": True}, lambda w: {"tags": {"a": "1"}}),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": (
        lambda w: {"bucket": w.bucket, "blockPublicAcls": True, "restrictPublicBuckets": True},
        lambda w: {"blockPublicPolicy": True},
    ),
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": (
        lambda w: {"bucket": w.bucket, "rule": {"objectOwnership": "BucketOwnerEnforced"}},
        lambda w: {"rule": {"objectOwnership": "BucketOwnerPreferred"}},
    ),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": (
        lambda w: {
            "bucket": w.bucket,
            "rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}, "bucketKeyEnabled": True}],
        },
        lambda w: {"rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms"}}]},
    ),
    "aws:s3/bucketVersioning:BucketVersioning": (
        lambda w: {"bucket": w.bucket, "versioningConfiguration": {"status": "Enabled"}},
        lambda w: {"versioningConfiguration": {"status": "Suspended"}},
    ),
    "aws:s3/bucketPolicy:BucketPolicy": (
        lambda w: {
            "bucket": w.bucket,
            "policy": policy("s3:*", Effect="Deny", Principal="*", Resource=f"arn:aws:s3:::{w.bucket}/*"),
        },
        lambda w: {"policy": policy(Principal={"AWS": "123456789012"}, Resource=f"arn:aws:s3:::{w.bucket}/*")},
    ),
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": (
        lambda w: {
            "bucket": w.bucket,
            "rules": [
                {"id": "a", "status": "Enabled", "abortIncompleteMultipartUpload": {"daysAfterInitiation": 7}},
                {"id": "b", "status": "Enabled", "filter": {"prefix": "logs/"}, "expiration": {"days": 90}},
            ],
        },
        lambda w: {"rules": [{"id": "a", "status": "Disabled", "expiration": {"days": 9}}]},
    ),
    "aws:ecr/repository:Repository": (
        lambda w: {
            "imageScanningConfiguration": {"scanOnPush": True},
            "encryptionConfigurations": [{"encryptionType": "AES256"}],
            "imageTagMutability": "IMMUTABLE",
        },
        lambda w: {"imageTagMutability": "MUTABLE"},
    ),
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": (
        lambda w: {
            "repository": w.shared("repository", "aws:ecr/repository:Repository").resource_id,
            "policy": expiry_after(14),
        },
        lambda w: {"policy": expiry_after(30)},
    ),
    "aws:cloudwatch/logGroup:LogGroup": (
        lambda w: {"retentionInDays": 30},
        lambda w: {"retentionInDays": 60, "kmsKeyId": w.shared("key", "aws:kms/key:Key")["arn"]},
    ),
    "aws:kms/key:Key": (
        lambda w: {"description": "one", "enableKeyRotation": True, "deletionWindowInDays": 7},
        lambda w: {"description": "two", "enableKeyRotation": False},
    ),
    "aws:eks/cluster:Cluster": (
        lambda w: {
            "roleArn": w.role()["arn"],
            "version": "1.35",
            "vpcConfig": {"subnetIds": w.subnets, "endpointPrivateAccess": True, "publicAccessCidrs": ["0.0.0.0/0"]},
            "accessConfig": {"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": False},
            "enabledClusterLogTypes": ["api", "audit"],
            "bootstrapSelfManagedAddons": False,
        },
        lambda w: {"enabledClusterLogTypes": ["api"], "version": "1.36", "deletionProtection": False},
    ),
    "aws:eks/nodeGroup:NodeGroup": (
        lambda w: {
            "clusterName": w.cluster,
            "nodeRoleArn": w.node_role,
            "subnetIds": w.subnets[::-1],
            "scalingConfig": {"desiredSize": 2, "minSize": 1, "maxSize": 4},
            "labels": {"old": "1", "kept": "1"},
        },
        lambda w: {
            "scalingConfig": {"desiredSize": 3, "minSize": 1, "maxSize": 4},
            "labels": {"kept": "1", "new": "1"},
            "taints": [{"key": "k", "value": "v", "effect": "NO_SCHEDULE"}],
        },
    ),
    "aws:eks/addon:Addon": (
        lambda w: {"clusterName": w.cluster, "addonName": "vpc-cni", "resolveConflictsOnUpdate": "OVERWRITE"},
        lambda w: {"configurationValues": '{"enableNetworkPolicy":"true"}'},
    ),
    "aws:eks/accessEntry:AccessEntry": (
        lambda w: {"clusterName": w.cluster, "principalArn": w.node_role},
        lambda w: {"kubernetesGroups": ["viewers"]},
    ),
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": (
        lambda w: {
            "clusterName": w.cluster,
            "principalArn": w.shared(
                "entry", "aws:eks/accessEntry:AccessEntry", clusterName=w.cluster, principalArn=w.node_role
            )["principalArn"],
            "policyArn": "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
            "accessScope": {"type": "cluster"},
        },
        None,
    ),
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": (
        lambda w: {
            "clusterName": w.cluster,
            "namespace": "agents",
            "serviceAccount": "agent",
            "roleArn": w.role()["arn"],
        },
        lambda w: {"roleArn": w.node_role},
    ),
    "aws:rds/subnetGroup:SubnetGroup": (lambda w: {"subnetIds": w.subnets}, lambda w: {"description": "stores"}),
    "aws:rds/parameterGroup:ParameterGroup": (
        lambda w: {
            "family": "postgres17",
            "parameters": [
                {"name": "rds.force_ssl", "value": "1"},
                {"name": "max_connections", "value": "200", "applyMethod": "pending-reboot"},
            ],
        },
        lambda w: {"parameters": [{"name": "rds.force_ssl", "value": "0"}]},
    ),
    "aws:rds/instance:Instance": (
        lambda w: {
            "engine": "postgres",
            "engineVersion": "17",
            "instanceClass": "db.t4g.medium",
            "allocatedStorage": 20,
            "storageType": "gp3",
            "storageEncrypted": True,
            "username": "postgres",
            "manageMasterUserPassword": True,
            "skipFinalSnapshot": True,
            "performanceInsightsEnabled": True,
            "dbSubnetGroupName": w.shared("db", "aws:rds/subnetGroup:SubnetGroup", subnetIds=w.subnets).resource_id,
            "vpcSecurityGroupIds": [w.group],
            "applyImmediately": True,
        },
        lambda w: {"instanceClass": "db.t4g.large", "backupRetentionPeriod": 8},
    ),
    "aws:elasticache/subnetGroup:SubnetGroup": (
        lambda w: {"subnetIds": w.subnets},
        lambda w: {"description": "caches"},
    ),
    "aws:elasticache/parameterGroup:ParameterGroup": (
        lambda w: {"family": "valkey8", "parameters": [{"name": "maxmemory-policy", "value": "noeviction"}]},
        lambda w: {"parameters": [{"name": "maxmemory-policy", "value": "allkeys-lru"}]},
    ),
    "aws:elasticache/replicationGroup:ReplicationGroup": (
        lambda w: {
            "description": "queue",
            "engine": "valkey",
            "engineVersion": "8.0",
            "nodeType": "cache.t4g.small",
            "numCacheClusters": 2,
            "automaticFailoverEnabled": True,
            "subnetGroupName": w.shared(
                "cache", "aws:elasticache/subnetGroup:SubnetGroup", subnetIds=w.subnets
            ).resource_id,
            "securityGroupIds": [w.group],
            "atRestEncryptionEnabled": True,
            "transitEncryptionEnabled": True,
            "transitEncryptionMode": "required",
            "authToken": "a-token-of-sixteen",
            "applyImmediately": True,
        },
        lambda w: {"nodeType": "cache.t4g.medium"},
    ),
}


def expiry_after(days: int) -> str:
    """A repository policy that expires untagged images."""
    selection = {"tagStatus": "untagged", "countType": "sinceImagePushed", "countUnit": "days", "countNumber": days}
    return json.dumps({"rules": [{"rulePriority": 1, "selection": selection, "action": {"type": "expire"}}]})


#: AWS keeps these when they are "deleted": they are settings that always have some value, or belong to the VPC.
OUTLIVE_DELETION = {
    "aws:acm/certificateValidation:CertificateValidation",
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "aws:s3/bucketVersioning:BucketVersioning",
}


@pytest.mark.parametrize("token", sorted(CASES))
def test_a_resource_lives_from_preview_to_deletion(token: str, engine: Any, world: World) -> None:
    inputs, changes = CASES[token]
    given = inputs(world)

    foretold = engine.preview(token, **given)
    made = engine.create(token, **given)
    assert foretold.keys() >= made.outputs.keys(), "an output that a preview does not announce would be null in it"
    known = {name: value for name, value in foretold.items() if isinstance(value, str | int)}
    assert {name: made.outputs.get(name) for name in known} == known, "a preview must not promise what is not kept"

    assert not made.diff().detailedDiff, "an update right after a creation has nothing to do"
    again = made.refreshed()
    assert (again.outputs, again.inputs) == (made.outputs, made.inputs), "a refresh right after it finds no drift"

    if changes:
        wanted = made.checked(**changes(world))
        assert made.diff(wanted).detailedDiff.keys(), "the change must be noticed"
        assert not made.diff(wanted).replaces, "these can change in place"
        made = made.updated(**changes(world))
        assert not made.diff().detailedDiff, "the update did everything it was asked"
        assert made.refreshed().outputs == made.outputs

    made.delete()
    made.delete()
    if token not in OUTLIVE_DELETION:
        assert made.refreshed() is None, "what is deleted is not found any more, and deleting it again is no failure"


def test_an_alias_follows_its_load_balancer_and_is_no_other_record_of_the_name(engine: Any, world: World) -> None:
    token, target = "aws:route53/record:Record", {"zoneId": "Z35SXDOTRQ7X7K", "evaluateTargetHealth": False}
    given = {"zoneId": world.zone, "name": "alias.example.com", "type": "A"}
    text = world.make(token, **{**given, "type": "TXT"}, ttl=60, records=['"v=1"'])
    alias = engine.create(token, **given, aliases=[{"name": "one.elb.amazonaws.com", **target}])
    assert alias["fqdn"] == "alias.example.com"
    assert not alias.refreshed().diff().detailedDiff
    moved = alias.updated(aliases=[{"name": "two.elb.amazonaws.com", **target}])
    assert moved["aliases"][0]["name"] == "two.elb.amazonaws.com"
    moved.delete()
    assert moved.refreshed() is None
    assert text.refreshed().outputs == text.outputs


def test_every_type_has_a_case() -> None:
    from langsmith_sandbox.providers.aws.catalogue import all_resources

    assert sorted(CASES) == sorted(entry.type for entry in all_resources())


def test_a_lone_cache_node_becomes_a_pair_that_fails_over_and_back_in_one_update_each(
    engine: Any, world: World
) -> None:
    token = "aws:elasticache/replicationGroup:ReplicationGroup"
    several = CASES[token][0](world)
    group = world.make(token, **{**several, "numCacheClusters": 1, "automaticFailoverEnabled": False})
    pair = group.updated(numCacheClusters=2, automaticFailoverEnabled=True, multiAzEnabled=True)
    assert (pair["numCacheClusters"], pair["automaticFailoverEnabled"]) == (2, True)
    alone = pair.updated(numCacheClusters=1, automaticFailoverEnabled=False, multiAzEnabled=False)
    assert (alone["numCacheClusters"], alone["automaticFailoverEnabled"]) == (1, False)


def test_a_final_snapshot_no_longer_asked_for_is_not_made(engine: Any, world: World, aws: Any) -> None:
    token = "aws:elasticache/replicationGroup:ReplicationGroup"
    group = engine.create(token, "unasked", **CASES[token][0](world), finalSnapshotIdentifier="never-made")
    without = group.checked(finalSnapshotIdentifier=None)
    assert list(group.diff(without).detailedDiff) == ["finalSnapshotIdentifier"]
    group.updated(finalSnapshotIdentifier=None).delete()
    names = [each["SnapshotName"] for each in aws("elasticache").describe_snapshots()["Snapshots"]]
    assert "never-made" not in names


def test_a_cluster_moves_to_other_subnets_and_opens_its_endpoint_in_one_update(engine: Any, world: World) -> None:
    token = "aws:eks/cluster:Cluster"
    cluster = world.make(token, **CASES[token][0](world))
    others = [
        world.make(
            "aws:ec2/subnet:Subnet", vpcId=world.vpc, cidrBlock=f"10.0.{7 + index}.0/24", availabilityZone=zone
        ).resource_id
        for index, zone in enumerate(("us-east-1a", "us-east-1b"))
    ]
    network = {**cluster.inputs["vpcConfig"], "subnetIds": others, "publicAccessCidrs": ["203.0.113.7/32"]}
    assert not cluster.diff(cluster.checked(vpcConfig=network)).replaces, "a cluster is not made anew for this"
    moved = cluster.updated(vpcConfig=network)
    assert moved["vpcConfig"]["subnetIds"] == others
    assert moved["vpcConfig"]["publicAccessCidrs"] == ["203.0.113.7/32"]
    moved.updated(vpcConfig={**network, "subnetIds": cluster.inputs["vpcConfig"]["subnetIds"]})
