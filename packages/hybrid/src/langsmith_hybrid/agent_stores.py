"""Agent stores: a database, a role and a Redis database for each agent, made inside the cluster by a Job.

Only Pods of the cluster reach the stores, and agents' passwords are nobody's business: they are made where they are
used, and are in Kubernetes Secrets alone. Neither Pulumi's state nor LangSmith ever holds one.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as kubernetes

from langsmith_hybrid import agent_stores_pod, iam
from langsmith_hybrid.agent_stores_job import names
from langsmith_hybrid.agent_stores_job.request import PostgresServer, RedisServer, Request
from langsmith_hybrid.component import Component
from langsmith_hybrid.encryption_key import used_through
from langsmith_hybrid.pod_identity import allowed_to

_NAME = "agent-stores"


@dataclasses.dataclass(frozen=True)
class RedisShare:
    """The Redis agents share.

    Attributes:
        endpoint: ``host:port``.
        token: What lets in; a secret.
        databases: How many numbered databases it has.
    """

    endpoint: pulumi.Input[str]
    token: pulumi.Input[str]
    databases: int


@dataclasses.dataclass(frozen=True)
class PostgresShare:
    """The PostgreSQL agents share: its ``endpoint``, and the ARN of its master user's secret in ``region``.

    ``key_arn`` is the KMS key the secret is encrypted with; None for one of AWS's own, which needs no permission.
    """

    endpoint: pulumi.Input[str]
    secret_arn: pulumi.Input[str]
    region: str
    key_arn: pulumi.Input[str] | None


@dataclasses.dataclass(frozen=True)
class AgentStoresArgs:
    """What agents' stores are made from.

    Attributes:
        agents: Names of the agents.
        namespaces: Where they are deployed; the Job runs in the first.
        cluster_name: The EKS cluster.
        image: What the Job runs in: Python with psycopg.
        postgres: None when there is no such store; likewise ``redis``.
    """

    agents: Sequence[str]
    namespaces: Sequence[str]
    cluster_name: pulumi.Input[str]
    image: str
    postgres: PostgresShare | None
    redis: RedisShare | None


class AgentStores(Component):
    """A Job that runs whenever what it is asked to do has changed, and what it needs to do it.

    It drops nothing: the database of an agent that was taken off the list stays.

    Attributes:
        references: By agent: the variables it is to have, and the Secret and key each is in, as LangSmith's
            ``secret_references``.
    """

    references: pulumi.Output[dict[str, list[dict[str, str]]]]

    def __init__(self, name: str, args: AgentStoresArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self._name = name
        self._args = args
        self._home = args.namespaces[0]
        account = kubernetes.core.v1.ServiceAccount(name, metadata=_named(self._home), opts=self.child())
        needed: list[pulumi.Resource] = [self._may_write(namespace, account) for namespace in args.namespaces]
        if args.postgres:
            needed.append(self._may_read(args.postgres, account))
        job = self._job(account, needed)
        # Whoever reads them may rely on the Secrets.
        self.references = job.id.apply(lambda _: references(args.agents, self._uris()))
        self.register_outputs({})

    def _may_write(self, namespace: str, account: kubernetes.core.v1.ServiceAccount) -> kubernetes.rbac.v1.RoleBinding:
        """The Secrets of these agents and the Job's own memory; RBAC cannot narrow ``create`` down to names."""
        rule = kubernetes.rbac.v1.PolicyRuleArgs
        secrets = [names.secret(agent) for agent in self._args.agents]
        role = kubernetes.rbac.v1.Role(
            f"{self._name}-{namespace}",
            metadata=_named(namespace),
            rules=[
                rule(api_groups=[""], resources=["secrets", "configmaps"], verbs=["create"]),
                rule(api_groups=[""], resources=["secrets"], resource_names=secrets, verbs=["get", "update"]),
                rule(api_groups=[""], resources=["configmaps"], resource_names=[names.LEDGER], verbs=["get", "update"]),
            ],
            opts=self.child(),
        )
        return kubernetes.rbac.v1.RoleBinding(
            f"{self._name}-{namespace}",
            metadata=_named(namespace),
            role_ref=kubernetes.rbac.v1.RoleRefArgs(
                api_group="rbac.authorization.k8s.io", kind="Role", name=role.metadata.name
            ),
            subjects=[
                kubernetes.rbac.v1.SubjectArgs(kind="ServiceAccount", name=account.metadata.name, namespace=self._home)
            ],
            opts=self.child(),
        )

    def _may_read(
        self, postgres: PostgresShare, account: kubernetes.core.v1.ServiceAccount
    ) -> aws.eks.PodIdentityAssociation:
        return allowed_to(
            self._name,
            policy=value_of(postgres),
            cluster_name=self._args.cluster_name,
            namespace=self._home,
            service_account=account.metadata.name,
            opts=self.child(),
        )

    def _job(
        self, account: kubernetes.core.v1.ServiceAccount, needed: list[pulumi.Resource]
    ) -> kubernetes.batch.v1.Job:
        # Both are immutable and named by Pulumi: whatever changes in them is another name in the Job, which then is
        # another Job. A finished one stays, as the record of what was done.
        unnamed = kubernetes.meta.v1.ObjectMetaArgs(namespace=self._home)
        program = kubernetes.core.v1.ConfigMap(
            self._name,
            metadata=unnamed,
            immutable=True,
            data={**agent_stores_pod.program(), agent_stores_pod.REQUEST: self._request()},
            opts=self.child(),
        )
        token = None
        if self._args.redis:
            token = kubernetes.core.v1.Secret(
                f"{self._name}-token",
                metadata=unnamed,
                immutable=True,
                string_data={agent_stores_pod.TOKEN: pulumi.Output.secret(self._args.redis.token)},
                opts=self.child(),
            ).metadata.name
        return kubernetes.batch.v1.Job(
            self._name,
            metadata=unnamed,
            spec=agent_stores_pod.job(
                account=account.metadata.name, image=self._args.image, program=program.metadata.name, token=token
            ),
            opts=self.child(depends_on=needed),
        )

    def _request(self) -> pulumi.Output[str]:
        postgres, redis = self._args.postgres, self._args.redis

        def written(known: dict[str, str]) -> str:
            return Request(
                agents=tuple(self._args.agents),
                namespaces=tuple(self._args.namespaces),
                postgres=postgres and PostgresServer(known["postgres"], known["secret"], postgres.region),
                redis=redis and RedisServer(known["redis"], redis.databases),
            ).to_json()

        return pulumi.Output.all(
            postgres=postgres and postgres.endpoint,
            secret=postgres and postgres.secret_arn,
            redis=redis and redis.endpoint,
        ).apply(written)

    def _uris(self) -> list[str]:
        stores = {names.POSTGRES_URI: self._args.postgres, names.REDIS_URI: self._args.redis}
        return [uri for uri, store in stores.items() if store]


def references(agents: Sequence[str], uris: Sequence[str]) -> dict[str, list[dict[str, str]]]:
    """By agent: each URI, and where it is, in the words of a deploy target."""
    return {
        agent: [{"name": uri, "secretName": names.secret(agent), "secretKey": uri} for uri in uris] for agent in agents
    }


def value_of(postgres: PostgresShare) -> pulumi.Output[str]:
    """A policy that allows to read one secret, and nothing else."""
    read = pulumi.Output.from_input(postgres.secret_arn).apply(
        lambda arn: {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": arn}
    )
    if postgres.key_arn is None:
        return read.apply(lambda statement: iam.policy([statement]))
    unseal = used_through(postgres.key_arn, "secretsmanager", postgres.region, ["kms:Decrypt"])
    return pulumi.Output.all(read, unseal).apply(iam.policy)


def _named(namespace: str) -> kubernetes.meta.v1.ObjectMetaArgs:
    return kubernetes.meta.v1.ObjectMetaArgs(name=_NAME, namespace=namespace)
