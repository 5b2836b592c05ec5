"""What runs behind an EKS cluster: the port to the supervisor, and a stand-in for when there is none."""

from __future__ import annotations

import base64
import dataclasses
import datetime as dt
import hashlib
import http.client
import json
import urllib.parse
from collections.abc import Mapping
from typing import Any, Protocol

from langsmith_sandbox.aws.errors import RuntimeUnreachableError

_TIMEOUT_SECONDS = 10.0


@dataclasses.dataclass(frozen=True)
class ClusterReport:
    """What the runtime says of a cluster.

    Attributes:
        status: CREATING, ACTIVE, FAILED or DELETING, as EKS names them.
        endpoint: URL of the Kubernetes API; empty until it is known.
        certificate_authority: Base64 of the PEM certificate the endpoint is verified with; empty until known.
        token_key: Public key its service accounts' tokens are verified with, PEM; empty until known.
        message: Why it failed, for people.
    """

    status: str
    endpoint: str = ""
    certificate_authority: str = ""
    token_key: str = ""
    message: str = ""


@dataclasses.dataclass(frozen=True)
class NodeInstance:
    """An instance by its id, and the zone it is in."""

    id: str
    zone: str


@dataclasses.dataclass(frozen=True)
class NodePlan:
    """The nodes a node group wants: which instances, of which type and architecture, labelled and tainted how."""

    instances: tuple[NodeInstance, ...]
    instance_type: str
    labels: Mapping[str, str] = dataclasses.field(default_factory=dict)
    taints: tuple[Mapping[str, str], ...] = ()
    architecture: str = "amd64"


class ClusterRuntime(Protocol):
    """Runs Kubernetes for EKS. Every method is idempotent and returns at once; progress shows in :meth:`report`."""

    def start(self, cluster: str, version: str) -> None: ...

    def report(self, cluster: str) -> ClusterReport | None:
        """None once the cluster is gone."""
        ...

    def stop(self, cluster: str) -> None: ...

    def set_nodes(self, cluster: str, node_group: str, plan: NodePlan | None) -> None:
        """``None`` removes the node group."""
        ...


class NullRuntime:
    """No Kubernetes at all: clusters are ACTIVE at once, with a certificate authority of their own making.

    Serves the emulator on its own, and every replay of the journal, which must not start anything.
    """

    def __init__(self) -> None:
        self._reports: dict[str, ClusterReport] = {}

    def start(self, cluster: str, version: str) -> None:  # noqa: ARG002 - nothing runs, so no version of it does
        if cluster not in self._reports:
            self._reports[cluster] = ClusterReport("ACTIVE", f"https://{cluster}.invalid", _self_signed(cluster))

    def report(self, cluster: str) -> ClusterReport | None:
        return self._reports.get(cluster)

    def stop(self, cluster: str) -> None:
        self._reports.pop(cluster, None)

    def set_nodes(self, cluster: str, node_group: str, plan: NodePlan | None) -> None:
        """Nothing runs, so there is nothing to scale."""


class SupervisorRuntime:
    """The supervisor's control API, which starts a real Kubernetes control plane per cluster.

    Args:
        url: Its loopback URL.
        token: Bearer token; sent in a header, never logged.
    """

    def __init__(self, url: str, token: str) -> None:
        parts = urllib.parse.urlsplit(url)
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port or 80
        self._token = token

    def start(self, cluster: str, version: str) -> None:
        self.call("PUT", f"/clusters/{_quoted(cluster)}", {"version": version})

    def report(self, cluster: str) -> ClusterReport | None:
        answer = self.call("GET", f"/clusters/{_quoted(cluster)}", allow_missing=True)
        if answer is None:
            return None
        return ClusterReport(
            status=str(answer.get("status", "CREATING")),
            endpoint=str(answer.get("endpoint") or ""),
            certificate_authority=str(answer.get("certificateAuthority") or ""),
            token_key=str(answer.get("tokenKey") or ""),
            message=str(answer.get("message") or ""),
        )

    def stop(self, cluster: str) -> None:
        self.call("DELETE", f"/clusters/{_quoted(cluster)}", allow_missing=True)

    def set_nodes(self, cluster: str, node_group: str, plan: NodePlan | None) -> None:
        path = f"/clusters/{_quoted(cluster)}/nodegroups/{_quoted(node_group)}"
        if plan is None:
            self.call("DELETE", path, allow_missing=True)
            return
        body = {
            "instances": [dataclasses.asdict(instance) for instance in plan.instances],
            "instanceType": plan.instance_type,
            "architecture": plan.architecture,
            "labels": dict(plan.labels),
            "taints": [dict(taint) for taint in plan.taints],
        }
        self.call("PUT", path, body)

    def call(
        self, method: str, path: str, body: object | None = None, *, allow_missing: bool = False
    ) -> dict[str, Any] | None:
        """One question to the supervisor; None when what it is about is not there and may be missing.

        Raises:
            RuntimeUnreachableError: It does not answer, or refuses.
        """
        connection = http.client.HTTPConnection(self._host, self._port, timeout=_TIMEOUT_SECONDS)
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            content = answer.read()
        except OSError as problem:
            raise RuntimeUnreachableError(method, path, type(problem).__name__) from problem
        finally:
            connection.close()
        if answer.status == http.HTTPStatus.NOT_FOUND and allow_missing:
            return None
        if answer.status >= http.HTTPStatus.BAD_REQUEST:
            raise RuntimeUnreachableError(method, path, f"status {answer.status}")
        return json.loads(content) if content.strip() else {}


def _quoted(name: str) -> str:
    return urllib.parse.quote(name, safe="")


def _self_signed(cluster: str) -> str:
    """Base64 of a self-signed PEM certificate, the shape EKS hands out; the same one for the same name."""
    from cryptography import x509
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ed25519
    from cryptography.x509.oid import NameOID

    key = ed25519.Ed25519PrivateKey.from_private_bytes(hashlib.sha256(cluster.encode()).digest())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, cluster[:64])])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
        .not_valid_after(dt.datetime(2046, 1, 1, tzinfo=dt.UTC))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, None)
    )
    return base64.b64encode(certificate.public_bytes(serialization.Encoding.PEM)).decode()
