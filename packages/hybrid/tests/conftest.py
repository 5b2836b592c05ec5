"""Fixtures for the Pulumi program: a stack's configuration, and an engine that records instead of acting."""

from __future__ import annotations

import contextlib
import dataclasses
import gc
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pulumi
import pytest
from pulumi.runtime import mocks
from pulumi.runtime import settings as runtime_settings
from pulumi.runtime.proto import source_pb2

from langsmith_hybrid.config import LangSmithConfig
from langsmith_hybrid.stack import deploy

PROJECT = "langsmith-hybrid"
STACK = "test"
WORKSPACE = "7c1d8c2e-6f0e-4f1d-9a55-0d8f3f6f2a11"
API_KEY = "lsv2_pt_" + "c0ffee" * 6
TOKEN = "5ec2e7" * 10
LOAD_BALANCER = "agents-1.eu-west-1.elb.amazonaws.com"
GATEWAY_KIND = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "gateways.gateway.networking.k8s.io"},
    "spec": {"group": "gateway.networking.k8s.io"},
}
# The last digit of each subnet's id is its zone.
EXISTING_VPC = {
    "vpcId": "vpc-0123456789abcdef0",
    "privateSubnetIds": '["subnet-0123456789abcdefa", "subnet-0123456789abcdefb"]',
}

FIVE_KEYS = {
    "environment": "dev",
    "eksClusterName": "agents-dev",
    "s3BucketPrefix": "acme-agents",
    "langsmithWorkspaceId": WORKSPACE,
    "langsmithApiKey": API_KEY,
}


@pytest.fixture
def api_key() -> str:
    """The API key the test stack holds."""
    return API_KEY


@pytest.fixture
def existing_vpc() -> dict[str, str]:
    """Keys of a stack in a VPC that was there before."""
    return EXISTING_VPC


@pytest.fixture
def token() -> str:
    """The token every generated one is."""
    return TOKEN


@dataclasses.dataclass(frozen=True)
class Registration:
    """One resource the program registered: type token, name, inputs, what updates leave alone, and who makes it."""

    token: str
    name: str
    inputs: dict[str, Any]
    left_alone: tuple[str, ...] = ()
    provider: str = ""


def kind_of(token: str) -> str:
    """The class of a type token: ``Vpc`` of ``aws:ec2/vpc:Vpc``. Ids end in it, as AWS's begin with it."""
    return token.rpartition(":")[2]


class RecordingEngine(mocks.Mocks):
    """Answers every registration with the inputs plus the outputs AWS would compute."""

    def __init__(self) -> None:
        self.registered: list[Registration] = []
        self.exported: dict[str, Any] = {}
        self.left_alone: dict[tuple[str, str], tuple[str, ...]] = {}
        self.needs: dict[str, set[str]] = {}

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        left_alone = self.left_alone.get((args.typ, args.name), ())
        self.registered.append(Registration(args.typ, args.name, dict(args.inputs), left_alone, args.provider or ""))
        computed = {
            "arn": f"arn:aws:mock:::{args.name}",
            "name": args.inputs.get("name", f"{args.name}-1a2b3c4"),
            "bucket": f"{args.name}-1a2b3c4",
            "publicIp": "198.51.100.7",
            "allocationId": f"eipalloc-{args.name}",
            "latestVersion": 1,
            "endpoint": f"{args.name}.example.internal:1",
            "primaryEndpointAddress": f"{args.name}.example.internal",
            "repositoryUrl": f"111122223333.dkr.ecr.eu-west-1.amazonaws.com/{args.name}",
            "certificateAuthority": {"data": "Q0E="},
            "masterUserSecrets": [{"secretArn": "arn:aws:secretsmanager:::secret:rds"}],
            "listener_id": "6a1f0f6e-0000-4000-8000-000000000001",
            "value": TOKEN,
        }
        state = {**computed, **{name: value for name, value in args.inputs.items() if value is not None}}
        if args.typ == "aws:eks/cluster:Cluster":
            state["vpcConfig"] = {**args.inputs["vpcConfig"], "clusterSecurityGroupId": "sg-cluster"}
        if args.typ.startswith("kubernetes:core/v1:"):
            state["metadata"] = {"name": f"{args.name}-1a2b3c4d", **args.inputs["metadata"]}
        if args.typ == "kubernetes:gateway.networking.k8s.io/v1:Gateway":
            state["status"] = {"addresses": [{"type": "Hostname", "value": LOAD_BALANCER}]}
        if args.typ == "kubernetes:networking.k8s.io/v1:Ingress":
            state["status"] = {"loadBalancer": {"ingress": [{"hostname": LOAD_BALANCER}]}}
        if args.typ == "aws:acm/certificate:Certificate":
            proof = {"resourceRecordName": "_a1.agents.example.com.", "resourceRecordType": "CNAME"}
            state["domainValidationOptions"] = [{**proof, "resourceRecordValue": "_b2.acm-validations.aws."}]
        if args.typ == "aws:route53/record:Record":
            state["fqdn"] = args.inputs["name"]
        return f"{args.name}-{kind_of(args.typ)}", state

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]]]:
        answers: dict[str, dict[str, Any]] = {
            "aws:index/getAvailabilityZones:getAvailabilityZones": {
                "names": ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
            },
            "aws:index/getPartition:getPartition": {"partition": "aws"},
            "aws:index/getCallerIdentity:getCallerIdentity": {
                "accountId": "111122223333",
                "arn": "arn:aws:sts::111122223333:assumed-role/deployer/session",
            },
            "aws:iam/getSessionContext:getSessionContext": {"issuerArn": "arn:aws:iam::111122223333:role/deployer"},
            "aws:iam/getRole:getRole": {
                "arn": f"arn:aws:iam::111122223333:role/aws-service-role/{args.args.get('name')}"
            },
            "aws:eks/getAddonVersion:getAddonVersion": {"version": "v1.0.0-eksbuild.1"},
            "aws:ec2/getVpc:getVpc": {
                "cidrBlock": "10.9.0.0/16",
                "enableDnsHostnames": True,
                "enableDnsSupport": True,
            },
            "aws:ec2/getSubnet:getSubnet": self._subnet(args.args.get("id", "")),
            "aws:ec2/getRouteTables:getRouteTables": {"ids": ["rtb-1"]},
            "aws:ec2/getRouteTable:getRouteTable": {
                "routes": [{"cidrBlock": "0.0.0.0/0", "gatewayId": "", "natGatewayId": "nat-1"}]
            },
            "aws:ec2/getNatGateway:getNatGateway": {"publicIp": "198.51.100.99"},
            "aws:lb/getHostedZoneId:getHostedZoneId": {"id": "Z32O12XQLNTSW2"},
        }
        return answers[args.token], []

    def _subnet(self, subnet_id: str) -> dict[str, Any]:
        return {
            "vpcId": EXISTING_VPC["vpcId"],
            "availabilityZone": f"eu-west-1{subnet_id[-1:]}",
            "availableIpAddressCount": 4091,
            "tags": {"kubernetes.io/role/internal-elb": "1"},
        }

    def of_type(self, token: str) -> list[Registration]:
        """The registrations of one type."""
        return [registration for registration in self.registered if registration.token == token]

    def named(self, token: str, name: str) -> Registration:
        """The one registration of this type and name."""
        (found,) = [registration for registration in self.of_type(token) if registration.name == name]
        return found


