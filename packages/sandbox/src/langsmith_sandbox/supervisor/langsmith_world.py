"""The blueprint of the world LangSmith Hybrid lives in."""

from __future__ import annotations

import dataclasses
import json
import sys
from typing import TYPE_CHECKING

from langsmith_sandbox.part import Part, answers_http
from langsmith_sandbox.stores.engines import StoreEngines
from langsmith_sandbox.supervisor.blueprint import Blueprint

if TYPE_CHECKING:
    from pathlib import Path

    from langsmith_sandbox.supervisor.blueprint import Site

AWS, CONTROL_PLANE, REGISTRY, REGISTRY_STORAGE, CHARTS, INGRESS = PARTS = (
    "aws",
    "control-plane",
    "registry",
    "registry-storage",
    "charts",
    "ingress",
)
SUPERVISOR = "supervisor"
_HEALTH = "/_sandbox/health"
# Other parts of a cluster give up when there is no API server yet; these two come up together with it.
_CLUSTER_CORE = ("etcd", "authenticator", "kube-apiserver")


@dataclasses.dataclass(frozen=True)
class Programs:
    """What the world runs besides this package.

    Attributes:
        registry: The image registry.
        kubernetes: Folder of the control plane's components.
        agent_server_python: Python of the Agent Server's environment.
        stores: The servers behind databases and caches.
    """

    registry: Path
    kubernetes: Path
    agent_server_python: Path
    stores: StoreEngines = dataclasses.field(default_factory=StoreEngines)


def blueprint(programs: Programs) -> Blueprint:
    """The whole world, run by ``programs``."""

    def before(site: Site) -> None:
        from langsmith_sandbox.data_plane import chart_repository

        chart_repository.publish(site.paths.charts)
        _configure_registry(site)

    def after(site: Site) -> None:
        from langsmith_sandbox.cluster import seed_images

        # Not through the gate: these are the public registries' images, and nobody pushes there.
        seed_images.seed(site.address(REGISTRY_STORAGE), programs.agent_server_python)

    return Blueprint(
        ports=PARTS,
        parts=lambda site: _parts(site, programs),
        clusters=EksClusters(programs.kubernetes),
        stores=programs.stores,
        before=before,
        after=after,
    )


def _parts(site: Site, programs: Programs) -> tuple[Part, ...]:
    credentials = site.credentials
    return (
        Part(
            REGISTRY_STORAGE,
            (str(programs.registry), "serve", str(_registry_config(site))),
            ready=answers_http(f"{site.url(REGISTRY_STORAGE)}/v2/"),
        ),
        Part(
            REGISTRY,
            _module(
                "langsmith_sandbox.registry.gate",
                site,
                REGISTRY,
                f"--storage={site.address(REGISTRY_STORAGE)}",
                f"--aws={site.url(AWS)}",
            ),
            env={"LANGSMITH_SANDBOX_AWS_SECRET_ACCESS_KEY": credentials.aws_secret_access_key},
            ready=answers_http(site.url(REGISTRY) + _HEALTH),
        ),
        Part(
            AWS,
            _module("langsmith_sandbox.aws", site, AWS, "--state-dir", site.paths.aws),
            env={
                "LANGSMITH_SANDBOX_SUPERVISOR_URL": site.url(SUPERVISOR),
                "LANGSMITH_SANDBOX_SUPERVISOR_TOKEN": credentials.supervisor_token,
                "LANGSMITH_SANDBOX_REGISTRY": site.address(REGISTRY),
                "LANGSMITH_SANDBOX_AWS_ACCESS_KEY_ID": credentials.aws_access_key_id,
                "LANGSMITH_SANDBOX_AWS_SECRET_ACCESS_KEY": credentials.aws_secret_access_key,
            },
            ready=answers_http(site.url(AWS) + _HEALTH),
        ),
        Part(
            CONTROL_PLANE,
            _module("langsmith_sandbox.control_plane", site, CONTROL_PLANE, "--state-dir", site.paths.control_plane),
            env={
                "LANGSMITH_SANDBOX_WORKSPACE_ID": credentials.workspace_id,
                "LANGSMITH_SANDBOX_API_KEY_SHA256": credentials.api_key_sha256,
            },
            ready=answers_http(site.url(CONTROL_PLANE) + _HEALTH),
        ),
        Part(
            CHARTS,
            _module("langsmith_sandbox.charts_server", site, CHARTS, "--directory", site.paths.charts),
            ready=answers_http(f"{site.url(CHARTS)}/kedacore/index.yaml"),
        ),
        Part(
            INGRESS,
            _module("langsmith_sandbox.cluster.ingress", site, INGRESS, "--clusters-dir", site.paths.clusters),
            ready=answers_http(site.url(INGRESS) + _HEALTH),
        ),
    )


def _module(module: str, site: Site, part: str, *flags: object) -> tuple[str, ...]:
    return (sys.executable, "-m", module, "--port", str(site.ports[part]), *(str(flag) for flag in flags))


def _registry_config(site: Site) -> Path:
    return site.paths.registry / "config.yml"


def _configure_registry(site: Site) -> None:
    """distribution reads YAML, of which JSON is a part."""
    configuration = {
        "version": "0.1",
        "log": {"level": "warn", "accesslog": {"disabled": True}},
        "storage": {
            "filesystem": {"rootdirectory": str(site.paths.registry / "blobs")},
            "delete": {"enabled": True},
            "cache": {"blobdescriptor": "inmemory"},
        },
        "http": {"addr": site.address(REGISTRY_STORAGE)},
    }
    _registry_config(site).parent.mkdir(parents=True, exist_ok=True)
    _registry_config(site).write_text(json.dumps(configuration, indent=2))


@dataclasses.dataclass(frozen=True)
class EksClusters:
    """EKS clusters as Kubernetes components of this machine."""

    kubernetes: Path

    def prepare(self, directory: Path, name: str) -> None:
        from langsmith_sandbox.cluster import control_plane

        control_plane.prepare(directory, name=name)

    def waves(self, site: Site, directory: Path, name: str) -> tuple[tuple[Part, ...], ...]:
        from langsmith_sandbox.cluster import control_plane

        parts = control_plane.parts(
            directory,
            name=name,
            kubernetes=self.kubernetes,
            aws_url=site.url(AWS),
            ingress_port=site.ports[INGRESS],
            images_dir=site.paths.images,
            registry=site.address(REGISTRY_STORAGE),  # nodes may pull everything, as their role on AWS lets them
        )
        core = tuple(part for part in parts if part.name.rpartition("/")[2] in _CLUSTER_CORE)
        return core, tuple(part for part in parts if part not in core)

    def endpoint(self, directory: Path) -> str:
        from langsmith_sandbox.cluster import control_plane

        return control_plane.endpoint(directory)

    def certificate_authority(self, directory: Path) -> str:
        from langsmith_sandbox.cluster import control_plane

        return control_plane.certificate_authority(directory)

    def token_key(self, directory: Path) -> str:
        from langsmith_sandbox.cluster import control_plane

        return control_plane.token_key(directory)
