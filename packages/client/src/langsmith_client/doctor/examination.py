"""All checks, in the order in which one explains the next."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from langsmith_client import processes
from langsmith_client.connection import Connection, Sources
from langsmith_client.doctor import agent, nodes
from langsmith_client.doctor.account import Account, connect
from langsmith_client.doctor.examiner import Examiner
from langsmith_client.doctor.images import Images
from langsmith_client.image.docker import DockerBuilder
from langsmith_client.image.layers import LayersBuilder
from langsmith_client.registry import Registry
from langsmith_client.registry.ecr_api import EcrApi
from langsmith_client.settings import cache_folder
from langsmith_client.tag import DEFAULT_PLATFORM

if TYPE_CHECKING:
    import httpx2

    from langsmith_client.project import Project
    from langsmith_client.where import Where
    from langsmith_control_plane.client import ControlPlaneClient


@dataclasses.dataclass(frozen=True)
class Surroundings:
    """What the checks ask, which tests replace.

    Attributes:
        environ: The environment.
        connect: Makes a client of the control plane.
        registry: Opens the registries.
        aws: What carries requests to ECR's API; by default the network.
        run: Runs docker and kubectl.
    """

    environ: Mapping[str, str]
    connect: Callable[[Connection], ControlPlaneClient] = connect
    registry: Callable[[Mapping[str, str]], Registry] = Registry.from_environment
    aws: httpx2.BaseTransport | None = None
    run: processes.Runner = processes.run


def examine(
    load: Callable[[], Project],
    where: Where,
    around: Surroundings,
    *,
    push_to: str | None = None,
    platform: str | None = None,
    kube_context: str | None = None,
) -> Examiner:
    """Examine the agent that `load` reads, where it goes, and the tools of this machine.

    Args:
        load: Reads the agent; a ProjectError is a finding.
        where: Where it is to be deployed.
        around: What is asked.
        push_to: Repository of the image; else the target's.
        platform: Of the image; else the target's, else the default.
        kube_context: Cluster whose nodes are compared with the platform; None asks no cluster.
    """
    examiner = Examiner()
    project = examiner.attempt("agent", load)
    sources = examiner.attempt("settings", lambda: Sources(where, around.environ))
    if project:
        listed = where.agent(project.name) if sources else None
        agent.examine(examiner, project, listed.env_file if listed else None)
    if sources:
        Account(around.environ, project.name if project else None, around.connect).examine(examiner, sources)
    chosen = platform or (sources and sources.entry.platform) or DEFAULT_PLATFORM
    if project:
        repository = push_to or (sources and sources.entry.repository(project.name))
        _examine_images(examiner, project, around, repository or None, chosen)
    if kube_context:
        nodes.examine(examiner, kube_context, chosen, around.run)
    return examiner


def _examine_images(
    examiner: Examiner, project: Project, around: Surroundings, repository: str | None, platform: str
) -> None:
    registry = examiner.attempt("registries", lambda: around.registry(around.environ))
    if registry is None:
        return
    with registry:
        builders = (
            DockerBuilder(registry, run=around.run),
            LayersBuilder(registry, cache_folder(around.environ), run=around.run),
        )
        ecr = EcrApi(around.environ, around.aws)
        Images(project, registry, builders, repository, platform, ecr.immutable_tags).examine(examiner)
