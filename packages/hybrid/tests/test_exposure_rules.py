"""Exposures that would stand up and then answer nobody, or too many, are refused by the key that is wrong."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from langsmith_hybrid.config import LangSmithConfig
from langsmith_hybrid.errors import ConfigError

NAME = {"agentsHostname": "agents.example.com"}
CERTIFICATE = {"certificateArn": "arn:aws:acm:eu-west-1:111122223333:certificate/01234567-89ab-4cde-8f01-23456789abcd"}
ZONE = {"hostedZoneId": "Z0123456789ABCDEFGHIJ"}
PUBLIC = {"exposure": "public"}
PLAIN = {"agentsTls": "false"}
VPC = {
    "vpcId": "vpc-0123456789abcdef0",
    "privateSubnetIds": '["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]',
}
ONE_PUBLIC = {"publicSubnetIds": '["subnet-0123456789abcdef2"]'}


@pytest.mark.parametrize(
    ("keys", "wrong", "reason"),
    [
        (CERTIFICATE, "certificateArn", "about a name that is not given"),
        (ZONE, "hostedZoneId", "about a name that is not given"),
        (NAME, "agentsTls", "needs a certificate"),
        ({**NAME, **CERTIFICATE, **PLAIN}, "certificateArn", "not used while agentsTls is false"),
        ({"agentsHostname": "agents.example.com:8443", **CERTIFICATE}, "agentsHostname", "has a port"),
        ({"agentsHostname": "agents.example.com:8080", **ZONE, **PLAIN}, "agentsHostname", "has a port"),
        (
            {**NAME, "certificateArn": CERTIFICATE["certificateArn"].replace("eu-west-1", "us-east-1")},
            "certificateArn",
            "the certificate is in us-east-1, and the load balancer in eu-west-1",
        ),
        (PUBLIC, "exposure", "public agents have no name"),
        ({**PUBLIC, **NAME, **PLAIN}, "agentsTls", "is false for public agents"),
        ({**PUBLIC, **NAME, **ZONE, **VPC}, "publicSubnetIds", "0 public subnets"),
        ({**PUBLIC, **NAME, **ZONE, **VPC, **ONE_PUBLIC}, "publicSubnetIds", "1 public subnets"),
        (
            {"agentsRouting": "ingress", "agentNamespaces": '["one", "two"]'},
            "agentNamespaces",
            "an Ingress routes only to Services of its own",
        ),
    ],
)
def test_a_contradiction_is_one_problem_with_its_key(
    stack_config: Callable[..., None], keys: dict[str, str], wrong: str, reason: str
) -> None:
    stack_config(keys)
    with pytest.raises(ConfigError) as caught:
        LangSmithConfig.load()
    (problem,) = caught.value.problems
    assert problem.key == wrong
    assert reason in str(problem)


@pytest.mark.parametrize(
    ("keys", "base_url"),
    [
        ({}, None),
        ({**NAME, **PLAIN}, "http://agents.example.com"),
        ({"agentsHostname": "localhost:34567", **PLAIN}, "http://localhost:34567"),
        ({**NAME, **ZONE}, "https://agents.example.com"),
        ({**PUBLIC, **NAME, **CERTIFICATE, **ZONE}, "https://agents.example.com"),
    ],
)
def test_whatever_answers_is_taken_and_says_where(
    stack_config: Callable[..., None], keys: dict[str, str], base_url: str | None
) -> None:
    stack_config(keys)
    assert LangSmithConfig.load().agents_base_url == base_url
