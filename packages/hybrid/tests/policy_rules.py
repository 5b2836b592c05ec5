"""What a platform team asks of every planned resource, as rules, each with a change to the plan that breaks it.

Which stacks keep them is for `test_matrix` to show, and that none of them holds whatever is planned for `test_policy`.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from langsmith_hybrid.component import COMPONENT_TAG, STACK_TAG

if TYPE_CHECKING:
    from conftest import Registration

ADDON = "aws:eks/addon:Addon"
BALANCER = "kubernetes:gateway.k8s.aws/v1:LoadBalancerConfiguration"
BUCKET = "aws:s3/bucket:Bucket"
BUCKET_BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
BUCKET_ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
BUCKET_OWNERSHIP = "aws:s3/bucketOwnershipControls:BucketOwnershipControls"
BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy"
CACHE = "aws:elasticache/replicationGroup:ReplicationGroup"
CLUSTER = "aws:eks/cluster:Cluster"
DATABASE = "aws:rds/instance:Instance"
DATABASE_PARAMETERS = "aws:rds/parameterGroup:ParameterGroup"
KEY = "aws:kms/key:Key"
INGRESS_PARAMETERS = "kubernetes:elbv2.k8s.aws/v1beta1:IngressClassParams"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
KUBERNETES_INGRESS = "kubernetes:networking.k8s.io/v1:Ingress"
LAUNCH_TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
PROVIDER = "pulumi:providers:aws"
RELEASE = "kubernetes:helm.sh/v3:Release"
REPOSITORY = "aws:ecr/repository:Repository"
ROLE = "aws:iam/role:Role"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
SECRET = "kubernetes:core/v1:Secret"
SECURITY_GROUP = "aws:ec2/securityGroup:SecurityGroup"
STORAGE_CLASS = "kubernetes:storage.k8s.io/v1:StorageClass"
SUBNET = "aws:ec2/subnet:Subnet"

# Keys of what a database keeps beside its data.
_SIDE_KEYS = {"masterUserSecretKmsKeyId", "performanceInsightsKmsKeyId"}
STORE_PORTS = {5432, 6379}
EVERYWHERE = {"0.0.0.0/0", "::/0"}


class Plan(list["Registration"]):
    """Every resource of one stack."""

    def of(self, *tokens: str) -> Iterator[Registration]:
        return (resource for resource in self if resource.token in tokens)

    def documents(self) -> Iterator[tuple[Registration, Mapping[str, Any]]]:
        """Every statement of every IAM document, with the resource it is in."""
        for resource in self:
            for key in ("policy", "assumeRolePolicy"):
                text = resource.inputs.get(key)
                if isinstance(text, str) and '"Statement"' in text:
                    yield from ((resource, statement) for statement in json.loads(text)["Statement"])


Judge = Callable[[Plan], Iterable["Registration"]]


@dataclasses.dataclass(frozen=True)
class Rule:
    """What must hold, the resources for which it does not, and a change that makes one of them.

    Attributes:
        token: Type of the resource to change.
        change: What its inputs become; None takes the resource out of the plan.
    """

    name: str
    offenders: Judge
    token: str
    change: Mapping[str, Any] | None


def inputs_hold(holds: Callable[[Mapping[str, Any]], object], *tokens: str) -> Judge:
    """Resources of these types whose inputs do not hold."""
    return lambda plan: [resource for resource in plan.of(*tokens) if not holds(resource.inputs)]


def each_bucket_has(token: str, holds: Callable[[Mapping[str, Any]], object]) -> Judge:
    """Buckets for which no resource of this type holds."""

    def offenders(plan: Plan) -> list[Registration]:
        covered = {each.name for each in plan.of(token) if holds(each.inputs)}
        return [bucket for bucket in plan.of(BUCKET) if bucket.name not in covered]

    return offenders


def statements(breaks: Callable[[Mapping[str, Any]], bool]) -> Judge:
    """Resources with an IAM statement that allows too much."""
    return lambda plan: [resource for resource, each in plan.documents() if each["Effect"] == "Allow" and breaks(each)]


def listed(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else [value]


def denies_plain_http(inputs: Mapping[str, Any]) -> bool:
    return any(
        each["Effect"] == "Deny" and each["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        for each in json.loads(inputs["policy"])["Statement"]
    )


def anybody(statement: Mapping[str, Any]) -> bool:
    principal = statement.get("Principal", {})
    return principal == "*" or any("*" in listed(each) for each in dict(principal).values())


def key_statements(inputs: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return json.loads(inputs["policy"])["Statement"]


def admits_named_principals(inputs: Mapping[str, Any]) -> bool:
    """The account's root, which means its IAM policies, may do everything; nobody else a whole kind of thing."""
    others = [each for each in key_statements(inputs) if not str(each["Principal"].get("AWS", "")).endswith(":root")]
    return not any(anybody(each) or {"*", "kms:*"} & set(listed(each["Action"])) for each in others)


