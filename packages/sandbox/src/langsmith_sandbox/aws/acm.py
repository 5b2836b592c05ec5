"""ACM: moto's, whose certificates are issued once their record is in Route 53, and stay as long as they are used."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from moto.acm.models import CertBundle
from moto.acm.responses import AWSCertificateManagerResponse
from moto.core.responses import ActionResult
from moto.route53.models import route53_backends

from langsmith_sandbox.aws.context import current
from langsmith_sandbox.aws.elbv2 import users_of
from langsmith_sandbox.aws.errors import AwsError

_PARTITION = "aws"
_PENDING, _ISSUED = "PENDING_VALIDATION", "ISSUED"


class AcmResponse(AWSCertificateManagerResponse):
    """Handles one request."""

    def describe_certificate(self) -> ActionResult:
        answer = super().describe_certificate()
        result: Any = answer.result
        described = result["Certificate"]
        described["InUseBy"] = sorted(self._users(described["CertificateArn"]))
        return answer

    def delete_certificate(self) -> ActionResult:
        arn = self._get_param("CertificateArn")
        if any(self._users(arn)):
            raise AwsError("ResourceInUseException", f"Certificate {arn} in account {self.current_account} is in use.")
        return super().delete_certificate()

    def _users(self, arn: str) -> Iterator[str]:
        return users_of(arn, self.current_account, self.region)


def adjust_models() -> None:
    """Has a certificate wait for the record that proves its name; moto issues each after a minute."""

    def check(self: CertBundle) -> None:
        if self.type != "AMAZON_ISSUED" or self.status != _PENDING or getattr(self, "sandbox_seen", False):
            return
        if all(_is_published(each["ResourceRecord"], self.arn.split(":")[4]) for each in _options(self)):
            self.sandbox_seen = True  # type: ignore[attr-defined]
            current().clock.after(current().delays.certificate, lambda: setattr(self, "status", _ISSUED))

    CertBundle.check = check  # type: ignore[method-assign]


def _options(certificate: CertBundle) -> list[dict[str, Any]]:
    return certificate.describe()["Certificate"]["DomainValidationOptions"]


def _is_published(wanted: dict[str, str], account: str) -> bool:
    """Whether a public zone of the account has the record."""
    return any(
        (record.name.rstrip("."), record.type) == (wanted["Name"].rstrip("."), wanted["Type"])
        and wanted["Value"].rstrip(".") in [value.rstrip(".") for value in record.records]
        for zone in route53_backends[account][_PARTITION].zones.values()
        if not zone.private_zone
        for record in zone.rrsets
    )
