"""The operator: turns LGP objects into Deployments, Services and routes to them, and reports how they do.

``python -m langsmith_sandbox.data_plane.operator``, in a Pod of the ``langgraph-dataplane`` chart; configured by that
Pod's environment alone. Sets no finaliser: Kubernetes removes what an LGP owns, the next round its Ingress path.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import logging
import os
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from langsmith_sandbox.data_plane import agent_routes
from langsmith_sandbox.data_plane.agent_routes import GatewayReference
from langsmith_sandbox.data_plane.errors import ClusterRefusedError, SettingsError
from langsmith_sandbox.data_plane.health import Health, serve_health
from langsmith_sandbox.data_plane.kubernetes_objects import Cluster, Objects, PodLogs
from langsmith_sandbox.data_plane.lgp import API_VERSION, LGP_LABEL, PORT, REVISION_LABEL, Exposure, watched_namespaces
from langsmith_sandbox.data_plane.one_look import OneLook
from langsmith_sandbox.data_plane.operator_version import VERSION_VARIABLE, watched_besides
from langsmith_sandbox.data_plane.rollout import FAILED, PROGRESSING, READY, Rollout, judge
from langsmith_sandbox.data_plane.shared_ingress import SHARED_ANNOTATION, Route, with_routes
from langsmith_sandbox.data_plane.workload import deployment_manifest, service_manifest

LOG = logging.getLogger("operator")
Json = dict[str, Any]

SCALED_OBJECT_NAME_LIMIT = 54
"""KEDA names an autoscaler ``keda-hpa-<name>``, which must fit 63 characters."""


@dataclasses.dataclass(frozen=True)
class Settings:
    """The Pod's environment, checked.

    Attributes:
        ingress: (namespace, name) of the shared Ingress; None with a Gateway.
        gateway: The Gateway; None with an Ingress.
        deadline_seconds: How long a rollout may make no progress.
        version: The version this program stands in for.
    """

    namespaces: tuple[str, ...]
    ingress: tuple[str, str] | None
    gateway: GatewayReference | None
    exposure: Exposure
    keda: bool
    kubeconfig: Path
    address: str
    port: int
    deadline_seconds: int
    poll_seconds: float
    version: str

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Reads what the chart sets.

        Raises:
            SettingsError: No namespace is named, or there is no kubeconfig.
        """
        namespaces = watched_namespaces(environment)
        if not namespaces:
            raise SettingsError("WATCH_NAMESPACES is empty, so no agent can run.", "Set config.watchNamespaces.")
        if not environment.get("KUBECONFIG"):
            raise SettingsError("KUBECONFIG is not set.", "Run this program in a Pod of the sandbox.")
        name = environment.get("LGP_INGRESS_NAME", "")
        gateway = environment.get("LGP_GATEWAY_NAME", "")
        return cls(
            namespaces=namespaces,
            ingress=(environment.get("LGP_INGRESS_NAMESPACE", ""), name) if name else None,
            gateway=GatewayReference(environment.get("LGP_GATEWAY_NAMESPACE", ""), gateway) if gateway else None,
            exposure=Exposure.from_environment(environment),
            keda=environment.get("KEDA_ENABLED", "false").lower() == "true",
            kubeconfig=Path(environment["KUBECONFIG"]),
            address=environment.get("LANGSMITH_SANDBOX_POD_IP", "127.0.0.1"),
            port=int(environment.get("PORT", "8081")),
            deadline_seconds=int(environment.get("LGP_PROGRESS_DEADLINE_SECONDS", "180")),
            poll_seconds=float(environment.get("OPERATOR_POLL_SECONDS", "1")),
            version=environment[VERSION_VARIABLE],
        )


