"""The images the sandbox's registry has from the start: stand-ins for those of Docker Hub and GHCR.

The base image of agents carries what a builder may ask of the real one: the constraints file, and which distributions
it ships. The programs themselves are this machine's, named by the runtime label.
"""

from __future__ import annotations

import dataclasses
import email.parser
import email.policy
import re
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2

from langsmith_sandbox.cluster.command import SITE_PACKAGES
from langsmith_sandbox.cluster.distribution import NODE_PLATFORM, Distribution
from langsmith_sandbox.cluster.errors import ClusterError
from langsmith_sandbox.cluster.image_builder import ImageSpec, push_image
from langsmith_sandbox.data_plane.operator_version import VERSION_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Iterator

# What the real images exist for. Both run on this machine's Python: what differs is which nodes take them.
BASE_PLATFORMS = (NODE_PLATFORM, ("linux", "arm64"))
AGENT_SERVER_SCRIPT = "api/agent_server.py"
CONSTRAINTS = "api/constraints.txt"
# Images that run a module of this package: repository, tag, module.
PROGRAMS = (
    ("langchain/langsmith-backend", "0.16.36", "langsmith_sandbox.data_plane.listener"),
    # The chart's own, and the one later charts bring.
    ("langchain/langgraph-operator", "0.1.36", "langsmith_sandbox.data_plane.operator"),
    ("langchain/langgraph-operator", "0.1.60", "langsmith_sandbox.data_plane.operator"),
    ("kedacore/keda", "2.19.0", "langsmith_sandbox.data_plane.keda"),
    ("autoscaling/cluster-autoscaler", "v1.35.2", "langsmith_sandbox.autoscaler"),
    ("autoscaling/cluster-autoscaler", "v1.36.1", "langsmith_sandbox.autoscaler"),
    ("library/redis", "7", "langsmith_sandbox.data_plane.redis"),
    ("eks/aws-load-balancer-controller", "v3.5.0", "langsmith_sandbox.load_balancers.controller"),
)


def seed(registry: str, agent_server_python: Path) -> None:
    """Push every image the registry lacks. Doing it again changes nothing.

    Args:
        registry: ``host:port``.
        agent_server_python: Python of the agent server's environment.

    Raises:
        ClusterError: The registry refuses, or there is no agent server.
    """
    distribution = Distribution(registry)
    try:
        for image in images(agent_server_python):
            push_image(image, distribution)
    except httpx2.HTTPError as problem:
        raise ClusterError(
            f"The registry at {registry} does not take the sandbox's own images ({problem}).",
            "See the registry's log under .sandbox/logs.",
        ) from problem


def images(agent_server_python: Path) -> Iterator[ImageSpec]:
    """All images to push."""
    base = agent_base(agent_server_python)
    yield base
    # As `langgraph build --api-version` names the base of one version.
    yield dataclasses.replace(base, tag=f"{_server_version(base)}-py{base.tag}")
    for repository, tag, module in PROGRAMS:
        env = {"PYTHONUNBUFFERED": "1", VERSION_VARIABLE: tag}
        yield ImageSpec(repository, tag, "sandbox", ("python", "-m", module), env, platforms=BASE_PLATFORMS)


def agent_base(agent_server_python: Path) -> ImageSpec:
    """The stand-in of ``langchain/langgraph-api``, the base of every agent image.

    Raises:
        ClusterError: The environment holds no distribution.
    """
    script = Path(__file__).parent.parent / "data_plane" / "agent_server.py"
    shipped = dict(_distributions(agent_server_python))
    if not shipped:
        raise ClusterError(
            f"The agent server's environment of {agent_server_python} is empty.",
            "Remove it from the sandbox's cache folder; it is installed again at the next start.",
        )
    files = {AGENT_SERVER_SCRIPT: script.read_bytes(), CONSTRAINTS: _constraints(shipped)}
    for folder, metadata in shipped.items():
        files[f"{SITE_PACKAGES}/{folder.name}/METADATA"] = metadata
        # A distribution without it would hide its plug-ins: this folder comes before the environment's own.
        if (folder / "entry_points.txt").is_file():
            files[f"{SITE_PACKAGES}/{folder.name}/entry_points.txt"] = (folder / "entry_points.txt").read_bytes()
    return ImageSpec(
        "langchain/langgraph-api",
        "3.11",
        "agent-server",
        ("python", f"/{AGENT_SERVER_SCRIPT}"),
        {"PYTHONUNBUFFERED": "1", "PORT": "8000"},
        files,
        BASE_PLATFORMS,
    )


def _server_version(base: ImageSpec) -> str:
    pins = (line.partition("==") for line in base.files[CONSTRAINTS].decode().splitlines())
    return next(version for name, _, version in pins if name == "langgraph-api")


def _distributions(python: Path) -> Iterator[tuple[Path, bytes]]:
    for folder in sorted(python.parent.parent.glob("lib/python*/site-packages/*.dist-info")):
        if (folder / "METADATA").is_file():
            yield folder, _headers((folder / "METADATA").read_bytes())


def _headers(metadata: bytes) -> bytes:
    """The fields without the description, which is most of the bytes and of no use here."""
    return re.split(rb"\r?\n\r?\n", metadata, maxsplit=1)[0] + b"\n"


def _constraints(shipped: dict[Path, bytes]) -> bytes:
    parser = email.parser.BytesHeaderParser(policy=email.policy.compat32)
    fields = [parser.parsebytes(metadata) for metadata in shipped.values()]
    pins = {re.sub(r"[-_.]+", "-", str(each["Name"])).lower(): each["Version"] for each in fields}
    return "".join(f"{name}=={pins[name]}\n" for name in sorted(pins)).encode()
