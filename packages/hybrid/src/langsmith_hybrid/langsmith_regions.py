"""LangSmith's regions: where the control plane and the API of each are, and what a data plane must reach."""

from __future__ import annotations

import dataclasses
import urllib.parse
from collections.abc import Mapping
from typing import Literal

LangSmithRegion = Literal["us", "eu", "apac", "aws-us", "self-hosted"]

# Where Pods pull images from that nobody copied into a registry of their own: listener, operator and the agents'
# stores, and KEDA's.
_IMAGE_HOSTS = ("auth.docker.io", "docker.io", "ghcr.io", "registry-1.docker.io")


@dataclasses.dataclass(frozen=True)
class Installation:
    """One LangSmith.

    Attributes:
        control_plane: URL of the control plane, which the listener polls.
        api: URL of the LangSmith API, for authentication and traces.
    """

    control_plane: str
    api: str

    @property
    def egress(self) -> list[str]:
        """Hosts the cluster must reach over HTTPS, sorted; AWS's own and model vendors' aside. Nothing dials in."""
        hosts = {urllib.parse.urlsplit(url).hostname or "" for url in (self.control_plane, self.api)}
        return sorted({*hosts, *_IMAGE_HOSTS})


def _saas(prefix: str = "") -> Installation:
    return Installation(f"https://{prefix}api.host.langchain.com", f"https://{prefix}api.smith.langchain.com")


REGIONS: Mapping[str, Installation] = {
    "us": _saas(),
    "eu": _saas("eu."),
    "apac": _saas("apac."),
    "aws-us": _saas("aws."),
}


def is_langsmiths(url: str) -> bool:
    """Whether a URL leads to LangSmith's own cloud."""
    host = urllib.parse.urlsplit(url).hostname or ""
    return host == "langchain.com" or host.endswith(".langchain.com")