class Monitor(mocks.MockMonitor):
    """Notes the options that mocks are not told of."""

    def __init__(self, engine: RecordingEngine) -> None:
        super().__init__(engine)
        self._engine = engine

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - the engine's name
        self._engine.left_alone[request.type, request.name] = tuple(request.ignoreChanges)
        answer = super().RegisterResource(request)
        self._engine.needs[answer.urn] = {*request.dependencies, request.parent}
        return answer


@contextlib.contextmanager
def recording() -> Iterator[RecordingEngine]:
    """An engine that records; its project and stack are those of the test configuration."""
    engine = RecordingEngine()
    pulumi.runtime.set_mocks(engine, project=PROJECT, stack=STACK, monitor=Monitor(engine))
    try:
        yield engine
    finally:
        runtime_settings.reset_options()
        pulumi.runtime.set_all_config({}, [])


def set_config(
    changes: Mapping[str, str], *, without: str = "", secret: bool = True, region: str | None = "eu-west-1"
) -> None:
    """Set the stack's configuration: the five keys, changed as told, the API key encrypted unless told otherwise."""
    values = {key: value for key, value in {**FIVE_KEYS, **changes}.items() if key != without}
    pulumi.runtime.set_all_config(
        ({"aws:region": region} if region else {}) | {f"{PROJECT}:{key}": value for key, value in values.items()},
        [f"{PROJECT}:langsmithApiKey"] if secret else [],
    )


@pytest.fixture
def engine() -> Iterator[RecordingEngine]:
    """An engine that records."""
    with recording() as engine:
        yield engine


@pytest.fixture
def stack_config(engine: RecordingEngine) -> Callable[..., None]:
    """Sets the stack's configuration."""
    return set_config


@contextlib.contextmanager
def _no_garbage_collection() -> Iterator[None]:
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@pytest.fixture(scope="session")
def declare() -> Callable[..., RecordingEngine]:
    """Runs the program with the five keys and the given overrides; returns the engine that recorded it.

    Nothing in a recording changes, so each is made once. A fingerprint costs a tenth of a second by design; debug
    messages and source positions that nobody reads, and the search for garbage among a program's many short-lived
    objects, cost as much again: all are left out, since dozens of stacks are declared.
    """
    declared: dict[str, RecordingEngine] = {}

    def run(**overrides: str) -> RecordingEngine:
        key = json.dumps(overrides, sort_keys=True)
        if key not in declared:
            with recording() as engine, pytest.MonkeyPatch.context() as patch, _no_garbage_collection():
                patch.setattr("langsmith_hybrid.listener.resource.fingerprint", lambda *_: "a-fingerprint")
                patch.setattr("pulumi.runtime.resource._get_stack_trace", source_pb2.StackTrace)
                patch.setattr(pulumi.log, "debug", lambda *_, **__: None)
                patch.setattr("langsmith_hybrid.arguments.manifests_of", lambda _: [GATEWAY_KIND])
                patch.setattr(pulumi, "export", engine.exported.__setitem__)
                set_config(overrides)

                @pulumi.runtime.test
                def program() -> None:
                    deploy(LangSmithConfig.load())

                program()
            declared[key] = engine
        return declared[key]

    return run
