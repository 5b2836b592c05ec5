"""ECR: moto's repositories, whose URIs name the sandbox's registry where there is one."""

from __future__ import annotations

import base64
import datetime as dt
from typing import Any

from moto.core.responses import ActionResult
from moto.ecr.models import ecr_backends
from moto.ecr.responses import ECRResponse

from langsmith_sandbox.aws.context import current
from langsmith_sandbox.aws.credentials import ACCOUNT_ID
from langsmith_sandbox.registry import login


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
            now = current().clock.real()
            password = login.password(current().registry_secret, now)
            token["authorizationToken"] = base64.b64encode(f"{login.USER}:{password}".encode()).decode()
            token["expiresAt"] = dt.datetime.fromtimestamp(now + login.LIFE_SECONDS, dt.UTC)
            if registry:
                token["proxyEndpoint"] = f"http://{registry}"
        return answer


def described(name: str) -> dict[str, Any]:
    """What the registry has to know of the name of a repository: whose registry, and which rules hold for its tags."""
    for backend in list(ecr_backends[ACCOUNT_ID].values()):
        repository = backend.repositories.get(name)
        if repository is not None:
            filters = repository.image_tag_mutability_exclusion_filters or ()
            rules = {
                "imageTagMutability": repository.image_tag_mutability,
                "exclusions": [each["filter"] for each in filters],
            }
            return {"registryId": ACCOUNT_ID, "repository": rules}
    return {"registryId": ACCOUNT_ID, "repository": None}
