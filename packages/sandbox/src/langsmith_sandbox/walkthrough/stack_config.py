"""The sandbox's stack file: the five keys every stack needs, and the redirects that make a world out of loopback."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from langsmith_sandbox.data_plane.chart_repository import GATEWAY_API
from langsmith_sandbox.supervisor.langsmith_world import CHARTS, CONTROL_PLANE, INGRESS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from langsmith_sandbox.credentials import Credentials
    from langsmith_sandbox.world import World

PROJECT = "langsmith-hybrid"
API_KEY = "langsmithApiKey"
# Where this machine has no PostgreSQL to stand behind an instance: nothing could make agents' databases in it.
WITHOUT_POSTGRES = {"postgresEnabled": "false"}
_NAME = "langsmith-sandbox"


def plain_values(world: World, credentials: Credentials) -> dict[str, str]:
    """Every key of the stack but the API key, without the project's name in front."""
    return {
        "environment": "sandbox",
        "eksClusterName": _NAME,
        "s3BucketPrefix": _NAME,
        "langsmithWorkspaceId": credentials.workspace_id,
        "langsmithHostUrl": world.url(CONTROL_PLANE),
        "langsmithEndpoint": world.url(CONTROL_PLANE),
        "kedaChartRepository": f"{world.url(CHARTS)}/kedacore",
        "autoscalerChartRepository": f"{world.url(CHARTS)}/autoscaler",
        "loadBalancerControllerChartRepository": f"{world.url(CHARTS)}/eks",
        "gatewayApiManifest": f"{world.url(CHARTS)}/{GATEWAY_API}",
        "dataplaneChartRepository": f"{world.url(CHARTS)}/langchain",
        "agentsHostname": f"localhost:{world.ports[INGRESS]}",
        "agentsTls": "false",
    }


def out_of_date(stack_file: Mapping[str, Any], wanted: Mapping[str, str], project: str = PROJECT) -> dict[str, str]:
    """Those of the wanted values that a parsed stack file of a project does not have."""
    present = stack_file.get("config") or {}
    return {key: value for key, value in wanted.items() if _spelled(present.get(f"{project}:{key}")) != value}


def key_fingerprint(stack_file: Mapping[str, Any], credentials: Credentials) -> str | None:
    """Changes when either the key or its encrypted form in the stack file does; None when the file holds none.

    Comparing fingerprints says whether the key has to be set again, without decrypting anything.
    """
    entry = (stack_file.get("config") or {}).get(f"{PROJECT}:{API_KEY}")
    if not isinstance(entry, dict) or "secure" not in entry:
        return None
    return hashlib.sha256(f"{entry['secure']}\n{credentials.api_key_sha256}".encode()).hexdigest()


def _spelled(value: object) -> str:
    """A YAML value as the engine spells it on the command line."""
    return str(value).lower() if isinstance(value, bool) else str(value)
