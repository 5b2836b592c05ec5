"""The listener: polls the control plane and brings what it wants into the cluster.

``python -m langsmith_sandbox.data_plane.listener``, in a Pod of the ``langgraph-dataplane`` chart; configured by that
Pod's environment alone. Its health is that of its line to the control plane, so a refused key, workspace or listener
shows as a Pod that does not get ready, with the reason in its log.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import logging
import os
import sys
import time
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path

import httpx2

from langsmith_sandbox.data_plane.control_plane_link import ControlPlane, HttpControlPlane
from langsmith_sandbox.data_plane.delivery import Deliveries
from langsmith_sandbox.data_plane.errors import ClusterRefusedError, DataPlaneError, RefusedError, SettingsError
from langsmith_sandbox.data_plane.health import Health, serve_health
from langsmith_sandbox.data_plane.kubernetes_objects import Cluster
from langsmith_sandbox.data_plane.lgp import Exposure, watched_namespaces

LOG = logging.getLogger("listener")
VERSION = "0.16.36"
"""The version of the image this program stands in for (chart langgraph-dataplane 0.2.22)."""

HEARTBEAT_SECONDS = 10.0
LONGEST_PAUSE_SECONDS = 30.0
PROBE_TIMEOUT_SECONDS = 5.0


@dataclasses.dataclass(frozen=True)
class Settings:
    """The Pod's environment, checked.

    Attributes:
        poll_seconds: Pause between two polls that went well.
    """

    endpoint: str
    api_key: str = dataclasses.field(repr=False)
    tenant_id: str
    listener_id: str
    namespaces: tuple[str, ...]
    exposure: Exposure
    health_check: bool
    kubeconfig: Path
    address: str
    port: int
    poll_seconds: float

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Reads what the chart sets.

        Raises:
            SettingsError: Something is missing that nothing can be done without.
        """
        exposure = Exposure.from_environment(environment)
        health_check = environment.get("ENABLE_LGP_DEPLOYMENT_HEALTH_CHECK", "true").lower() == "true"
        _require(environment, "HOST_BACKEND_ENDPOINT", "config.hostBackendUrl")
        _require(environment, "HOST_WORKER_LISTENER_ID", "config.langgraphListenerId")
        _require(environment, "HOST_WORKER_TENANT_ID", "config.langsmithWorkspaceId")
        _require(environment, "HOST_WORKER_LANGSMITH_API_KEY", "the Secret's key langsmith_api_key")
        _require(environment, "KUBECONFIG", "nothing in the values: the node sets it")
        if health_check:
            _require(environment, "HOSTED_K8S_ROOT_DOMAIN", "ingress.hostname")
        return cls(
            endpoint=environment["HOST_BACKEND_ENDPOINT"],
            api_key=environment["HOST_WORKER_LANGSMITH_API_KEY"],
            tenant_id=environment["HOST_WORKER_TENANT_ID"],
            listener_id=_listener_id(environment["HOST_WORKER_LISTENER_ID"]),
            namespaces=watched_namespaces(environment),
            exposure=exposure,
            health_check=health_check,
            kubeconfig=Path(environment["KUBECONFIG"]),
            address=environment.get("LANGSMITH_SANDBOX_POD_IP", "127.0.0.1"),
            port=int(environment.get("PORT", "8080")),
            poll_seconds=float(environment.get("LISTENER_POLL_SECONDS", "1")),
        )


def _require(environment: Mapping[str, str], variable: str, source: str) -> None:
    if not environment.get(variable):
        raise SettingsError(f"{variable} is not set, so nothing can be deployed.", f"Set {source}.")


def _listener_id(text: str) -> str:
    try:
        return str(uuid.UUID(text))
    except ValueError:
        raise SettingsError(
            f"HOST_WORKER_LISTENER_ID is '{text}', which is no UUID.",
            "Set config.langgraphListenerId to a listener's id.",
        ) from None


class Listener:
    """Polls, one round at a time."""

    def __init__(
        self,
        control_plane: ControlPlane,
        deliveries: Deliveries,
        health: Health,
        *,
        namespaces: tuple[str, ...],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._control_plane = control_plane
        self._deliveries = deliveries
        self._health = health
        self._namespaces = namespaces
        self._clock = clock
        self._next_heartbeat = clock()

    def poll(self) -> bool:
        """One round over all deployments; False when the control plane refused or did not answer."""
        try:
            if self._clock() >= self._next_heartbeat:
                self._control_plane.heartbeat(VERSION, self._namespaces)
                self._next_heartbeat = self._clock() + HEARTBEAT_SECONDS
            wanted = self._control_plane.work()
        except DataPlaneError as error:
            if self._health.bad(str(error)):
                LOG.error("%s", error)
            return False
        if self._health.reason:
            LOG.info("The control plane answers; this data plane serves %s.", ", ".join(self._namespaces))
            self._health.good()
        look = self._deliveries.look()
        for work in wanted:
            try:
                self._deliveries.step(work, look)
            except (ClusterRefusedError, RefusedError) as error:
                # One deployment's trouble must not hold up the others; the next round tries again.
                LOG.warning("Deployment %s: %s", work.name, error)
            except DataPlaneError as error:
                LOG.warning("%s", error)
                return False
        return True


def pause_after(failures: int, poll_seconds: float) -> float:
    """Seconds until the next poll: doubled with every failed one in a row."""
    doublings = min(failures, 16)  # a data plane may be cut off for days, and no float holds 2 to the power of that
    return min(poll_seconds * 2**doublings, max(poll_seconds, LONGEST_PAUSE_SECONDS))


def probe(url: str) -> str:
    """Asks an agent's health URL as the outside world would."""
    try:
        # Nothing in the sandbox is behind the proxy an environment may name.
        answer = httpx2.get(url, timeout=PROBE_TIMEOUT_SECONDS, trust_env=False)
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        return type(error).__name__
    return "" if answer.status_code == 200 else f"status {answer.status_code}"


def main() -> int:
    """Runs until the Pod ends."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s", stream=sys.stdout)
    logging.getLogger("httpx2").setLevel(logging.WARNING)
    try:
        settings = Settings.from_environment(os.environ)
        cluster = Cluster.from_kubeconfig(settings.kubeconfig, "langgraph-listener")
    except SettingsError as error:
        LOG.error("%s", error)
        return error.exit_code
    health = Health()
    serve_health(health, settings.address, settings.port, ready=("/health",))
    control_plane = HttpControlPlane(
        settings.endpoint, settings.listener_id, api_key=settings.api_key, tenant_id=settings.tenant_id
    )
    deliveries = Deliveries(
        control_plane,
        cluster,
        probe if settings.health_check else None,
        exposure=settings.exposure,
        namespaces=settings.namespaces,
        clock=lambda: dt.datetime.now(dt.UTC),
    )
    listener = Listener(control_plane, deliveries, health, namespaces=settings.namespaces)
    failures = 0
    while True:
        failures = 0 if listener.poll() else failures + 1
        time.sleep(pause_after(failures, settings.poll_seconds))


if __name__ == "__main__":
    sys.exit(main())
