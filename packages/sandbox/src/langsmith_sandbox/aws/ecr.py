"""ECR: moto's repositories, whose URIs name the sandbox's registry where there is one."""

from __future__ import annotations

import datetime as dt
from typing import Any

from moto.core.responses import ActionResult
from moto.ecr.responses import ECRResponse

from langsmith_sandbox.aws.context import current

_TOKEN_LIFE = dt.timedelta(hours=12)


class EcrResponse(ECRResponse):
    """Handles one ECR request."""

    def create_repository(self) -> ActionResult:
        answer = super().create_repository()
        registry = current().registry
        if registry:
            made: Any = answer.result
            repository = self.ecr_backend.repositories[made["repository"].name]
            repository.uri = f"{registry}/{repository.name}"
        return answer

    def get_authorization_token(self) -> Any:
        answer = super().get_authorization_token()
        registry = current().registry
        found: Any = answer.result
        for token in found["authorizationData"]:
            token["expiresAt"] = current().clock.utc() + _TOKEN_LIFE
            if registry:
                token["proxyEndpoint"] = f"http://{registry}"
        return answer
