"""IAM: moto's, with policies that cannot be deleted while attached, and AWS's own policies loaded once."""

from __future__ import annotations

import datetime as dt
import functools
import json
from typing import Any

from moto.core.responses import ActionResult
from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.models import AWSManagedPolicy, IAMBackend, iam_backends
from moto.iam.responses import IamResponse as MotoIamResponse

from langsmith_sandbox.aws.errors import AwsError

_PARTITION = "aws"
_STARTER_ID = "AROASANDBOXAUTOSCALE0"


class IamResponse(MotoIamResponse):
    """Handles one IAM request."""

    def delete_policy(self) -> ActionResult:
        arn = self._get_param("PolicyArn")
        policy = self.backend.managed_policies.get(arn)
        if policy is not None and policy.attachment_count > 0:
            raise AwsError("DeleteConflict", "Cannot delete a policy attached to entities.")
        return super().delete_policy()


def seed_service_roles(account: str) -> None:
    """The roles services have made for themselves in every account somebody has used before."""
    backend = iam_backends[account][_PARTITION]
    if _STARTER_ID in backend.roles:
        return
    role = backend.create_service_linked_role("autoscaling.amazonaws.com", "Starts and ends instances of groups", "")
    # The same in every life of the account, since no entry of the journal makes it.
    backend.roles[_STARTER_ID] = backend.roles.pop(role.id)
    role.id, role.create_date = _STARTER_ID, dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def adjust_models() -> None:
    """Loads the policies of AWS in its main partition only, and parses them once.

    Moto makes a backend for every partition whenever it looks up a key, and would parse 10 MB for each.
    """
    IAMBackend._init_aws_policies = _aws_policies  # noqa: SLF001  # type: ignore[assignment] - no other way in


def _aws_policies(self: IAMBackend) -> list[Any]:
    """The policies AWS publishes; each account its own copies, since they count their attachments."""
    if self.region_name != _PARTITION:
        return []
    return [_copied(policy) for policy in _published(self.account_id)]


def _copied(policy: AWSManagedPolicy) -> AWSManagedPolicy:
    """What `copy.copy` gives, in a third of the time: there are 1,500 of them."""
    copied = object.__new__(AWSManagedPolicy)
    vars(copied).update(vars(policy))
    return copied


@functools.cache
def _published(account: str) -> tuple[AWSManagedPolicy, ...]:
    found: dict[str, dict[str, Any]] = json.loads(aws_managed_policies_data)
    return tuple(AWSManagedPolicy.from_data(name, account, _PARTITION, data) for name, data in found.items())
