"""The processes of one cluster: etcd, API server, controller manager, authenticator and node agent.

What EKS runs for its customers, on loopback ports of this machine. Source of the flags: the ``--help`` of each
component, Kubernetes 1.35.
"""

from __future__ import annotations

import base64
import sys
from typing import TYPE_CHECKING

from langsmith_sandbox.cluster import identities
from langsmith_sandbox.cluster.errors import ClusterNotPreparedError
from langsmith_sandbox.cluster.ports import FILE_NAME as PORTS_FILE
from langsmith_sandbox.cluster.ports import ClusterPorts
from langsmith_sandbox.part import Part, accepts_connections, answers_http

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SERVICE_CIDR = "172.20.0.0/16"  # what EKS gives clusters whose VPC is in 10.0.0.0/8
ISSUER = "https://kubernetes.default.svc.cluster.local"
# A documentation address: nothing is ever published for it, but the API server insists on one that is not loopback.
ADVERTISED_ADDRESS = "192.0.2.1"
# Pods live on loopback addresses, which the objects of the endpoint controllers may not hold; the others need a cloud
# to make volumes and routes in, or certificate requests that no node here makes.
CONTROLLERS_OFF = (
    "endpoints-controller",
    "endpointslice-controller",
    "endpointslice-mirroring-controller",
    "node-ipam-controller",
    "node-route-controller",
    "service-lb-controller",
    "persistentvolume-attach-detach-controller",
    "persistentvolume-expander-controller",
    "certificatesigningrequest-signing-controller",
    "certificatesigningrequest-approving-controller",
    "certificatesigningrequest-cleaner-controller",
)


def prepare(directory: Path, *, name: str) -> None:
    """Make everything the cluster's parts need in ``directory``; what is there already stays.

    Makes ports, authorities, certificates, kubeconfigs, ServiceAccount keys and the key that encrypts Secrets at rest.
    """
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not (directory / PORTS_FILE).exists():
        ClusterPorts.choose().save(directory)
    identities.create(directory, ClusterPorts.load(directory), name=name)


def endpoint(directory: Path) -> str:
    """The API server's URL, as EKS DescribeCluster gives it.

    Raises:
        ClusterNotPreparedError: ``prepare`` was not called.
    """
    return f"https://127.0.0.1:{ClusterPorts.load(directory).api_server}"


def certificate_authority(directory: Path) -> str:
    """The authority that signed the API server's certificate, base64 of PEM.

    Raises:
        ClusterNotPreparedError: ``prepare`` was not called.
    """
    try:
        return base64.b64encode((identities.folder(directory) / "ca.crt").read_bytes()).decode()
    except OSError as problem:
        raise ClusterNotPreparedError(str(directory)) from problem


def token_key(directory: Path) -> str:
    """The public key of its service accounts' tokens, PEM, as EKS publishes it at the cluster's OIDC issuer.

    Raises:
        ClusterNotPreparedError: ``prepare`` was not called.
    """
    try:
        return (identities.folder(directory) / "service-accounts.pub").read_text()
    except OSError as problem:
        raise ClusterNotPreparedError(str(directory)) from problem


def admin_kubeconfig(directory: Path) -> Path:
    """A kubeconfig of the group ``system:masters``, for the sandbox itself: people come in through access entries."""
    return identities.folder(directory) / "admin.kubeconfig"


def parts(
    directory: Path,
    *,
    name: str,
    kubernetes: Path,
    aws_url: str,
    ingress_port: int,  # noqa: ARG001 - part of the supervisor's contract
    images_dir: Path,
    registry: str,
) -> tuple[Part, ...]:
    """The cluster's processes in the order they start.

    Args:
        directory: The cluster's folder, prepared.
        name: The EKS cluster's name.
        kubernetes: Folder of ``etcd``, ``kube-apiserver`` and ``kube-controller-manager``.
        aws_url: The AWS emulator, asked who a token belongs to and what access entries there are.
        ingress_port: Port of the world's ingress. No part needs it today: the ingress finds the clusters, not they it.
        images_dir: The nodes' image cache.
        registry: ``host:port`` of the sandbox registry.
    """
    ports = ClusterPorts.load(directory)
    return (
        _etcd(directory, name, kubernetes, ports),
        # Before the API server, which asks it about every token and about whatever RBAC does not allow.
        _authenticator(directory, name, aws_url, ports),
        _api_server(directory, name, kubernetes, ports),
        _controller_manager(directory, name, kubernetes),
        _node(directory, name, images_dir, registry, ports),
    )


