"""STS: only roles that exist can be assumed, and sessions come back the same after a replay."""

from __future__ import annotations

import moto.sts.models as moto_sts
from moto.core.responses import ActionResult
from moto.iam.exceptions import NotFoundException
from moto.iam.models import iam_backends
from moto.moto_api._internal import mock_random
from moto.sts.responses import TokenResponse

from langsmith_sandbox.aws.errors import AwsError


class StsResponse(TokenResponse):
    """Handles one STS request."""

    def assume_role(self) -> ActionResult:
        role = self._get_param("RoleArn")
        account = role.split(":")[4] if role.count(":") >= 5 else ""
        try:
            iam_backends[account]["aws"].get_role_by_arn(role)
        except NotFoundException as problem:
            _, caller, _ = self.backend.get_caller_identity(self.get_access_key(), self.region)
            raise AwsError(
                "AccessDenied", f"User: {caller} is not authorized to perform: sts:AssumeRole on resource: {role}"
            ) from problem
        return super().assume_role()

    def get_session_token(self) -> ActionResult:
        raise NotImplementedError("GetSessionToken: use AssumeRole")

    def get_federation_token(self) -> ActionResult:
        raise NotImplementedError("GetFederationToken: use AssumeRole")


def adjust_models() -> None:
    """Derives session tokens from the seed of their request; moto's come from the system."""
    moto_sts.__dict__["random_session_token"] = lambda: "IQoJb3JpZ2luX2Vj" + mock_random.get_random_string(320)