def serves_this_account(inputs: Mapping[str, Any]) -> bool:
    """A service works for every account there is, unless a condition says for which."""
    serving = [each for each in key_statements(inputs) if "Service" in each["Principal"]]
    return all("Condition" in each for each in serving)


def half_encrypted(plan: Plan) -> list[Registration]:
    """With a key of our own, what keeps data and does not name it."""
    keepers = plan.of(
        DATABASE, CACHE, BUCKET_ENCRYPTION, CLUSTER, LAUNCH_TEMPLATE, STORAGE_CLASS, REPOSITORY, LOG_GROUP
    )
    arns = [f"arn:aws:mock:::{key.name}" for key in plan.of(KEY)]
    return [each for each in keepers if arns and not any(named_by(each.inputs, arn) for arn in arns)]


def named_by(inputs: Mapping[str, Any], arn: str) -> bool:
    sealing = {name: value for name, value in inputs.items() if name not in _SIDE_KEYS}
    return arn in json.dumps(sealing)


def for_everything(statement: Mapping[str, Any]) -> bool:
    """All of a service's actions, or changes to any resource; what only looks can often not be limited to one."""
    actions = listed(statement["Action"])
    if any(each == "*" or each.endswith(":*") for each in actions):
        return True
    looks = all(each.partition(":")[2].startswith(("Describe", "Get", "List")) for each in actions)
    return "*" in listed(statement.get("Resource")) and not looks


def resizes_anybodys_nodes(statement: Mapping[str, Any]) -> bool:
    changes = [each for each in listed(statement["Action"]) if each.startswith(("autoscaling:Set", "autoscaling:Term"))]
    tags = statement.get("Condition", {}).get("StringEquals", {})
    owned = any(key.startswith("aws:ResourceTag/k8s.io/cluster-autoscaler/") for key in tags)
    return bool(changes) and not owned


def public_balancers(plan: Plan) -> Iterator[tuple[Registration, bool, set[str]]]:
    """Load balancers on the internet: what asks for each, whether it has a certificate, and its security groups."""
    for each in plan.of(BALANCER):
        spec = each.inputs["spec"]
        if spec["scheme"] == "internet-facing":
            certified = any("defaultCertificate" in listener for listener in spec["listenerConfigurations"])
            yield each, certified, set(spec["securityGroups"])
    for each in plan.of(INGRESS_PARAMETERS):
        spec = each.inputs["spec"]
        if spec["scheme"] == "internet-facing":
            annotations = [ingress.inputs["metadata"]["annotations"] for ingress in plan.of(KUBERNETES_INGRESS)]
            groups = {given["alb.ingress.kubernetes.io/security-groups"] for given in annotations}
            yield each, bool(spec.get("certificateArn")), groups


def open_to_the_world(plan: Plan) -> list[Registration]:
    allowed = set[str]().union(*(groups for _, _, groups in public_balancers(plan)))
    return [
        each
        for each in plan.of(INGRESS)
        if EVERYWHERE & {each.inputs.get("cidrIpv4"), each.inputs.get("cidrIpv6")}
        and not (each.inputs["securityGroupId"] in allowed and each.inputs["fromPort"] == each.inputs["toPort"] == 443)
    ]


def public_in_plain(plan: Plan) -> list[Registration]:
    return [asking for asking, certified, _ in public_balancers(plan) if not certified]


def changes_anybodys_load_balancers(statement: Mapping[str, Any]) -> bool:
    """Listeners and rules aside, which no condition can limit: they belong to load balancers that are."""
    changes = [
        each
        for each in listed(statement["Action"])
        if each.startswith("elasticloadbalancing:") and each.endswith(("LoadBalancer", "TargetGroup", "Targets"))
    ]
    tags = statement.get("Condition", {}).get("StringEquals", {})
    return bool(changes) and not any(key.endswith("/elbv2.k8s.aws/cluster") for key in tags)


