"""How each Go tool is built: values only, so that what decides a cache key can be seen and tested."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PULUMI_VERSION = "3.259.0"  # newest pkg/v3 that the Go module proxy serves; the Python SDK is pinned to the same
KUBERNETES_VERSION = "1.35.0"
REGISTRY_VERSION = "3.1.0"
HELM_VERSION = "3.19.4"
BUILDKIT_VERSION = "0.34.2"

_STATIC: Mapping[str, str] = {"CGO_ENABLED": "0"}
_INPUTS = ("go.mod", "go.sum", "main.go")


@dataclasses.dataclass(frozen=True)
class GoRecipe:
    """One ``go build`` in one module folder.

    Attributes:
        name: Folder under ``toolchain/``, and what people call the tool.
        version: Release that go.mod pins.
        flags: Arguments of ``go build`` before the package.
        package: What to build: ``tool`` for the module's tool line, ``.`` for its own main package.
        output: File name of the binary, or "" to let Go name it after the tool.
        env: Variables that decide the result.
        links: Names under which the binary is also called.
    """

    name: str
    version: str
    flags: tuple[str, ...]
    package: str = "tool"
    output: str = ""
    env: Mapping[str, str] = dataclasses.field(default_factory=dict)
    links: tuple[str, ...] = ()

    def argv(self, go: Path, into: Path) -> tuple[str, ...]:
        """The build command; ``into`` is the folder that gets the binary."""
        return (str(go), "build", "-buildvcs=false", *self.flags, "-o", f"{into}/{self.output}", self.package)

    def slot(self, module: Path, go_version: str) -> str:
        """Name of the finished build: it changes with everything that could change the binary."""
        digest = hashlib.sha256()
        for name in _INPUTS:
            source = module / name
            digest.update(source.read_bytes() if source.is_file() else b"")
            digest.update(b"\0")
        shape = [self.flags, self.package, self.output, dict(self.env), self.links, go_version]
        digest.update(json.dumps(shape, sort_keys=True).encode())
        return f"{self.name}-{self.version}-{digest.hexdigest()[:12]}"


def _stamp(field: str, value: str) -> str:
    return f"-X k8s.io/component-base/version.{field}={value}"


PULUMI = GoRecipe(
    name="pulumi",
    version=PULUMI_VERSION,
    flags=(
        "-trimpath",
        "-tags",
        "osusergo,grpcnotrace",
        "-ldflags",
        f"-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v{PULUMI_VERSION}",
    ),
    env=_STATIC,
)

KUBERNETES = GoRecipe(
    name="kubernetes",
    version=KUBERNETES_VERSION,
    flags=(
        "-trimpath",
        "-tags",
        "osusergo",
        "-ldflags",
        # Without its version the API server refuses to emulate one.
        f"-s -w {_stamp('gitVersion', 'v' + KUBERNETES_VERSION)} {_stamp('gitMajor', '1')} {_stamp('gitMinor', '35')}",
    ),
    package=".",
    output="kubernetes",
    env=_STATIC,
    links=("etcd", "kube-apiserver", "kube-controller-manager"),
)

REGISTRY = GoRecipe(name="registry", version=REGISTRY_VERSION, flags=("-trimpath",), env=_STATIC)

HELM = GoRecipe(name="helm", version=HELM_VERSION, flags=("-trimpath",))

BUILDKIT = GoRecipe(
    name="buildkit",
    version=BUILDKIT_VERSION,
    # Three tools from one module, so that what they share is compiled once. Containers are runc's, not containerd's.
    # Unoptimised, which takes 40 % less time to build: they build one image in a test.
    flags=("-trimpath", "-tags", "no_containerd_worker,osusergo,netgo", "-gcflags=all=-N -l", "-ldflags", "-s -w"),
    env={"CGO_ENABLED": "1"},  # runc enters namespaces in C, before Go starts its threads
)
