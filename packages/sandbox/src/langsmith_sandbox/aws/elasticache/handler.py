"""What the groups of ElastiCache operations share."""

from __future__ import annotations

from typing import Any

from moto.core.responses import BaseResponse
from moto.ec2.models import ec2_backends
from moto.elasticache.models import elasticache_backends

from langsmith_sandbox.aws.context import Context, current
from langsmith_sandbox.aws.elasticache.state import CacheState, state_of


class CacheHandler(BaseResponse):
    """Base of the operation groups. Parameters are read by their model names."""

    def __init__(self) -> None:
        super().__init__(service_name="elasticache")
        self.automated_parameter_parsing = True

    @property
    def state(self) -> CacheState:
        return state_of(elasticache_backends[self.current_account][self.region])

    @property
    def context(self) -> Context:
        return current()

    @property
    def ec2(self) -> Any:
        return ec2_backends[self.current_account][self.region]

    def param(self, name: str, default: Any = None) -> Any:
        value = self._get_param(name)
        return default if value is None else value

    def arn(self, kind: str, name: str) -> str:
        return f"arn:aws:elasticache:{self.region}:{self.current_account}:{kind}:{name}"

    def keep_tags(self, arn: str) -> None:
        """Keeps the tags a resource is created with."""
        self.state.tags[arn] = {tag["Key"]: tag.get("Value", "") for tag in self.param("Tags", [])}
