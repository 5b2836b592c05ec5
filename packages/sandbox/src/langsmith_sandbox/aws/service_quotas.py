"""Service Quotas: how much of a thing an account may have, for the quotas a stack of ours runs into.

Nothing here is refused for being too much: the numbers are what AWS gives an account that never asked for more
(https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html), as far as nobody changed them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from moto.core.responses import ActionResult, BaseResponse

from langsmith_sandbox.aws.context import current
from langsmith_sandbox.aws.errors import AwsError


@dataclasses.dataclass(frozen=True)
class Quota:
    """A quota, with the value every account begins with."""

    service: str
    code: str
    service_name: str
    name: str
    value: float


_KNOWN = (
    Quota("ec2", "L-0263D0A3", "Amazon Elastic Compute Cloud (Amazon EC2)", "EC2-VPC Elastic IPs", 5),
    Quota("eks", "L-1194D53C", "Amazon Elastic Kubernetes Service (Amazon EKS)", "Clusters", 100),
    Quota("rds", "L-7B6409FD", "Amazon Relational Database Service (Amazon RDS)", "DB instances", 40),
    Quota(
        "vpc",
        "L-FE5A380F",
        "Amazon Virtual Private Cloud (Amazon VPC)",
        "NAT gateways per Availability Zone",
        5,
    ),
    Quota("vpc", "L-F678F1CE", "Amazon Virtual Private Cloud (Amazon VPC)", "VPCs per Region", 5),
)
QUOTAS: Mapping[tuple[str, str], Quota] = {(quota.service, quota.code): quota for quota in _KNOWN}


def set_value(path: str, body: bytes) -> bool:
    """Give the account another value of the quota ``SERVICE/CODE``; False where there is none, or no number in it."""
    service, _, code = path.partition("/")
    try:
        value = float(body)
    except ValueError:
        return False
    if (service, code) not in QUOTAS:
        return False
    current().quotas[service, code] = value
    return True


class ServiceQuotasResponse(BaseResponse):
    """Handles one request. Replaces moto's, which knows the quotas of one service."""

    def __init__(self) -> None:
        super().__init__(service_name="service-quotas")
        self.automated_parameter_parsing = True

    def get_service_quota(self) -> ActionResult:
        quota = self._quota()
        return self._described(quota, current().quotas.get((quota.service, quota.code), quota.value))

    def get_aws_default_service_quota(self) -> ActionResult:
        quota = self._quota()
        return self._described(quota, quota.value)

    def list_aws_default_service_quotas(self) -> ActionResult:
        raise NotImplementedError("ListAWSDefaultServiceQuotas: ask for a quota by its code")

    def _quota(self) -> Quota:
        service, code = self._get_param("ServiceCode"), self._get_param("QuotaCode")
        if not any(service == quota.service for quota in _KNOWN):
            raise NotImplementedError(f"The quotas of {service}")
        found = QUOTAS.get((service, code))
        if found is None:
            raise AwsError(
                "NoSuchResourceException", "The request failed because the specified resource does not exist."
            )
        return found

    def _described(self, quota: Quota, value: float) -> ActionResult:
        described: dict[str, Any] = {
            "ServiceCode": quota.service,
            "ServiceName": quota.service_name,
            "QuotaArn": f"arn:aws:servicequotas:{self.region}:{self.current_account}:{quota.service}/{quota.code}",
            "QuotaCode": quota.code,
            "QuotaName": quota.name,
            "Value": float(value),
            "Unit": "None",
            "Adjustable": True,
            "GlobalQuota": False,
            "QuotaAppliedAtLevel": "ACCOUNT",
        }
        return ActionResult({"Quota": described})
