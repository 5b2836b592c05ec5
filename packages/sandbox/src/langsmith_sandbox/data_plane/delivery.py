"""Brings one deployment to where the control plane wants it, one step a poll, and says how it went."""

from __future__ import annotations

import dataclasses
import datetime as dt
import logging
from collections.abc import Callable, Collection
from typing import Any

from langsmith_sandbox.data_plane.control_plane_link import ControlPlane
from langsmith_sandbox.data_plane.errors import ClusterRefusedError
from langsmith_sandbox.data_plane.kubernetes_objects import Objects
from langsmith_sandbox.data_plane.lgp import Exposure, lgp_manifest, name_of, secret_manifest, secret_name
from langsmith_sandbox.data_plane.one_look import OneLook
from langsmith_sandbox.data_plane.work import WantedRevision, Work

LOG = logging.getLogger("listener")

Probe = Callable[[str], str]
"""Asks a URL; the empty string for success, else what went wrong."""


@dataclasses.dataclass(frozen=True)
class Limits:
    """How long each part of a delivery may take.

    Attributes:
        rollout: From taking a revision up to the operator's verdict; longer than the operator's own deadline, so that
            its better-informed message comes first.
        reach: From ready Pods to an answer at the public URL.
        repair: Between two writes of an object that should be there already, which undoes changes by hand.
    """

    rollout: dt.timedelta = dt.timedelta(minutes=5)
    reach: dt.timedelta = dt.timedelta(seconds=60)
    repair: dt.timedelta = dt.timedelta(seconds=60)


@dataclasses.dataclass(frozen=True)
class _Memory:
    """What was last written for a deployment, and when its present phase began."""

    revision_id: str
    written_at: dt.datetime
    taken_up_at: dt.datetime
    ready_at: dt.datetime | None = None


