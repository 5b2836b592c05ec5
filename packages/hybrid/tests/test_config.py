"""What the configuration accepts and refuses, as read from a stack file."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable

import pulumi
import pytest

from langsmith_hybrid import config
from langsmith_hybrid.cluster_access import AccessGrant
from langsmith_hybrid.config import LangSmithConfig
from langsmith_hybrid.errors import ConfigError, Problem
from langsmith_hybrid.profiles import DEV, PRODUCTION, Profile

SetConfig = Callable[..., None]


def problems(given: SetConfig, **changes: str) -> tuple[Problem, ...]:
    """The problems of a stack that sets the five keys and ``changes``."""
    given(changes)
    with pytest.raises(ConfigError) as caught:
        LangSmithConfig.load()
    return caught.value.problems


def test_the_five_keys_are_enough(stack_config: SetConfig) -> None:
    stack_config({})
    loaded = LangSmithConfig.load()
    assert (loaded.environment, loaded.eks_cluster_name, loaded.region) == ("dev", "agents-dev", "eu-west-1")
    assert loaded.vpc_cidr == config._VPC_CIDR, "an unset key takes the module's constant"


def test_every_field_without_a_required_key_has_a_default() -> None:
    without = {
        field.name
        for field in dataclasses.fields(LangSmithConfig)
        if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
    }
    decided = {field.name for field in dataclasses.fields(Profile)}
    assert without - decided - {"region"} == {
        "environment",
        "eks_cluster_name",
        "s3_bucket_prefix",
        "langsmith_workspace_id",
        "langsmith_api_key",
    }


def test_the_configuration_cannot_be_changed_after_it_is_read(stack_config: SetConfig) -> None:
    stack_config({})
    loaded = LangSmithConfig.load()
    with pytest.raises(dataclasses.FrozenInstanceError):
        loaded.environment = "other"  # pyright: ignore[reportAttributeAccessIssue]


@pytest.mark.parametrize(
    "key", ["environment", "eksClusterName", "s3BucketPrefix", "langsmithWorkspaceId", "langsmithApiKey"]
)
def test_a_missing_required_key_is_named(stack_config: SetConfig, key: str) -> None:
    stack_config({}, without=key)
    with pytest.raises(ConfigError) as caught:
        LangSmithConfig.load()
    assert [problem.key for problem in caught.value.problems] == [key]


def test_five_missing_keys_are_five_problems_in_one_run(stack_config: SetConfig) -> None:
    pulumi.runtime.set_all_config({"aws:region": "eu-west-1"}, [])
    with pytest.raises(ConfigError) as caught:
        LangSmithConfig.load()
    assert len(caught.value.problems) == 5
    assert str(caught.value).startswith("5 problems in the stack's configuration; nothing was changed.")


ROLE = "arn:aws:iam::111122223333:role/platform"
BAD_VALUES = [
    ("environment", "Production!", "is not usable"),
    ("environment", "développement", "is not usable"),
    ("environment", "an-environment-name-that-is-too-long", "is not usable"),
    ("eksClusterName", "under_score", "is not usable"),
    ("eksClusterName", "c" * 35, "at most 34"),
    ("s3BucketPrefix", "Capital", "lowercase"),
    ("s3BucketPrefix", "b" * 32, "2 to 31"),
    ("langsmithWorkspaceId", "my-workspace", "is not a UUID"),
    ("region", "Frankfurt", "us-east-1"),
    ("vpcCidr", "10.0.0.0", "is a /32"),
    ("vpcCidr", "10.0.0.1/16", "is not an IPv4 network"),
    ("vpcCidr", "8.8.0.0/16", "is not a private range"),
    ("vpcCidr", "10.0.0.0/24", "is a /24"),
    ("vpcCidr", "169.254.0.0/16", "is not a private range"),
    ("vpcCidr", "172.16.0.0/12", "is a /12"),
    ("vpcCidr", "172.20.0.0/16", "the cluster's Service addresses"),
    ("vpcCidr", "fd00::/48", "is not an IPv4 network"),
    ("vpcId", "my-vpc", "is not the id of a vpc"),
    ("privateSubnetIds", '["subnet-1"]', "is not the id of a subnet"),
    ("privateSubnetIds", '["subnet-0123456789abcdef0"]', "a VPC that is not named"),
    ("publicSubnetIds", '["subnet-0123456789abcdef0", "subnet-0123456789abcdef0"]', "given twice"),
    ("availabilityZones", "1", "Use 2 to 3"),
    ("availabilityZones", "two", "a whole number"),
    ("eksClusterVersion", "1.31", "1.35, 1.36"),
    ("eksNodeInstanceType", "xlarge", "m6i.xlarge"),
    ("eksNodeInstanceType", "m6i.xlärge", "m6i.xlarge"),
    ("eksNodeSystem", "windows", "one of al2023, bottlerocket"),
    ("eksNodeMaxSize", "300", "do not fit the private subnets of 10.0.0.0/16"),
    ("eksNodeMinSize", "9", "are not in order"),
    ("eksNodeDiskGib", "8", "20 to 16384"),
    ("eksPublicAccessCidrs", '["0.0.0.0/0"]', "opens the API endpoint to the world"),
    ("eksPublicAccessCidrs", '["0.0.0.0/1", "128.0.0.0/1"]', "opens the API endpoint to the world"),
    ("eksPublicAccessCidrs", '["10.1.0.0/16"]', "is no range on the internet"),
    ("eksPublicAccessCidrs", '["office"]', "is not an IPv4 network"),
    ("eksPublicAccessCidrs", json.dumps([f"203.0.113.{i}/32" for i in range(41)]), "at most 40"),
    ("eksPublicAccessCidrs", "203.0.113.1/32", "a list of strings"),
    ("clusterAdminArns", '["alice"]', "is not the ARN"),
    ("clusterAccess", '{"arn": "view"}', "a list of maps"),
    ("clusterAccess", '["view"]', "with the keys principal, policy, namespaces"),
    ("clusterAccess", '[{"principal": "p", "polcy": "view"}]', "without the key polcy"),
    ("clusterAccess", '[{"policy": "view"}]', "that have the key principal"),
    ("clusterAccess", '[{"principal": "alice", "policy": "view"}]', "is not the ARN"),
    ("clusterAccess", json.dumps([{"principal": ROLE, "policy": "root"}]), "policy, which is one of cluster-admin"),
    ("clusterAccess", json.dumps([{"principal": ROLE, "policy": "view", "namespaces": "a"}]), "a list of strings"),
    ("clusterAccess", json.dumps([{"principal": ROLE, "policy": "view", "namespaces": ["A B"]}]), "usable namespace"),
    (
        "clusterAccess",
        json.dumps([{"principal": ROLE, "policy": "cluster-admin", "namespaces": ["agents"]}]),
        "cluster-admin has no namespaces",
    ),
    ("clusterAccess", json.dumps([{"principal": ROLE, "policy": "view"}] * 2), "given access twice"),
    ("logRetentionDays", "31", "is not supported"),
    ("postgresInstanceClass", "t4g.medium", "db.t4g.medium"),
    ("postgresVersion", "14", "16, 17"),
    ("postgresStorageGib", "5", "20 to 65536"),
    ("postgresBackupDays", "0", "1 to 35"),
    ("redisNodeType", "cache.small", "cache.t4g.small"),
    ("redisVersion", "7.1", "8.0, 8.1"),
    ("postgresEnabled", "no", "true or false"),
    ("redisTokenGeneration", "0", "out of range"),
    ("redisNodes", "0", "1 to 6"),
    ("redisNodes", "7", "1 to 6"),
    ("profile", "staging", "one of dev, production"),
    ("natGateways", "two", "one of single, per-zone"),
    ("flowLogs", "on", "true or false"),
    ("interfaceEndpoints", '["s3"]', "always has a gateway endpoint"),
    ("interfaceEndpoints", '["com.amazonaws.eu-west-1.sts/"]', "is not the name of an AWS service"),
    ("interfaceEndpoints", '["sts", "sts"]', "given twice"),
    ("agents", '["An Agent"]', "agent name"),
    ("agents", '["an-agent-whose-name-is-long"]', "at most 21"),
    ("agents", '["twice", "twice"]', "given twice"),
    ("agents", json.dumps([f"agent-{number}" for number in range(128)]), "128 databases, one the listener's"),
    ("agentStoresImage", "docker.io/langchain/langgraph-api", "image with its tag"),
    ("agentNamespaces", "[]", "no namespace"),
    ("agentNamespaces", '["kube-system"]', "is shared"),
    ("agentNamespaces", '["langsmith-entrance"]', "is shared"),
    ("exposure", "private", "one of internal, public"),
    ("agentsRouting", "istio", "one of gateway, ingress"),
    ("certificateArn", "arn:aws:iam::111122223333:server-certificate/agents", "is not the ARN of an ACM certificate"),
    ("hostedZoneId", "example.com", "Copy the zone's ID"),
    ("gatewayApiManifest", "standard-install.yaml", "is not a URL"),
    ("loadBalancerControllerChartRepository", "eks-charts", "is not a URL"),
    ("loadBalancerControllerChartVersion", "v3", "Write a released chart version"),
    ("agentsHostname", "https://agents.example.com", "is not a DNS name"),
    ("agentsHostname", "127.0.0.1", "is not a DNS name"),
    ("agentsTls", "yes", "true or false"),
    ("langsmithHostUrl", "http://api.host.langchain.com", "is not encrypted"),
    ("langsmithHostUrl", "https://eu.smith.langchain.com", "is a dashboard"),
    ("langsmithEndpoint", "api.smith.langchain.com", "is not a URL"),
    ("langsmithHostUrl", "https://eu.api.host.langchain.com", "is not in the region us"),
    ("langsmithRegion", "moon", "one of us, eu, apac, aws-us, self-hosted"),
    ("dataplaneChartRepository", "https://user@example.com/", "more than host and path"),
    ("dataplaneChartVersion", "latest", "released chart version"),
    ("dataplaneOperatorVersion", "0.1.36", "0.1.55"),
    ("kedaChartRepository", "oci://ghcr.io/kedacore", "is not a URL"),
    ("kedaChartVersion", "2.x", "released chart version"),
    ("autoscalerChartRepository", "http://kubernetes.github.io/autoscaler", "is not encrypted"),
    ("autoscalerChartVersion", "v9.59.0", "released chart version"),
    ("eksNodeDesiredSize", "9", "are not in order"),
    ("redisEnabled", "1", "true or false"),
    ("artifactsEnabled", "[]", "true or false"),
    ("postgresMultiAz", "maybe", "true or false"),
    ("storesApplyImmediately", "tonight", "true or false"),
    ("deletionProtection", "some", "true or false"),
    ("deleteAdoptedListener", "if ours", "true or false"),
    ("allowReplacement", "postgres", "true or false"),
    ("owner", "the\ttabs", "characters AWS does not allow"),
    ("costCentre", "x" * 257, "characters AWS does not allow"),
    ("tags", '{"aws:owner": "me"}', "is reserved"),
    ("tags", '{"owner": "a\\nb"}', "characters AWS does not allow"),
    ("tags", '["owner"]', "a map of strings"),
]


@pytest.mark.parametrize(("key", "value", "reason"), BAD_VALUES)
def test_a_bad_value_is_one_problem_with_its_key_and_a_reason(
    stack_config: SetConfig, key: str, value: str, reason: str
) -> None:
    found = problems(stack_config, **{key: value})
    assert len(found) == 1, f"one bad value is one problem, not {found}"
    assert reason in str(found[0])
    expected = "eksNodeDesiredSize" if key == "eksNodeMinSize" else key
    assert found[0].key == expected


def test_all_bad_values_are_reported_at_once(stack_config: SetConfig) -> None:
    found = problems(stack_config, vpcCidr="10.0.0.0/24", redisVersion="7.1", agentsTls="yes", environmnt="dev")
    assert {problem.key for problem in found} == {"vpcCidr", "redisVersion", "agentsTls", "environmnt"}


def test_what_is_wrong_by_itself_is_not_held_against_another_key(stack_config: SetConfig) -> None:
    found = problems(stack_config, vpcCidr="10.0.0.0/24", eksNodeMaxSize="300")
    assert [problem.key for problem in found] == ["vpcCidr"], "how many nodes fit cannot be said"


@pytest.mark.parametrize(
    ("changes", "key", "reason"),
    [
        (
            {"clusterAdminArns": f'["{ROLE}"]', "clusterAccess": json.dumps([{"principal": ROLE, "policy": "view"}])},
            "clusterAccess",
            "given access twice",
        ),
        ({"owner": "platform", "tags": '{"owner": "agents"}'}, "tags", "is also the key owner"),
        ({"costCentre": "42", "tags": '{"cost-centre": "43"}'}, "tags", "is also the key costCentre"),
        (
            {"langsmithRegion": "eu", "langsmithEndpoint": "https://api.smith.langchain.com"},
            "langsmithEndpoint",
            "is not in the region eu",
        ),
        (
            {
                "langsmithRegion": "self-hosted",
                "langsmithHostUrl": "https://api.host.langchain.com",
                "langsmithEndpoint": "https://langsmith.example.com",
            },
            "langsmithHostUrl",
            "is not self-hosted",
        ),
        (
            {"langsmithRegion": "self-hosted", "langsmithHostUrl": "https://langsmith.example.com/api-host"},
            "langsmithEndpoint",
            "is required for a self-hosted LangSmith",
        ),
        (
            {"vpcId": "vpc-0123456789abcdef0", "privateSubnetIds": '["subnet-0123456789abcdef0"]'},
            "privateSubnetIds",
            "Name one a zone",
        ),
        ({"vpcCidr": "10.0.0.0/20", "eksNodeMaxSize": "17"}, "eksNodeMaxSize", "Use at most 16"),
    ],
)
def test_keys_that_contradict_each_other_are_refused(
    stack_config: SetConfig, changes: dict[str, str], key: str, reason: str
) -> None:
    (found,) = problems(stack_config, **changes)
    assert found.key == key
    assert reason in str(found)


def test_at_least_sixty_mistakes_are_known() -> None:
    assert len(BAD_VALUES) >= 60


@pytest.mark.parametrize(("region", "prefix"), [("us", ""), ("eu", "eu."), ("apac", "apac."), ("aws-us", "aws.")])
def test_a_langsmith_region_sets_both_urls_and_what_must_be_reached(
    stack_config: SetConfig, region: str, prefix: str
) -> None:
    stack_config({"langsmithRegion": region})
    langsmith = LangSmithConfig.load().langsmith
    assert langsmith.control_plane == f"https://{prefix}api.host.langchain.com"
    assert langsmith.api == f"https://{prefix}api.smith.langchain.com"
    assert {f"{prefix}api.host.langchain.com", f"{prefix}api.smith.langchain.com"} <= set(langsmith.egress)


def test_a_self_hosted_langsmith_is_where_the_stack_file_says(stack_config: SetConfig) -> None:
    host, api = "https://langsmith.example.com/api-host", "https://langsmith.example.com/api"
    stack_config({"langsmithRegion": "self-hosted", "langsmithHostUrl": host, "langsmithEndpoint": api})
    langsmith = LangSmithConfig.load().langsmith
    assert (langsmith.control_plane, langsmith.api) == (host, api)
    assert "api.smith.langchain.com" not in langsmith.egress


def test_access_is_read_into_typed_grants(stack_config: SetConfig) -> None:
    grant = {"principal": ROLE, "policy": "edit", "namespaces": ["agents"]}
    stack_config({"clusterAccess": json.dumps([grant])})
    expected = AccessGrant(principal=ROLE, policy="edit", namespaces=("agents",))
    assert LangSmithConfig.load().cluster_access == (expected,)


def test_an_unknown_key_is_refused_with_the_nearest_known_one(stack_config: SetConfig) -> None:
    (found,) = problems(stack_config, vpcCIDR="10.0.0.0/16")
    assert str(found) == "vpcCIDR: is not a key of this program. Did you mean vpcCidr?"


def test_an_api_key_in_plain_text_is_refused_and_not_shown(stack_config: SetConfig, api_key: str) -> None:
    stack_config({}, secret=False)
    with pytest.raises(ConfigError) as caught:
        LangSmithConfig.load()
    assert "in plain text" in str(caught.value)
    assert api_key not in str(caught.value)


@pytest.mark.parametrize("bad", ["tiny-key", "lsv2_pt_with a space in it", "  "])
def test_an_api_key_that_cannot_be_one_is_refused_and_not_shown(stack_config: SetConfig, bad: str) -> None:
    (found,) = problems(stack_config, langsmithApiKey=bad)
    assert found.key == "langsmithApiKey"
    assert bad.strip() == "" or bad not in str(found), "an error never shows a secret"


def test_the_region_falls_back_to_the_environment_and_must_be_known(
    stack_config: SetConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack_config({}, region=None)
    monkeypatch.setenv("AWS_REGION", "us-west-2")
    assert LangSmithConfig.load().region == "us-west-2"
    monkeypatch.delenv("AWS_REGION")
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    with pytest.raises(ConfigError, match="no AWS region is known"):
        LangSmithConfig.load()


def test_a_profile_decides_what_the_stack_file_leaves_open(stack_config: SetConfig) -> None:
    stack_config({"profile": "production", "redisNodes": "3"})
    loaded = LangSmithConfig.load()
    assert loaded.redis_nodes == 3, "the stack file wins"
    assert all(getattr(loaded, name) == value for name, value in vars(PRODUCTION).items() if name != "redis_nodes")


def test_production_is_nowhere_weaker_than_dev() -> None:
    assert PRODUCTION.availability_zones > DEV.availability_zones
    assert PRODUCTION.eks_node_min_size >= PRODUCTION.availability_zones, "a node in every zone"
    assert PRODUCTION.redis_nodes > 1, "something must take over"
    assert PRODUCTION.postgres_multi_az
    assert PRODUCTION.deletion_protection
    assert PRODUCTION.flow_logs
    assert PRODUCTION.nat_gateways == "per-zone"
    assert "eks-auth" in PRODUCTION.interface_endpoints, "Pod Identity asks this service for every credential"


def test_overrides_keep_their_types(stack_config: SetConfig) -> None:
    stack_config(
        {
            "availabilityZones": "3",
            "agentsTls": "false",
            "eksPublicAccessCidrs": '["203.0.113.7/32"]',
            "tags": '{"owner": "platform"}',
            "agentsHostname": "agents.example.com",
        }
    )
    loaded = LangSmithConfig.load()
    assert loaded.availability_zones == 3
    assert loaded.agents_tls is False
    assert loaded.eks_public_access_cidrs == ("203.0.113.7/32",)
    assert loaded.tags == {"owner": "platform"}
    assert loaded.agents_hostname == "agents.example.com"


def test_a_configuration_built_in_code_is_held_to_the_same_rules() -> None:
    with pytest.raises(ConfigError, match="vpcCidr"):
        LangSmithConfig(
            environment="dev",
            eks_cluster_name="c",
            s3_bucket_prefix="bucket",
            langsmith_workspace_id="7c1d8c2e-6f0e-4f1d-9a55-0d8f3f6f2a11",
            langsmith_api_key=pulumi.Output.from_input("key"),
            region="us-east-1",
            vpc_cidr="10.0.0.0/8",
            **vars(DEV),
        )
