"""An emulated account per test, spoken to with boto3, in process or over a socket."""

from __future__ import annotations

import dataclasses
import functools
import json
import threading
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from botocore.exceptions import ClientError
from moto.core.base_backend import AccountSpecificBackend
from werkzeug.test import Client

from langsmith_sandbox.aws.clock import Clock
from langsmith_sandbox.aws.context import Context
from langsmith_sandbox.aws.credentials import OperatorKey
from langsmith_sandbox.aws.emulator import Emulator
from langsmith_sandbox.aws.host import server

OPERATOR = OperatorKey("AKIASANDBOXOPERATOR0", "the operator's secret")
REGION = "us-east-1"
ACCOUNT = "123456789012"

ClientFor = Callable[..., Any]


@dataclasses.dataclass(frozen=True)
class Network:
    """Ids of a VPC, its two subnets and a security group."""

    vpc: str
    subnets: list[str]
    group: str


@dataclasses.dataclass(frozen=True)
class Account:
    """An emulated account: its emulator, the clock behind it, and clients that call it without a socket."""

    emulator: Emulator
    clock: Clock

    def client(self, service: str, key: OperatorKey = OPERATOR, token: str | None = None) -> Any:
        """A client of this account, until another account is asked for one: there is one emulator at a time."""
        made, line = _client(service, key, token)
        line.emulator = self.emulator
        return made

    def settle(self) -> None:
        """Lets more time pass than any state of the emulator lasts."""
        self.clock.jump(60)

    def leftovers(self) -> list[tuple[str, str]]:
        """What the emulator says nobody has deleted."""
        listed = Client(self.emulator).get("/_sandbox/leftovers").json or {}
        return [(item["type"], item["id"]) for item in listed["resources"]]

    def refusal(self, call: Callable[[], object]) -> tuple[str, str]:
        """Code and message AWS refuses ``call`` with; fails the test when it is allowed."""
        with pytest.raises(ClientError) as caught:
            call()
        error = caught.value.response["Error"]
        return error["Code"], error["Message"]

    def role(self, name: str = "service") -> str:
        """ARN of a new role."""
        trust = {"Effect": "Allow", "Principal": {"Service": "eks.amazonaws.com"}, "Action": "sts:AssumeRole"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
        return str(self.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=document)["Role"]["Arn"])

    def network(self) -> Network:
        """A VPC with a subnet in each of two zones and a security group."""
        ec2 = self.client("ec2")
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        for attribute in ("EnableDnsSupport", "EnableDnsHostnames"):
            ec2.modify_vpc_attribute(VpcId=vpc, **{attribute: {"Value": True}})
        subnets = [
            ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{n}.0/24", AvailabilityZone=REGION + zone)["Subnet"][
                "SubnetId"
            ]
            for n, zone in enumerate("ab")
        ]
        group = ec2.create_security_group(GroupName="stores", Description="stores", VpcId=vpc)["GroupId"]
        return Network(vpc, subnets, group)

    def cluster(self, network: Network, name: str = "prod", **settings: Any) -> Any:
        """An ACTIVE cluster with access entries; returns the EKS client."""
        eks = self.client("eks")
        settings.setdefault("accessConfig", {"authenticationMode": "API"})
        eks.create_cluster(
            name=name,
            roleArn=self.role(f"{name}-cluster"),
            resourcesVpcConfig={"subnetIds": network.subnets},
            **settings,
        )
        self.settle()
        return eks


class _Line:
    """What a client sends its requests through, instead of a socket."""

    emulator: Emulator

    def __call__(self, request: AWSPreparedRequest, **_: object) -> AWSResponse:
        answer = send(self.emulator, request)
        return AWSResponse(request.url, answer.status_code, answer.headers, _Raw(answer.data))


@functools.cache
def _client(service: str, key: OperatorKey, token: str | None) -> tuple[Any, _Line]:
    """A client and the line it uses; kept, because botocore takes longer to make one than a test to use it."""
    made = boto3.client(
        service,
        region_name=REGION,
        endpoint_url="http://127.0.0.1:1",
        aws_access_key_id=key.access_key_id,
        aws_secret_access_key=key.secret_access_key,
        aws_session_token=token,
        config=Config(retries={"total_max_attempts": 1}, parameter_validation=False),
    )
    line = _Line()
    made.meta.events.register("before-send.*", line)
    return made, line


class _Raw:
    """A response body as botocore streams it."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self, **_: object) -> Iterator[bytes]:
        yield self._content
        self._content = b""

    def read(self, amount: int | None = None, **_: object) -> bytes:
        taken, self._content = self._content[:amount], self._content[amount:] if amount is not None else b""
        return taken


def send(emulator: Emulator, request: AWSPreparedRequest) -> Any:
    """Hands a prepared request to the emulator and returns werkzeug's response."""
    parts = urlsplit(request.url)
    body = request.body.read() if hasattr(request.body, "read") else request.body
    headers = {name: value.decode() if isinstance(value, bytes) else value for name, value in request.headers.items()}
    return Client(emulator).open(
        parts.path, method=request.method, query_string=parts.query, headers=headers, data=body,
        base_url=f"http://{parts.netloc}", environ_overrides={"RAW_URI": f"{parts.path}?{parts.query}"},
    )  # fmt: skip


@pytest.fixture(scope="session", autouse=True)
def regions_looked_up_once() -> None:
    """Moto asks botocore for the regions of a service in each account anew: 80 times a test."""
    session: Any = AccountSpecificBackend.get_session()
    session.get_available_regions = functools.cache(session.get_available_regions)


@pytest.fixture
def account() -> Account:
    """A fresh account with nothing in it but AWS's defaults and the operator."""
    clock = Clock()
    return Account(Emulator(OPERATOR, Context(clock=clock)), clock)


@pytest.fixture
def client(account: Account) -> ClientFor:
    """Makes a boto3 client for a service of the account."""
    return account.client


@pytest.fixture
def network(account: Account) -> Network:
    """A network in the account."""
    return account.network()


@pytest.fixture
def url(account: Account) -> Iterator[str]:
    """The account behind a real socket."""
    listening = server(account.emulator)
    thread = threading.Thread(target=listening.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listening.server_port}"
    listening.shutdown()
    thread.join(timeout=10)
    listening.server_close()
