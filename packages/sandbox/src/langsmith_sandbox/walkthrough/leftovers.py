"""What is left in a world: AWS resources, listeners, deployments, clusters."""

from __future__ import annotations

import dataclasses
import json
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any

from langsmith_sandbox.supervisor.langsmith_world import AWS, CONTROL_PLANE
from langsmith_sandbox.walkthrough.errors import UnreachableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from langsmith_sandbox.credentials import Credentials
    from langsmith_sandbox.paths import WorldPaths
    from langsmith_sandbox.world import World

_TIMEOUT = 30.0  # seconds
_PAGE = 100  # the most the control plane gives at once
_PAGES = 100  # bound on what is read of one list


@dataclasses.dataclass(frozen=True)
class Inventory:
    """Asks a running world what it holds."""

    paths: WorldPaths
    world: World
    credentials: Credentials

    def deployments(self) -> list[str]:
        """Names of the workspace's deployments.

        Raises:
            UnreachableError: The control plane does not answer.
        """
        return [deployment["name"] for deployment in self._resources("/v2/deployments")]

    def everything(self) -> list[str]:
        """One line for each thing that is there beyond an account's defaults.

        Raises:
            UnreachableError: A part does not answer.
        """
        aws = self._get(f"{self.world.url(AWS)}/_sandbox/leftovers", {})["resources"]
        return [
            *(f"AWS {item['type']} {item['id']}" for item in aws),
            *(f"listener {item['compute_id']} ({item['id']})" for item in self._resources("/v2/listeners")),
            *(f"deployment {name}" for name in self.deployments()),
            *(f"Kubernetes cluster {folder.parent.name}" for folder in self.paths.clusters.glob("*/cluster.json")),
        ]

    def _resources(self, path: str) -> Iterator[dict[str, Any]]:
        headers = {"X-Api-Key": self.credentials.api_key, "X-Tenant-Id": self.credentials.workspace_id}
        for page in range(_PAGES):
            url = f"{self.world.url(CONTROL_PLANE)}{path}?limit={_PAGE}&offset={page * _PAGE}"
            found = self._get(url, headers)["resources"]
            yield from found
            if len(found) < _PAGE:
                return

    def _get(self, url: str, headers: dict[str, str]) -> Any:
        try:
            request = urllib.request.Request(url, headers=headers)  # noqa: S310 - a part of this world
            with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer:  # noqa: S310
                return json.load(answer)
        except urllib.error.HTTPError as refusal:
            with refusal:
                raise UnreachableError(url, f"status {refusal.code}.") from None
        except (OSError, ValueError) as problem:
            raise UnreachableError(url, f"{type(problem).__name__}.") from None
