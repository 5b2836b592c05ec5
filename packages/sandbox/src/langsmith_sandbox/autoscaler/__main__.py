"""The program of the image ``autoscaling/cluster-autoscaler``: runs in a Pod, configured by its flags.

It reaches AWS with whatever its Pod was given: no Pod Identity association means no credentials, and a role without
the right policy AccessDenied, with which it ends at once, as the real one does.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from langsmith_sandbox.autoscaler import settings
from langsmith_sandbox.autoscaler.scaler import LOG, Scaler
from langsmith_sandbox.cluster.api import Json, KubernetesApi
from langsmith_sandbox.cluster.errors import KubernetesApiError
from langsmith_sandbox.cluster.events import EventRecorder
from langsmith_sandbox.data_plane.errors import SettingsError
from langsmith_sandbox.data_plane.health import Health, serve_health
from langsmith_sandbox.data_plane.kubernetes_objects import connect

if TYPE_CHECKING:
    from typing import Any

PORT = 8085


class PodCluster:
    """The cluster, as the Pod's service account sees it."""

    def __init__(self, api: KubernetesApi) -> None:
        self._api = api
        self._events = EventRecorder(api, "cluster-autoscaler")

    def nodes(self) -> list[Json]:
        """See Kubernetes."""
        return self._api.get("/api/v1/nodes")["items"]

    def pods(self) -> list[Json]:
        """See Kubernetes."""
        return self._api.get("/api/v1/pods")["items"]

    def tell(self, pod: Json, kind: str, reason: str, message: str) -> None:
        """See Kubernetes."""
        self._events.record(pod, kind, reason, message)


def auto_scaling() -> Any:
    """boto3's Auto Scaling client, with the region and the credentials of the Pod's environment."""
    import boto3
    import botocore.config

    limits = botocore.config.Config(connect_timeout=5, read_timeout=10, retries={"total_max_attempts": 2})
    return boto3.client("autoscaling", config=limits)


def main(argv: list[str]) -> int:
    """Run until the Pod ends."""
    import botocore.exceptions

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s", stream=sys.stdout)
    for name in ("httpx2", "botocore", "urllib3"):
        logging.getLogger(name).setLevel(logging.WARNING)
    wanted = settings.parse(argv)
    refusals = (botocore.exceptions.ClientError, botocore.exceptions.BotoCoreError, KubernetesApiError)
    try:
        cluster = PodCluster(KubernetesApi(connect(Path(os.environ.get("KUBECONFIG", "")))))
        scaler = Scaler(wanted, cluster, auto_scaling(), clock=lambda: dt.datetime.now(dt.UTC))
        found = scaler.groups()
    except (*refusals, SettingsError) as problem:
        LOG.error("Failed to create AWS Manager: cannot autodiscover ASGs: %s", problem)
        return 1
    LOG.info("Looking after %s", ", ".join(group.name for group in found) or "no group yet")
    health = Health()
    health.good()
    address = os.environ.get("LANGSMITH_SANDBOX_POD_IP", "127.0.0.1")
    serve_health(health, address, PORT, ready=("/health-check",))
    while True:
        try:
            scaler.round()
            health.good()
        except refusals as problem:
            if health.bad(str(problem)):
                LOG.warning("%s", problem)
        time.sleep(wanted.scan_interval.total_seconds())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
