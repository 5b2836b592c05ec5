"""Route 53: moto's, with zone ids like AWS's, and records that are not made twice."""

from __future__ import annotations

from typing import Any

import moto.route53.models as moto_route53
from moto.core.responses import ActionResult
from moto.moto_api._internal import mock_random
from moto.route53.responses import Route53

from langsmith_sandbox.aws.errors import AwsError

_ID_LENGTH = 20


class Route53Response(Route53):
    """Handles one request."""

    def change_resource_record_sets(self) -> ActionResult:
        zone = self.backend.get_hosted_zone(self._get_param("HostedZoneId"))
        present = {(record.name.rstrip("."), record.type, record.set_identifier) for record in zone.rrsets}
        for change in self._get_param("ChangeBatch.Changes"):
            wanted = change["ResourceRecordSet"]
            key = (wanted["Name"].rstrip("."), wanted["Type"], wanted.get("SetIdentifier"))
            if change["Action"] == "CREATE" and key in present:
                raise AwsError(
                    "InvalidChangeBatch",
                    f"[Tried to create resource record set [name='{key[0]}.', type='{key[1]}'] but it already exists]",
                )
        return super().change_resource_record_sets()


def adjust_models() -> None:
    """Gives zones ids that begin with Z, as tools expect of them."""

    def zone_id(**_: Any) -> str:
        return f"Z{mock_random.get_random_string(_ID_LENGTH).upper()}"

    moto_route53.__dict__["create_route53_zone_id"] = zone_id
