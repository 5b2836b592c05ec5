"""Which control plane to talk to: LangSmith's regions, self-hosted LangSmith, and URLs that only look right."""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

from langsmith_control_plane.errors import EndpointError

HOST_URL_VARIABLE = "LANGGRAPH_HOST_URL"
ENDPOINT_VARIABLE = "LANGSMITH_ENDPOINT"

# Azure's dashboard is public, its control plane's address is not: it takes a host URL until it is.
REGIONS = ("us", "eu", "apac", "aws")
_US = "us"
_SELF_HOSTED_PATH = "/api-host"
_LANGCHAIN_DOMAIN = "langchain.com"

_CONTROL_PLANE_HOST = re.compile(r"(?:(?P<region>[a-z0-9-]+)\.)?api\.host\.langchain\.com")
_API_HOST = re.compile(r"(?:(?P<region>[a-z0-9-]+)\.)?api\.smith\.langchain\.com")
_DASHBOARD_HOST = re.compile(r"(?:(?P<region>[a-z0-9-]+)\.)?smith\.langchain\.com")


@dataclasses.dataclass(frozen=True)
class Endpoints:
    """Where one LangSmith installation is.

    Attributes:
        control_plane: Base URL of the control plane, without a trailing slash; may have a path such as ``/api-host``.
        dashboard: Base URL of the web pages, without a trailing slash.
    """

    control_plane: str
    dashboard: str

    def deployment_page(self, tenant_id: str, deployment_id: str) -> str:
        """The web page of one deployment."""
        return f"{self.dashboard}/o/{tenant_id}/host/deployments/{deployment_id}"


def resolve(host_url: str | None = None, environ: Mapping[str, str] = os.environ) -> Endpoints:
    """The endpoints to use: ``host_url``, else ``LANGGRAPH_HOST_URL``, else by ``LANGSMITH_ENDPOINT``, else US.

    The order of the official ``langgraph`` CLI, with one difference: that CLI takes any other ``langchain.com`` address
    in ``LANGSMITH_ENDPOINT``, such as a region's dashboard, for the US control plane. Here it is refused.

    Raises:
        EndpointError: The URL is malformed, or is one of LangSmith's but not a control plane's.
    """
    if host_url:
        return from_host_url(host_url, "The control plane's URL")
    if chosen := environ.get(HOST_URL_VARIABLE):
        return from_host_url(chosen, HOST_URL_VARIABLE)
    if endpoint := environ.get(ENDPOINT_VARIABLE):
        return from_api_endpoint(endpoint, ENDPOINT_VARIABLE)
    return of_region(_US)


def of_region(region: str) -> Endpoints:
    """The endpoints of one of LangSmith's own `REGIONS`.

    Raises:
        EndpointError: There is no such region.
    """
    if region not in REGIONS:
        raise EndpointError(f"LangSmith has no region {region!r}.", f"Use one of {', '.join(REGIONS)}.")
    prefix = "" if region == _US else f"{region}."
    return Endpoints(f"https://{prefix}api.host.langchain.com", f"https://{prefix}smith.langchain.com")


def from_host_url(url: str, source: str) -> Endpoints:
    """The endpoints of the control plane at ``url``; ``source`` names the setting in errors.

    Raises:
        EndpointError: The URL is malformed, or is one of LangSmith's but not a control plane's.
    """
    parts = _parse(url, source)
    host = parts.hostname or ""
    base = _rebuild(parts)
    if not _is_langchain(host):
        return Endpoints(base, _self_hosted_dashboard(base))
    if match := _CONTROL_PLANE_HOST.fullmatch(host):
        return Endpoints(base, f"https://{_prefix(match)}smith.langchain.com")
    if match := _API_HOST.fullmatch(host) or _DASHBOARD_HOST.fullmatch(host):
        right = f"https://{_prefix(match)}api.host.langchain.com"
        raise EndpointError(f"{source} is {base}, which is not a control plane.", f"Use {right} instead.")
    raise EndpointError(f"{source} is {base}, which is no control plane LangSmith is known to have.")


def from_api_endpoint(url: str, source: str) -> Endpoints:
    """The endpoints of the installation whose LangSmith API is at ``url``; ``source`` names the setting in errors.

    Raises:
        EndpointError: The URL is malformed, or is one of LangSmith's but not an API's.
    """
    parts = _parse(url, source)
    host = parts.hostname or ""
    base = _rebuild(parts)
    if match := _API_HOST.fullmatch(host):
        prefix = _prefix(match)
        return Endpoints(f"https://{prefix}api.host.langchain.com", f"https://{prefix}smith.langchain.com")
    if _is_langchain(host):
        match = _DASHBOARD_HOST.fullmatch(host) or _CONTROL_PLANE_HOST.fullmatch(host)
        right = f"https://{_prefix(match)}api.smith.langchain.com" if match else "https://api.smith.langchain.com"
        raise EndpointError(
            f"{source} is {base}, which is not a LangSmith API.",
            f"Use {right}, or set {HOST_URL_VARIABLE} to the control plane.",
        )
    root = base.removesuffix("/api/v1").removesuffix("/api")
    return Endpoints(f"{root}{_SELF_HOSTED_PATH}", root)


def _parse(url: str, source: str) -> SplitResult:
    """The parts of a plain address. What is none is not quoted: it may be a key in the wrong variable."""
    remedy = "Write it as https://host, without user, query or fragment."
    try:
        parts = urlsplit(url.strip())
        _ = parts.port  # raises for a port that is no number
    except ValueError:
        raise EndpointError(f"{source} is not a URL.", remedy) from None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise EndpointError(f"{source} is not an http or https address.", remedy)
    if parts.username is not None or parts.password is not None:
        raise EndpointError(f"{source} holds a user or password.", remedy)
    if parts.query or parts.fragment:
        raise EndpointError(f"{source} holds a query or fragment.", remedy)
    if parts.scheme == "http" and _is_langchain(parts.hostname):
        raise EndpointError(f"{source} is {_rebuild(parts)}, which would send the key unencrypted.", "Use https.")
    return parts


def _rebuild(parts: SplitResult) -> str:
    return f"{parts.scheme}://{parts.netloc.lower()}{parts.path.rstrip('/')}"


def _is_langchain(host: str) -> bool:
    return host == _LANGCHAIN_DOMAIN or host.endswith(f".{_LANGCHAIN_DOMAIN}")


def _prefix(match: re.Match[str]) -> str:
    region = match["region"]
    return f"{region}." if region else ""


def _self_hosted_dashboard(base: str) -> str:
    return base.removesuffix(_SELF_HOSTED_PATH)
