"""Everything a stack can be told, in one frozen dataclass whose defaults are the constants above it."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping
from typing import Any

import pulumi

from langsmith_hybrid import config_rules, config_values
from langsmith_hybrid.cluster_access import AccessGrant
from langsmith_hybrid.errors import ConfigError, Problem
from langsmith_hybrid.exposure import Exposure
from langsmith_hybrid.langsmith_regions import REGIONS, Installation, LangSmithRegion
from langsmith_hybrid.nodes import NodeSystem
from langsmith_hybrid.profiles import DEV, PROFILES, Profile, ProfileName

_PROFILE: ProfileName = "dev"
_VPC_CIDR = "10.0.0.0/16"
_VPC_ID: str | None = None
_PRIVATE_SUBNET_IDS: tuple[str, ...] = ()
_PUBLIC_SUBNET_IDS: tuple[str, ...] = ()
# The newest line whose standard support (to 2027-03-27) outlasts a year of use; 1.34 ends on 2026-12-02.
_EKS_CLUSTER_VERSION = "1.35"
_EKS_PUBLIC_ACCESS_CIDRS: tuple[str, ...] = ()
_CLUSTER_ADMIN_ARNS: tuple[str, ...] = ()
_CLUSTER_ACCESS: tuple[AccessGrant, ...] = ()
_EKS_NODE_SYSTEM: NodeSystem = "al2023"
_POSTGRES_ENABLED = True
# Agents' POSTGRES_URI_CUSTOM needs 15.8 or newer; 16 is in standard support until 2029-02-28.
_POSTGRES_VERSION = "16"
_REDIS_ENABLED = True
_REDIS_VERSION = "8.0"
_REDIS_TOKEN_GENERATION = 1
_ARTIFACTS_ENABLED = True
_AGENTS = ("hello-world-graph",)
# The image agents are built from: it has Python and psycopg, and nodes of agents hold it anyway.
_AGENT_STORES_IMAGE = "docker.io/langchain/langgraph-api:0.16.7-py3.11"
_AGENT_NAMESPACES = ("agents",)
_LANGSMITH_REGION: LangSmithRegion = "us"
_LANGSMITH_HOST_URL: str | None = None
_LANGSMITH_ENDPOINT: str | None = None
_DELETE_ADOPTED_LISTENER = False
_DATAPLANE_CHART_REPOSITORY = "https://langchain-ai.github.io/helm/"
_DATAPLANE_CHART_VERSION = "0.2.22"
# Chart 0.2.22 brings 0.1.36, which hands no `secret_references` to agents; 0.1.55 was the first that does
# (langchain-ai/helm#820), 0.1.60 is the one later charts bring (langchain-ai/helm#1027).
_DATAPLANE_OPERATOR_VERSION = "0.1.60"
_KEDA_CHART_REPOSITORY = "https://kedacore.github.io/charts"
_KEDA_CHART_VERSION = "2.19.0"
_AUTOSCALER_CHART_REPOSITORY = "https://kubernetes.github.io/autoscaler"
_AUTOSCALER_CHART_VERSION = "9.59.0"
_ALLOW_REPLACEMENT = False
_OWNER: str | None = None
_COST_CENTRE: str | None = None
_TAGS: Mapping[str, str] = {}

# What `pulumi config set --secret langsmithApiKey` stores; the shortest key LangSmith hands out is far longer.
_SHORTEST_API_KEY = 16


@dataclasses.dataclass(frozen=True, kw_only=True)
class LangSmithConfig(Profile, Exposure):
    """The typed configuration of one stack: a profile, as far as the stack file leaves it, and everything else.

    Each field is a stack file key in camelCase. The first five have no default; what a profile decides, and what is
    about the way in, is documented there. Fields hold plain values except the API key, which stays a secret output from
    the stack file to the Kubernetes Secret.

    Attributes:
        environment: Name of the environment, such as ``dev``; part of the stack's tags.
        eks_cluster_name: Prefix of the EKS cluster's name, and the ``compute_id`` of its listener.
        s3_bucket_prefix: Prefix of the artifact bucket's name.
        langsmith_workspace_id: UUID of the LangSmith workspace the listener belongs to.
        langsmith_api_key: API key of that workspace; a secret output.
        profile: The profile that decides every field the stack file does not.
        region: AWS region; by default ``aws:region``, then ``AWS_REGION``, then ``AWS_DEFAULT_REGION``.
        vpc_cidr: Address range of the VPC, /16 to /20.
        vpc_id: A VPC that exists, to be used instead of one of our own.
        private_subnet_ids: Its subnets for nodes, Pods and stores, one a zone.
        public_subnet_ids: Its subnets for public load balancers.
        eks_cluster_version: Kubernetes minor version.
        eks_public_access_cidrs: Address ranges that reach the public API endpoint; none leaves it private.
        cluster_admin_arns: IAM principals with cluster-admin access besides whoever deploys.
        cluster_access: IAM principals with less, or with some namespaces only.
        eks_node_system: Operating system of the nodes; their architecture is that of the instance type.
        postgres_enabled: Whether there is an RDS database; ``postgres_version`` is its major version.
        redis_enabled: Whether there is a Valkey group; ``redis_version`` is its version. Without one the listener's
            queue is the chart's own Redis.
        redis_token_generation: Another number gives the group and the listener a new token.
        artifacts_enabled: Whether there is a bucket for what agents produce.
        agents: Names of the agents: each gets an ECR repository, and a database of its own in each store there is.
        agent_stores_image: What the Job that makes those databases runs in: Python with psycopg.
        agent_namespaces: Kubernetes namespaces the listener may deploy to.
        langsmith_region: LangSmith's region, or ``self-hosted``.
        langsmith_host_url: Control plane, where it is not that of the region; ``langsmith_endpoint`` is the API.
        delete_adopted_listener: Whether destroy also deletes a listener this stack did not create.
        dataplane_chart_repository: Helm repository of ``langgraph-dataplane``; ``dataplane_chart_version`` pins it,
            ``dataplane_operator_version`` the operator in it.
        keda_chart_repository: Helm repository of ``keda``; ``keda_chart_version`` pins it.
        autoscaler_chart_repository: Helm repository of ``cluster-autoscaler``; ``autoscaler_chart_version`` pins it.
        allow_replacement: Consent, for one update, to lose what cannot be changed in place.
        owner: Who answers for the stack, and ``cost_centre`` who pays: tags on everything that can carry one.
        tags: Further such tags.
    """

    environment: str
    eks_cluster_name: str
    s3_bucket_prefix: str
    langsmith_workspace_id: str
    langsmith_api_key: pulumi.Output[str]

    profile: ProfileName = _PROFILE
    region: str
    vpc_cidr: str = _VPC_CIDR
    vpc_id: str | None = _VPC_ID
    private_subnet_ids: tuple[str, ...] = _PRIVATE_SUBNET_IDS
    public_subnet_ids: tuple[str, ...] = _PUBLIC_SUBNET_IDS
    eks_cluster_version: str = _EKS_CLUSTER_VERSION
    eks_public_access_cidrs: tuple[str, ...] = _EKS_PUBLIC_ACCESS_CIDRS
    cluster_admin_arns: tuple[str, ...] = _CLUSTER_ADMIN_ARNS
    cluster_access: tuple[AccessGrant, ...] = _CLUSTER_ACCESS
    eks_node_system: NodeSystem = _EKS_NODE_SYSTEM
    postgres_enabled: bool = _POSTGRES_ENABLED
    postgres_version: str = _POSTGRES_VERSION
    redis_enabled: bool = _REDIS_ENABLED
    redis_version: str = _REDIS_VERSION
    redis_token_generation: int = _REDIS_TOKEN_GENERATION
    artifacts_enabled: bool = _ARTIFACTS_ENABLED
    agents: tuple[str, ...] = _AGENTS
    agent_stores_image: str = _AGENT_STORES_IMAGE
    agent_namespaces: tuple[str, ...] = _AGENT_NAMESPACES
    langsmith_region: LangSmithRegion = _LANGSMITH_REGION
    langsmith_host_url: str | None = _LANGSMITH_HOST_URL
    langsmith_endpoint: str | None = _LANGSMITH_ENDPOINT
    delete_adopted_listener: bool = _DELETE_ADOPTED_LISTENER
    dataplane_chart_repository: str = _DATAPLANE_CHART_REPOSITORY
    dataplane_chart_version: str = _DATAPLANE_CHART_VERSION
    dataplane_operator_version: str = _DATAPLANE_OPERATOR_VERSION
    keda_chart_repository: str = _KEDA_CHART_REPOSITORY
    keda_chart_version: str = _KEDA_CHART_VERSION
    autoscaler_chart_repository: str = _AUTOSCALER_CHART_REPOSITORY
    autoscaler_chart_version: str = _AUTOSCALER_CHART_VERSION
    allow_replacement: bool = _ALLOW_REPLACEMENT
    owner: str | None = _OWNER
    cost_centre: str | None = _COST_CENTRE
    tags: Mapping[str, str] = dataclasses.field(default_factory=lambda: dict(_TAGS))

    def __post_init__(self) -> None:
        """Refuse values that cannot work.

        Raises:
            ConfigError: With every problem found.
        """
        values = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        if problems := config_rules.broken_rules(values):
            raise ConfigError(problems)

    @property
    def langsmith(self) -> Installation:
        """The LangSmith this stack belongs to: the region's, as far as the stack file names no other."""
        region = REGIONS.get(self.langsmith_region)
        return Installation(
            control_plane=self.langsmith_host_url or (region.control_plane if region else ""),
            api=self.langsmith_endpoint or (region.api if region else ""),
        )

    @classmethod
    def load(cls) -> LangSmithConfig:
        """Read the stack's configuration: all of it is checked before any provider is asked for anything.

        Raises:
            ConfigError: With every missing, unknown, mistyped and unusable key.
        """
        values, problems = cls.read(config_values.StackValues.of_current_stack(), _default_region())
        if problems:
            raise ConfigError(problems)
        return cls(**values, langsmith_api_key=pulumi.Config().require_secret("langsmithApiKey"))

    @classmethod
    def read(cls, stack: config_values.StackValues, default_region: str | None) -> tuple[dict[str, Any], list[Problem]]:
        """The value of every field that has one, the API key's left out, and all that is wrong; needs no engine.

        Args:
            stack: What the stack sets.
            default_region: The region of a stack that sets no ``region`` of its own.
        """
        known = {**vars(PROFILES.get(stack.plain.get("profile", _PROFILE), DEV)), **config_values.defaults(cls)}
        values, problems = config_values.parse(cls, stack, known)
        problems += _key_problems(stack)
        if "region" not in stack.plain and default_region:
            values["region"] = default_region
        elif "region" not in values:
            problems.append(
                Problem("region", "no AWS region is known.", "Set aws:region in the stack file, or AWS_REGION.")
            )
        complete = {**known, **values}
        return complete, problems + config_rules.broken_rules(complete)


def _default_region() -> str | None:
    return pulumi.Config("aws").get("region") or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")


def _key_problems(stack: config_values.StackValues) -> list[Problem]:
    """What is wrong with the API key; never shows any of it."""
    set_it = "Set it with `pulumi config set --secret langsmithApiKey`."
    key = stack.plain.get("langsmithApiKey")
    if key is None or not key.strip():
        return [Problem("langsmithApiKey", "is required and not set.", set_it)]
    if "langsmithApiKey" not in stack.secret_keys:
        return [Problem("langsmithApiKey", "is in the stack file in plain text.", f"Revoke that key. {set_it}")]
    if key != key.strip() or any(character.isspace() for character in key):
        return [Problem("langsmithApiKey", "holds white space, which no API key does.", set_it)]
    if len(key) < _SHORTEST_API_KEY:
        return [Problem("langsmithApiKey", f"is shorter than {_SHORTEST_API_KEY} characters.", set_it)]
    return []
