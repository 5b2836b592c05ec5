"""Gateway API: the definitions of Gateways and routes, which no EKS cluster and no chart we install brings."""

from __future__ import annotations

import dataclasses
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes
import yaml

from langsmith_hybrid.component import Component
from langsmith_hybrid.errors import ConfigError, Problem

# Seconds for one release file of GitHub's; it is one megabyte.
_TIMEOUT = 30
_TRIES = 3
# What every object of a release has.
_PARTS = {"apiVersion", "kind", "metadata", "spec"}

Manifest = dict[str, Any]


@dataclasses.dataclass(frozen=True)
class GatewayApiArgs:
    """What the API is made from.

    Attributes:
        manifests: The objects of a release's ``standard-install.yaml``, as :func:`manifests_of` reads them.
    """

    manifests: Sequence[Manifest]


class GatewayApi(Component):
    """One resource for each object of the release, so that another release changes them in place.

    Attributes:
        definitions: What must exist before a controller of Gateways starts: it looks for them only then.
    """

    definitions: list[pulumi.Resource]

    def __init__(self, name: str, args: GatewayApiArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self.definitions = [
            kubernetes.apiextensions.CustomResource(
                f"{name}-{manifest['kind']}-{manifest['metadata']['name']}".lower(),
                api_version=manifest["apiVersion"],
                kind=manifest["kind"],
                metadata=manifest["metadata"],
                spec=manifest["spec"],
                opts=self.child(),
            )
            for manifest in args.manifests
        ]
        self.register_outputs({})


def read(url: str) -> bytes:
    """The file behind a URL."""
    with urllib.request.urlopen(url, timeout=_TIMEOUT) as answer:  # noqa: S310 - the rules of the key allow https only
        return answer.read()


def manifests_of(url: str, *, fetch: Callable[[str], bytes] = read) -> list[Manifest]:
    """The objects of the release file behind ``url``.

    Raises:
        ConfigError: It cannot be had, or holds no Kubernetes objects.
    """
    try:
        manifests = list(yaml.load_all(_fetched(url, fetch), Loader=_loader()))
    except yaml.YAMLError:
        manifests = []
    if not manifests or not all(isinstance(each, dict) and each.keys() >= _PARTS for each in manifests):
        what = f"{url} holds no Kubernetes objects."
        raise ConfigError([Problem("gatewayApiManifest", what, "Name the standard-install.yaml of a release.")])
    return manifests


def _fetched(url: str, fetch: Callable[[str], bytes]) -> bytes:
    for tries_left in reversed(range(_TRIES)):
        try:
            return fetch(url)
        except (urllib.error.URLError, OSError) as problem:
            if not tries_left:
                what = f"{url} cannot be read ({problem})."
                remedy = "Open the way to it, or name a copy you host."
                raise ConfigError([Problem("gatewayApiManifest", what, remedy)]) from problem
    raise AssertionError


def _loader() -> type[yaml.SafeLoader]:
    """The loader in C, where there is one: the other takes ten seconds for a megabyte."""
    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)
