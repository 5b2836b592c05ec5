"""IAM: moto's, with policies that cannot be deleted while attached, and AWS's own policies loaded once."""

from __future__ import annotations

import functools
import json
from typing import Any

from moto.core.responses import ActionResult
from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.models import AWSManagedPolicy, IAMBackend
from moto.iam.responses import IamResponse as MotoIamResponse

from langsmith_sandbox.aws.errors import AwsError

_PARTITION = "aws"


class IamResponse(MotoIamResponse):
    """Handles one IAM request."""

    def delete_policy(self) -> ActionResult:
        arn = self._get_param("PolicyArn")
        policy = self.backend.managed_policies.get(arn)
        if policy is not None and policy.attachment_count > 0:
            raise AwsError("DeleteConflict", "Cannot delete a policy attached to entities.")
        return super().delete_policy()


def adjust_models() -> None:
    """Loads the policies of AWS in its main partition only, and parses them once.

    Moto makes a backend for every partition whenever it looks up a key, and would parse 10 MB for each.
    """
    IAMBackend._init_aws_policies = _aws_policies  # noqa: SLF001  # type: ignore[assignment] - no other way in


def _aws_policies(self: IAMBackend) -> list[Any]:
    if self.region_name != _PARTITION:
        return []
    made = []
    for name, document, data in _published():
        policy = AWSManagedPolicy.from_data(name, self.account_id, self.region_name, data)
        policy.versions[0].document = document
        made.append(policy)
    return made


@functools.cache
def _published() -> tuple[tuple[str, str, dict[str, Any]], ...]:
    """Name, document and dates of each policy AWS publishes; the document as text, made once."""
    found: dict[str, dict[str, Any]] = json.loads(aws_managed_policies_data)
    return tuple((name, json.dumps(data.pop("Document")), data) for name, data in found.items())