def untagged(plan: Plan) -> list[Registration]:
    """Only what can carry tags is registered with some: the component's transformation sees to that."""
    providers = [each for each in plan.of(PROVIDER) if STACK_TAG not in each.inputs["defaultTags"]]
    taggable = {SUBNET, CLUSTER, DATABASE, CACHE, BUCKET, LOG_GROUP, ROLE, LAUNCH_TEMPLATE, SECURITY_GROUP, REPOSITORY}
    return providers + [each for each in plan.of(*taggable) if COMPONENT_TAG not in each.inputs.get("tags", {})]


def holders_of_secrets(plan: Plan) -> list[Registration]:
    allowed = {SECRET, CACHE}
    return [
        each
        for each in plan
        if each.token not in allowed
        and any(word in json.dumps(each.inputs) for word in ("lsv2_", "rediss://:", '"password"'))
    ]


RULES = [
    Rule("databases are encrypted", inputs_hold(lambda i: i["storageEncrypted"], DATABASE), DATABASE,
         {"storageEncrypted": False}),
    Rule("caches are encrypted", inputs_hold(lambda i: i["atRestEncryptionEnabled"], CACHE), CACHE,
         {"atRestEncryptionEnabled": False}),
    Rule("buckets are encrypted", each_bucket_has(BUCKET_ENCRYPTION, lambda i: bool(i["rules"])),
         BUCKET_ENCRYPTION, None),
    Rule("nodes' disks are encrypted", inputs_hold(
        lambda i: all(disk["ebs"]["encrypted"] == "true" for disk in i["blockDeviceMappings"]), LAUNCH_TEMPLATE),
         LAUNCH_TEMPLATE, {"blockDeviceMappings": [{"ebs": {"encrypted": "false"}}]}),
    Rule("volumes are encrypted", inputs_hold(lambda i: i["parameters"]["encrypted"] == "true", STORAGE_CLASS),
         STORAGE_CLASS, {"parameters": {"encrypted": "false"}}),
    Rule("images are encrypted", inputs_hold(lambda i: i.get("encryptionConfigurations"), REPOSITORY), REPOSITORY,
         {"encryptionConfigurations": []}),
    Rule("keys of our own replace their material", inputs_hold(lambda i: i["enableKeyRotation"], KEY), KEY,
         {"enableKeyRotation": False}),
    Rule("keys admit named principals, and only the account to everything", inputs_hold(admits_named_principals, KEY),
         KEY, {"policy": json.dumps({"Statement": [
             {"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "kms:*", "Resource": "*"}]})}),
    Rule("services use keys for this account only", inputs_hold(serves_this_account, KEY),
         KEY, {"policy": json.dumps({"Statement": [
             {"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "kms:Decrypt"}]})}),
    Rule("one key is for everything or for nothing", half_encrypted, DATABASE, {"kmsKeyId": None}),
    Rule("databases speak TLS only", inputs_hold(
        lambda i: ("rds.force_ssl", "1") in [(each["name"], each["value"]) for each in i["parameters"]],
        DATABASE_PARAMETERS),
         DATABASE_PARAMETERS, {"parameters": []}),
    Rule("caches speak TLS only", inputs_hold(lambda i: i["transitEncryptionEnabled"], CACHE), CACHE,
         {"transitEncryptionEnabled": False}),
    Rule("caches ask for a token", inputs_hold(lambda i: i.get("authToken"), CACHE), CACHE, {"authToken": None}),
    Rule("buckets speak TLS only", each_bucket_has(BUCKET_POLICY, denies_plain_http), BUCKET_POLICY, None),
    Rule("databases are private", inputs_hold(lambda i: not i["publiclyAccessible"], DATABASE), DATABASE,
         {"publiclyAccessible": True}),
    Rule("buckets are private", each_bucket_has(BUCKET_BLOCK, lambda i: all(i.values())), BUCKET_BLOCK,
         {"blockPublicPolicy": False}),
    Rule("buckets have no ACLs", each_bucket_has(
        BUCKET_OWNERSHIP, lambda i: i["rule"]["objectOwnership"] == "BucketOwnerEnforced"),
         BUCKET_OWNERSHIP, {"rule": {"objectOwnership": "ObjectWriter"}}),
    Rule("no instance gets a public address", inputs_hold(lambda i: not i["mapPublicIpOnLaunch"], SUBNET), SUBNET,
         {"mapPublicIpOnLaunch": True}),
    Rule("the API endpoint is private or limited", inputs_hold(
        lambda i: not i["vpcConfig"]["endpointPublicAccess"]
        or not EVERYWHERE & set(i["vpcConfig"].get("publicAccessCidrs") or EVERYWHERE), CLUSTER),
         CLUSTER, {"vpcConfig": {"endpointPublicAccess": True}}),
    Rule("nothing is open to the world but 443 of a public load balancer", open_to_the_world,
         INGRESS, {"cidrIpv4": "0.0.0.0/0", "fromPort": 443, "toPort": 443}),
    Rule("public load balancers speak TLS only", public_in_plain,
         BALANCER, {"spec": {"scheme": "internet-facing", "securityGroups": [], "listenerConfigurations": []}}),
    Rule("clusters change their own load balancers only", statements(changes_anybodys_load_balancers),
         ROLE_POLICY, {"policy": json.dumps({"Statement": [
             {"Effect": "Allow", "Action": "elasticloadbalancing:DeleteLoadBalancer", "Resource": "arn:aws:::l"}]})}),
    Rule("stores let in security groups only", inputs_hold(
        lambda i: i["fromPort"] not in STORE_PORTS or bool(i.get("referencedSecurityGroupId")), INGRESS),
         INGRESS, {"fromPort": 6379, "referencedSecurityGroupId": None}),
    Rule("rules on groups are resources", inputs_hold(lambda i: not {"ingress", "egress"} & i.keys(), SECURITY_GROUP),
         SECURITY_GROUP, {"ingress": [{"fromPort": 0}]}),
    Rule("nobody is anybody", statements(anybody), BUCKET_POLICY,
         {"policy": json.dumps({"Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "s3:Get*"}]})}),
    Rule("no permission is for everything", lambda plan: [
        each for each in statements(for_everything)(plan) if each.token != KEY],
         ROLE_POLICY, {"policy": json.dumps({"Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "b"}]})}),
    Rule("clusters resize their own nodes only", statements(resizes_anybodys_nodes),
         ROLE_POLICY, {"policy": json.dumps({"Statement": [
             {"Effect": "Allow", "Action": "autoscaling:SetDesiredCapacity", "Resource": "arn:aws:::g"}]})}),
    Rule("nodes keep their credentials from Pods", inputs_hold(
        lambda i: i["metadataOptions"]["httpTokens"] == "required"
        and i["metadataOptions"]["httpPutResponseHopLimit"] == 1, LAUNCH_TEMPLATE),
         LAUNCH_TEMPLATE, {"metadataOptions": {"httpTokens": "required", "httpPutResponseHopLimit": 2}}),
    Rule("access to clusters is by entries", inputs_hold(
        lambda i: i["accessConfig"] == {
            "authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": False}, CLUSTER),
         CLUSTER, {"accessConfig": {"authenticationMode": "CONFIG_MAP"}}),
    Rule("clusters never slip into extended support", inputs_hold(
        lambda i: i["upgradePolicy"] == {"supportType": "STANDARD"}, CLUSTER), CLUSTER, {"upgradePolicy": {}}),
    Rule("clusters say who did what", inputs_hold(
        lambda i: {"audit", "authenticator"} <= set(i["enabledClusterLogTypes"]), CLUSTER),
         CLUSTER, {"enabledClusterLogTypes": ["api"]}),
    Rule("the network policies of Pods are enforced", inputs_hold(
        lambda i: i["addonName"] != "vpc-cni" or json.loads(i["configurationValues"])["enableNetworkPolicy"] == "true",
        ADDON), ADDON, {"addonName": "vpc-cni", "configurationValues": '{"enableNetworkPolicy": "false"}'}),
    Rule("logs are not kept for ever", inputs_hold(lambda i: i.get("retentionInDays"), LOG_GROUP), LOG_GROUP,
         {"retentionInDays": 0}),
    Rule("databases are backed up", inputs_hold(lambda i: i["backupRetentionPeriod"] >= 7, DATABASE), DATABASE,
         {"backupRetentionPeriod": 0}),
    Rule("tags of images do not move", inputs_hold(lambda i: i["imageTagMutability"] == "IMMUTABLE", REPOSITORY),
         REPOSITORY, {"imageTagMutability": "MUTABLE"}),
    Rule("images are scanned", inputs_hold(lambda i: i["imageScanningConfiguration"]["scanOnPush"], REPOSITORY),
         REPOSITORY, {"imageScanningConfiguration": {"scanOnPush": False}}),
    Rule("everything is tagged", untagged, BUCKET, {"tags": {}}),
    Rule("no secret is in the open", holders_of_secrets, RELEASE, {"values": {"langsmithApiKey": "lsv2_pt_in_plain"}}),
]  # fmt: skip
