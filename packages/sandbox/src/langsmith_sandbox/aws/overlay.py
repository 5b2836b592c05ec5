"""Puts our handlers in the place of moto's."""

from __future__ import annotations

import importlib

from moto.core.responses import BaseResponse

from langsmith_sandbox.aws import acm, elbv2, iam, kms, lookups, route53, s3, sts
from langsmith_sandbox.aws.acm import AcmResponse
from langsmith_sandbox.aws.autoscaling import AutoScalingResponse
from langsmith_sandbox.aws.context import current
from langsmith_sandbox.aws.ec2 import response as ec2_response
from langsmith_sandbox.aws.ec2.response import Ec2Response
from langsmith_sandbox.aws.ecr import EcrResponse
from langsmith_sandbox.aws.eks import lifecycle as eks_lifecycle
from langsmith_sandbox.aws.eks.response import EksResponse
from langsmith_sandbox.aws.elasticache.response import ElastiCacheResponse
from langsmith_sandbox.aws.elbv2 import Elbv2Response
from langsmith_sandbox.aws.iam import IamResponse
from langsmith_sandbox.aws.logs import LogsResponse
from langsmith_sandbox.aws.rds import instances as rds_instances
from langsmith_sandbox.aws.rds.response import RdsResponse
from langsmith_sandbox.aws.route53 import Route53Response
from langsmith_sandbox.aws.service_quotas import ServiceQuotasResponse
from langsmith_sandbox.aws.sts import StsResponse
from langsmith_sandbox.aws.tagging import TaggingResponse
from langsmith_sandbox.aws.wafv2.response import Wafv2Response

# Both generations of load balancers are signed for alike, and moto takes them for the first. Others it calls otherwise.
_ROUTED_AS = {"elbv2": "elb", "service-quotas": "servicequotas"}
# S3 answers by its own dispatch, not by one method an operation.
_DISPATCHED_BY_THEMSELVES = frozenset({"s3"})
_RESPONSES = {
    "kms": "KmsResponse",
    "secretsmanager": "SecretsManagerResponse",
    "ssm": "SimpleSystemManagerResponse",
}
_OURS: dict[str, type[BaseResponse]] = {
    "acm": AcmResponse,
    "autoscaling": AutoScalingResponse,
    "ec2": Ec2Response,
    "ecr": EcrResponse,
    "eks": EksResponse,
    "elasticache": ElastiCacheResponse,
    "elbv2": Elbv2Response,
    "iam": IamResponse,
    "logs": LogsResponse,
    "rds": RdsResponse,
    "route53": Route53Response,
    "resourcegroupstaggingapi": TaggingResponse,
    "service-quotas": ServiceQuotasResponse,
    "sts": StsResponse,
    "wafv2": Wafv2Response,
}


def install() -> dict[str, type[BaseResponse]]:
    """Routes every service to its handler; returns the handlers by service, to look up what they offer.

    A path only leads to the handler; the operation is matched against the API's model. So one greedy path a service
    is enough. Must run before the first request: moto reads the paths then.
    """
    handlers: dict[str, type[BaseResponse]] = {}
    for service, name in _RESPONSES.items():
        handlers[service] = getattr(importlib.import_module(f"moto.{service}.responses"), name)
    handlers.update(_OURS)
    for service, handler in _OURS.items():
        urls = importlib.import_module(f"moto.{_ROUTED_AS.get(service, service)}.urls")
        vars(urls)["url_paths"] = {"{0}/$": handler.dispatch, "{0}/(?P<rest>.+)$": handler.dispatch}
    importlib.import_module("moto.s3.responses")
    for module in (acm, ec2_response, elbv2, iam, kms, rds_instances, route53, s3, sts):
        module.adjust_models()
    lookups.remember()
    return handlers


def settle_all() -> None:
    """Lets every timed state whose time has come take effect."""
    current().clock.run_due()
    eks_lifecycle.settle_all()


def resume_all() -> None:
    """Puts what the journal brought back to work again."""
    eks_lifecycle.resume_all()
