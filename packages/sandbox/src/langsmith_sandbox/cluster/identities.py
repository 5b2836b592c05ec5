"""Who is who in one cluster: authorities, certificates, kubeconfigs and keys under ``<cluster>/identities``.

The folder is made whole in a temporary place and renamed, so that a crash half-way never leaves certificates of two
authorities.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import shutil
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric import ec

from langsmith_sandbox.cluster import kubeconfig
from langsmith_sandbox.cluster.pki import (
    LOOPBACK_NAMES,
    KeyPair,
    create_authority,
    issue,
    private_pem,
    public_pem,
    write_pair,
    write_secret,
)

if TYPE_CHECKING:
    from pathlib import Path

    from langsmith_sandbox.cluster.ports import ClusterPorts

FOLDER = "identities"
# `kubernetes.default.svc` is the name client libraries inside Pods use.
API_SERVER_NAMES = (*LOOPBACK_NAMES, "kubernetes", "kubernetes.default", "kubernetes.default.svc", "172.20.0.1")
SECRETBOX_KEY_BYTES = 32


def folder(directory: Path) -> Path:
    """Where a cluster's identities are."""
    return directory / FOLDER


def client_files(name: str) -> str:
    """Stem of the files of a client certificate; the servers' have their component's bare name."""
    return f"{name}-client"


def create(directory: Path, ports: ClusterPorts, *, name: str) -> None:
    """Make every identity of the cluster, unless they are there already."""
    if folder(directory).is_dir():
        return
    unfinished = directory / f"{FOLDER}.{os.getpid()}"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    authority = create_authority(f"kubernetes {name}")
    write_pair(unfinished, "ca", authority)
    _write_servers(unfinished, authority)
    _write_etcd(unfinished)
    _write_service_account_keys(unfinished)
    _write_encryption(unfinished)
    _write_kubeconfigs(unfinished, folder(directory), authority, ports)
    unfinished.rename(folder(directory))


def _write_servers(into: Path, authority: KeyPair) -> None:
    write_pair(into, "apiserver", issue(authority, "kube-apiserver", serves=API_SERVER_NAMES))
    write_pair(into, "kubelet", issue(authority, "kubelet", serves=LOOPBACK_NAMES))
    write_pair(into, "authenticator", issue(authority, "authenticator", serves=LOOPBACK_NAMES))
    write_pair(
        into,
        "apiserver-kubelet-client",
        issue(authority, "kube-apiserver-kubelet-client", organizations=["system:masters"]),
    )


def _write_etcd(into: Path) -> None:
    # An authority of its own: a client certificate of the cluster must not open the store behind it.
    authority = create_authority("sandbox-etcd")
    write_pair(into, "etcd-ca", authority)
    write_pair(into, "etcd", issue(authority, "etcd", serves=LOOPBACK_NAMES))
    write_pair(into, "apiserver-etcd-client", issue(authority, "kube-apiserver"))


def _write_service_account_keys(into: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    write_secret(into / "service-accounts.key", private_pem(key))
    (into / "service-accounts.pub").write_bytes(public_pem(key))


def _write_encryption(into: Path) -> None:
    key = base64.b64encode(secrets.token_bytes(SECRETBOX_KEY_BYTES)).decode()
    document = {
        "apiVersion": "apiserver.config.k8s.io/v1",
        "kind": "EncryptionConfiguration",
        "resources": [
            {
                "resources": ["secrets"],
                "providers": [{"secretbox": {"keys": [{"name": "sandbox", "secret": key}]}}, {"identity": {}}],
            }
        ],
    }
    _write_document(into / "encryption.json", document)


def _write_kubeconfigs(into: Path, final: Path, authority: KeyPair, ports: ClusterPorts) -> None:
    server = f"https://127.0.0.1:{ports.api_server}"
    # The node agent is scheduler and kubelet of every node at once: it may do what those may do together.
    clients = {
        "admin": issue(authority, "kubernetes-admin", organizations=["system:masters"]),
        "controller-manager": issue(authority, "system:kube-controller-manager"),
        "node": issue(authority, "system:sandbox-node-agent", organizations=["system:masters"]),
        "ingress": issue(authority, "system:sandbox-ingress", organizations=["system:masters"]),
        "authenticator": issue(authority, "system:sandbox-authenticator", organizations=["system:masters"]),
    }
    for name, client in clients.items():
        write_pair(into, client_files(name), client)
        document = kubeconfig.for_certificate(server, authority.certificate_pem, client)
        _write_document(into / f"{name}.kubeconfig", document)
    for webhook in ("authenticate", "authorize"):
        url = f"https://127.0.0.1:{ports.authenticator}/{webhook}"
        _write_document(into / f"{webhook}.kubeconfig", kubeconfig.for_webhook(url, str(final / "ca.crt")))


def _write_document(path: Path, document: dict[str, Any]) -> None:
    # JSON is YAML: readers of kubeconfigs take it, and no YAML library has to be imported to write it.
    write_secret(path, json.dumps(document, indent=2).encode())
