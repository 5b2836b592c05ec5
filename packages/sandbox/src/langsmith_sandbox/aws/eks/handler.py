"""What the groups of EKS operations share: the backend, ids and ARNs, the clock, pages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote

from moto.core.responses import BaseResponse
from moto.eks.models import EKSBackend, eks_backends
from moto.iam.exceptions import NotFoundException
from moto.iam.models import iam_backends
from moto.moto_api._internal import mock_random

from langsmith_sandbox.aws.context import Context, current
from langsmith_sandbox.aws.eks.state import Cluster, cluster_named

_PAGE = 100


class EksHandler(BaseResponse):
    """Base of the operation groups. Parameters are read by their model names."""

    def __init__(self) -> None:
        super().__init__(service_name="eks")
        self.automated_parameter_parsing = True

    @property
    def backend(self) -> EKSBackend:
        return eks_backends[self.current_account][self.region]

    @property
    def context(self) -> Context:
        return current()

    def now(self) -> float:
        return self.context.clock.now()

    def param(self, name: str, default: Any = None) -> Any:
        """A parameter by its model name; path parameters come percent-decoded."""
        value = self._get_param(name)
        if value is None:
            return default
        return unquote(value) if name in {"principalArn", "policyArn", "resourceArn"} else value

    def cluster(self, member: str = "clusterName") -> Cluster:
        """The cluster the request names, or ResourceNotFoundException."""
        return cluster_named(self.backend, self.param(member))

    def arn(self, kind: str, *path: str) -> str:
        return f"arn:aws:eks:{self.region}:{self.current_account}:{kind}/{'/'.join(path)}"

    def role_exists(self, arn: str) -> bool:
        """Whether the IAM role or user behind an ARN exists in this account."""
        iam = iam_backends[self.current_account]["aws"]
        if ":user/" in arn:
            return any(user.arn == arn for user in iam.users.values())
        try:
            iam.get_role_by_arn(arn)
        except NotFoundException:
            return False
        return True

    def page(self, names: Iterable[str], member: str) -> dict[str, Any]:
        """One page of a list: ``{member: [...], "nextToken": ...}``."""
        ordered = sorted(names)
        token = self.param("nextToken")
        start = ordered.index(token) if token in ordered else 0
        end = start + int(self.param("maxResults", _PAGE))
        return {member: ordered[start:end], "nextToken": ordered[end] if end < len(ordered) else None}


def new_uuid() -> str:
    return str(mock_random.uuid4())


def new_hex(length: int) -> str:
    return str(mock_random.get_random_hex(length))