class Operator:
    """Reconciles, one round over all watched namespaces at a time."""

    def __init__(
        self, objects: Objects, logs: PodLogs, settings: Settings, *, clock: Callable[[], dt.datetime]
    ) -> None:
        self._objects = objects
        self._logs = logs
        self._settings = settings
        self._clock = clock
        self._made: dict[str, int] = {}
        self._unwatched = [(kind, each) for each in settings.namespaces for kind in watched_besides(settings.version)]

    def round(self) -> None:
        """Makes, judges and routes every LGP.

        Raises:
            ClusterRefusedError: Kubernetes did not answer, or refused to list LGPs or to change the Ingress; what it
                has against a single agent becomes that agent's status.
        """
        while self._unwatched:
            self._objects.select(*self._unwatched[-1])
            self._unwatched.pop()
        look, routed = OneLook(self._objects), set[Route]()
        for namespace in self._settings.namespaces:
            for lgp in look.select("LGP", namespace):
                if "deletionTimestamp" in lgp["metadata"]:
                    continue
                rollout = self._reconcile(lgp, look)
                unroutable = self._unroutable(namespace, lgp["metadata"]["name"], look)
                if not unroutable:
                    routed.add(Route(lgp["metadata"]["name"], PORT))
                self._tell(lgp, rollout, unroutable)
        self._route(routed)

    def _reconcile(self, lgp: Json, look: OneLook) -> Rollout:
        metadata = lgp["metadata"]
        name, namespace = metadata["name"], metadata["namespace"]
        if self._settings.keda and len(name) > SCALED_OBJECT_NAME_LIMIT:
            return Rollout(
                FAILED,
                f"KEDA does not accept the ScaledObject {name}: its name has more than {SCALED_OBJECT_NAME_LIMIT} "
                "characters; give the deployment a name of at most 21 characters.",
            )
        try:
            deployment = look.find("Deployment", namespace, name)
            if deployment is None or self._made.get(metadata["uid"]) != metadata["generation"]:
                settings = self._settings
                self._objects.apply(deployment_manifest(lgp, settings.version, settings.deadline_seconds))
                self._objects.apply(service_manifest(lgp))
                if self._settings.gateway is not None:
                    self._objects.apply(
                        agent_routes.route_manifest(lgp, self._settings.gateway, self._settings.exposure)
                    )
                self._made[metadata["uid"]] = metadata["generation"]
                return Rollout(PROGRESSING, "The Deployment was written.")
            revision = metadata.get("labels", {}).get(REVISION_LABEL, "")
            pods = look.select("Pod", namespace, {LGP_LABEL: name, REVISION_LABEL: revision})
        except ClusterRefusedError as error:
            if not error.final:
                raise
            return Rollout(FAILED, f"Kubernetes did not accept the agent's objects: {error.message}.")
        return judge(deployment, pods, self._logs, self._clock())

    def _unroutable(self, namespace: str, agent: str, look: OneLook) -> str:
        """Why an agent cannot be reached from outside, or an empty string."""
        if self._settings.gateway is not None:
            return agent_routes.refusal(look.find("HTTPRoute", namespace, agent))
        if self._settings.ingress is None:
            return "The sandbox has no Istio; use gateway.enabled or ingress.enabled."
        home, name = self._settings.ingress
        if namespace != home:
            return (
                f"Ingress '{name}' of namespace '{home}' cannot route to namespace '{namespace}': "
                "a standard Ingress routes only to Services of its own namespace."
            )
        return ""

    def _tell(self, lgp: Json, rollout: Rollout, unroutable: str) -> None:
        """Writes the LGP's status when it says something new."""
        metadata, present = lgp["metadata"], lgp.get("status") or {}
        name = metadata["name"]
        status: Json = {
            "observedGeneration": metadata["generation"],
            "deploymentStatus": rollout.state,
            "endpoint": f"http://{name}.{metadata['namespace']}:{PORT}{self._settings.exposure.prefix(name)}",
        }
        conditions = [
            _condition("Ready", rollout.state == READY, rollout.state, rollout.message),
            _condition("Routed", not unroutable, "NotRouted" if unroutable else "Routed", unroutable),
        ]
        seen = [{key: each.get(key, "") for key in conditions[0]} for each in present.get("conditions") or ()]
        if seen == conditions and all(present.get(key) == value for key, value in status.items()):
            return
        now = self._clock().astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        status["conditions"] = [{**each, "lastTransitionTime": now} for each in conditions]
        LOG.info("%s/%s is %s. %s", metadata["namespace"], name, rollout.state, rollout.message)
        identity = {"name": name, "namespace": metadata["namespace"]}
        manifest = {"apiVersion": API_VERSION, "kind": "LGP", "metadata": identity, "status": status}
        self._objects.apply(manifest, subresource="status")

    def _route(self, routes: set[Route]) -> None:
        """Puts the agents' paths into the shared Ingress, and takes out those of agents that are gone."""
        if self._settings.ingress is None:
            return
        namespace, name = self._settings.ingress
        ingress = self._objects.find("Ingress", namespace, name)
        if ingress is None or (ingress["metadata"].get("annotations") or {}).get(SHARED_ANNOTATION) != "true":
            if routes:
                LOG.warning("There is no Ingress %s/%s with the annotation %s.", namespace, name, SHARED_ANNOTATION)
            return
        present = ingress["spec"].get("rules") or []
        wanted = with_routes(present, routes, self._settings.exposure)
        if wanted == present:
            return
        version = ingress["metadata"]["resourceVersion"]
        identity = {"name": name, "namespace": namespace, "resourceVersion": version}
        manifest = {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": identity}
        self._objects.apply({**manifest, "spec": {"rules": wanted}})


def _condition(kind: str, holds: bool, reason: str, message: str) -> Json:
    return {"type": kind, "status": "True" if holds else "False", "reason": reason, "message": message}


def main() -> int:
    """Runs until the Pod ends."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s", stream=sys.stdout)
    logging.getLogger("httpx2").setLevel(logging.WARNING)
    try:
        settings = Settings.from_environment(os.environ)
        cluster = Cluster.from_kubeconfig(settings.kubeconfig, "langgraph-operator")
    except SettingsError as error:
        LOG.error("%s", error)
        return error.exit_code
    health = Health()
    serve_health(health, settings.address, settings.port, ready=("/readyz",), alive=("/healthz",))
    operator = Operator(cluster, cluster, settings, clock=lambda: dt.datetime.now(dt.UTC))
    while True:
        try:
            operator.round()
            health.good()
        except ClusterRefusedError as error:
            if health.bad(str(error)):
                LOG.warning("%s", error)
        time.sleep(settings.poll_seconds)


if __name__ == "__main__":
    sys.exit(main())