def _etcd(directory: Path, name: str, kubernetes: Path, ports: ClusterPorts) -> Part:
    keys = identities.folder(directory)
    client_url = f"https://127.0.0.1:{ports.etcd}"
    peer_url = f"https://127.0.0.1:{ports.etcd_peer}"
    flags = {
        "name": "sandbox",
        "data-dir": directory / "etcd",
        "listen-client-urls": client_url,
        "advertise-client-urls": client_url,
        "listen-peer-urls": peer_url,
        "initial-advertise-peer-urls": peer_url,
        "initial-cluster": f"sandbox={peer_url}",
        "cert-file": keys / "etcd.crt",
        "key-file": keys / "etcd.key",
        "trusted-ca-file": keys / "etcd-ca.crt",
        "client-cert-auth": "true",
        "peer-cert-file": keys / "etcd.crt",
        "peer-key-file": keys / "etcd.key",
        "peer-trusted-ca-file": keys / "etcd-ca.crt",
        "peer-client-cert-auth": "true",
        # A sandbox may lose its last second in a power cut; waiting for the disk would cost far more.
        "unsafe-no-fsync": "true",
        # Warnings are only clients that hung up while they looked for the right protocol.
        "log-level": "error",
    }
    return Part(f"{name}/etcd", _argv(kubernetes / "etcd", flags), ready=accepts_connections(ports.etcd))


def _api_server(directory: Path, name: str, kubernetes: Path, ports: ClusterPorts) -> Part:
    keys = identities.folder(directory)
    flags = {
        "bind-address": "127.0.0.1",
        "secure-port": ports.api_server,
        "advertise-address": ADVERTISED_ADDRESS,
        "endpoint-reconciler-type": "none",
        "service-cluster-ip-range": SERVICE_CIDR,
        "etcd-servers": f"https://127.0.0.1:{ports.etcd}",
        "etcd-cafile": keys / "etcd-ca.crt",
        "etcd-certfile": keys / "apiserver-etcd-client.crt",
        "etcd-keyfile": keys / "apiserver-etcd-client.key",
        "encryption-provider-config": keys / "encryption.json",
        "tls-cert-file": keys / "apiserver.crt",
        "tls-private-key-file": keys / "apiserver.key",
        "client-ca-file": keys / "ca.crt",
        "kubelet-certificate-authority": keys / "ca.crt",
        "kubelet-client-certificate": keys / "apiserver-kubelet-client.crt",
        "kubelet-client-key": keys / "apiserver-kubelet-client.key",
        "kubelet-preferred-address-types": "InternalIP",
        "service-account-issuer": ISSUER,
        "service-account-key-file": keys / "service-accounts.pub",
        "service-account-signing-key-file": keys / "service-accounts.key",
        "authorization-mode": "RBAC,Webhook",
        "authorization-webhook-config-file": keys / "authorize.kubeconfig",
        "authorization-webhook-version": "v1",
        "authentication-token-webhook-config-file": keys / "authenticate.kubeconfig",
        "authentication-token-webhook-version": "v1",
        # Access entries that change count at once: nobody wants to wait for a cache in a sandbox.
        "authentication-token-webhook-cache-ttl": "5s",
        "authorization-webhook-cache-authorized-ttl": "5s",
        "authorization-webhook-cache-unauthorized-ttl": "5s",
        "allow-privileged": "true",
        "enable-priority-and-fairness": "false",
        "profiling": "false",
    }
    return Part(
        f"{name}/kube-apiserver",
        _argv(kubernetes / "kube-apiserver", flags),
        # A sixth of what it computes would be collecting garbage, at Go's default, to keep some 80 MB of memory free.
        env={"GOGC": "300"},
        ready=answers_http(f"https://127.0.0.1:{ports.api_server}/readyz", ca_file=str(keys / "ca.crt")),
        start_timeout=120,
    )


def _controller_manager(directory: Path, name: str, kubernetes: Path) -> Part:
    keys = identities.folder(directory)
    flags = {
        "kubeconfig": keys / "controller-manager.kubeconfig",
        "use-service-account-credentials": "true",
        "service-account-private-key-file": keys / "service-accounts.key",
        "root-ca-file": keys / "ca.crt",
        "controllers": ",".join(["*", *(f"-{controller}" for controller in CONTROLLERS_OFF)]),
        "leader-elect": "false",
        "secure-port": "0",
        "profiling": "false",
    }
    return Part(f"{name}/kube-controller-manager", _argv(kubernetes / "kube-controller-manager", flags))


def _authenticator(directory: Path, name: str, aws_url: str, ports: ClusterPorts) -> Part:
    flags = {"port": ports.authenticator, "cluster": name, "aws-url": aws_url, "directory": directory}
    return Part(
        f"{name}/authenticator",
        _module("langsmith_sandbox.cluster.authenticator", flags),
        ready=_answers_health(directory, ports.authenticator),
    )


def _node(directory: Path, name: str, images_dir: Path, registry: str, ports: ClusterPorts) -> Part:
    flags = {
        "directory": directory,
        "port": ports.kubelet,
        "images-dir": images_dir,
        "registry": registry,
    }
    return Part(
        f"{name}/node",
        _module("langsmith_sandbox.cluster.node", flags),
        ready=_answers_health(directory, ports.kubelet),
    )


def _answers_health(directory: Path, port: int) -> Callable[[], bool]:
    authority = identities.folder(directory) / "ca.crt"
    return answers_http(f"https://127.0.0.1:{port}/healthz", ca_file=str(authority))


def _argv(program: Path, flags: dict[str, object]) -> tuple[str, ...]:
    return (str(program), *(f"--{flag}={value}" for flag, value in flags.items()))


def _module(module: str, flags: dict[str, object]) -> tuple[str, ...]:
    return (sys.executable, "-m", module, *(f"--{flag}={value}" for flag, value in flags.items()))