class Deliveries:
    """Steps deployments; keeps nothing that a restart may not lose."""

    def __init__(
        self,
        control_plane: ControlPlane,
        objects: Objects,
        probe: Probe | None,
        *,
        exposure: Exposure,
        namespaces: Collection[str],
        clock: Callable[[], dt.datetime],
        limits: Limits | None = None,
    ) -> None:
        self._control_plane = control_plane
        self._objects = objects
        self._probe = probe
        self._exposure = exposure
        self._namespaces = namespaces
        self._clock = clock
        self._limits = limits or Limits()
        self._memory: dict[str, _Memory] = {}

    def look(self) -> OneLook:
        """The cluster as it is now, for a round over all deployments."""
        return OneLook(self._objects)

    def step(self, work: Work, look: OneLook | None = None) -> None:
        """Does what can be done now for one deployment, going by ``look`` or by a look of its own.

        Raises:
            RefusedError: The control plane refused a report.
            UnreachableError: It did not answer.
            ClusterRefusedError: Kubernetes refused for a reason that may pass.
        """
        look = look or self.look()
        if work.deleting:
            self._remove(work, look)
        elif work.revision is not None:
            self._deliver(work, work.revision, look)

    def _deliver(self, work: Work, revision: WantedRevision, look: OneLook) -> None:
        ours = revision.status in {"AWAITING_DEPLOY", "DEPLOYING"}
        if work.namespace not in self._namespaces:
            if ours:
                self._fail(work, revision, self._unwatched(work.namespace))
            return
        if revision.status == "AWAITING_DEPLOY":
            # Reported before anything is written: from here on only this listener can say the deployment is gone.
            self._report(work, revision, "DEPLOYING")
        try:
            lgp = self._write(work, revision, look)
        except ClusterRefusedError as error:
            if not (error.final and ours):
                raise
            self._fail(work, revision, f"Kubernetes did not accept the agent: {error.message}.")
            return
        if ours:
            self._judge(work, revision, lgp)

    def _write(self, work: Work, revision: WantedRevision, look: OneLook) -> dict[str, Any] | None:
        """The LGP as this poll found it; written when it is missing, of another revision, or due for repair."""
        lgp = look.find("LGP", work.namespace, name_of(work))
        now = self._clock()
        known = self._memory.get(work.id)
        fresh = known is not None and known.revision_id == revision.id
        if known is None or not fresh or lgp is None or now - known.written_at >= self._limits.repair:
            self._objects.apply(secret_manifest(work, revision))
            self._objects.apply(lgp_manifest(work, revision, self._exposure))
            began = known.taken_up_at if known is not None and fresh else now
            ready_at = known.ready_at if known is not None and fresh else None
            self._memory[work.id] = _Memory(revision.id, now, began, ready_at)
            return lgp if fresh else None
        return lgp

    def _judge(self, work: Work, revision: WantedRevision, lgp: dict[str, Any] | None) -> None:
        """Reports the end of the revision once there is one."""
        memory = self._memory[work.id]
        status = current_status(lgp) if lgp is not None else {}
        match status.get("deploymentStatus"):
            case "Failed":
                self._fail(work, revision, condition_message(status) or "the operator gave no reason.")
            case "Ready":
                self._reach(work, revision, condition_message(status, "Routed"))
            case _:
                if self._clock() - memory.taken_up_at >= self._limits.rollout:
                    seconds = int(self._limits.rollout.total_seconds())
                    waiting = condition_message(status) or "the operator reported nothing; see its log."
                    self._fail(work, revision, f"The agent was not ready within {seconds} s: {waiting}")

    def _reach(self, work: Work, revision: WantedRevision, unroutable: str) -> None:
        """Reports success once the agent answers where its users ask it, if that is checked at all."""
        url = self._exposure.url(name_of(work))
        if self._probe and unroutable:
            self._fail(work, revision, f"The agent's Pods are ready, but no route leads to them: {unroutable}")
            return
        problem = self._probe(f"{url}/ok") if self._probe else ""
        if not problem:
            self._report(work, revision, "DEPLOYED", url=url)
            return
        memory = self._memory[work.id]
        now = self._clock()
        ready_at = memory.ready_at or now
        self._memory[work.id] = dataclasses.replace(memory, ready_at=ready_at)
        if now - ready_at >= self._limits.reach:
            self._fail(work, revision, f"The agent's Pods are ready, but {url}/ok does not answer: {problem}.")

    def _fail(self, work: Work, revision: WantedRevision, message: str) -> None:
        self._report(work, revision, "DEPLOY_FAILED", message=message)

    def _report(self, work: Work, revision: WantedRevision, status: str, *, message: str = "", url: str = "") -> None:
        LOG.info("Deployment %s, revision %s: %s. %s", work.name, revision.id, status, message or url)
        self._control_plane.report(work.id, revision.id, status, message, url)

    def _unwatched(self, namespace: str) -> str:
        watched = ", ".join(sorted(self._namespaces)) or "none"
        return (
            f"Namespace '{namespace}' is not watched by this data plane (it watches: {watched}); "
            "add it to config.watchNamespaces or create the deployment in a watched namespace."
        )

    def _remove(self, work: Work, look: OneLook) -> None:
        """Deletes the LGP, waits until Kubernetes has removed all it owned, and only then confirms."""
        name = name_of(work)
        if work.namespace in self._namespaces:
            lgp = look.find("LGP", work.namespace, name)
            if lgp is not None:
                if "deletionTimestamp" not in lgp["metadata"]:
                    self._objects.delete("LGP", work.namespace, name)
                return
            self._objects.delete("Secret", work.namespace, secret_name(name))
        self._memory.pop(work.id, None)
        LOG.info("Deployment %s: nothing of it is left in namespace %s.", work.name, work.namespace)
        self._control_plane.deleted(work.id)


def current_status(lgp: dict[str, Any]) -> dict[str, Any]:
    """The LGP's status, or nothing while it still speaks of an older specification."""
    status = lgp.get("status") or {}
    return status if status.get("observedGeneration") == lgp["metadata"].get("generation") else {}


def condition_message(status: dict[str, Any], kind: str = "Ready") -> str:
    """What the operator says about readiness, or about the route."""
    conditions = (each for each in status.get("conditions") or () if each.get("type") == kind)
    return next((each.get("message", "") for each in conditions), "")
