"""One round of the controller: every Gateway and every group of Ingresses gets, keeps or loses its load balancer."""

from __future__ import annotations

import collections
import logging
import time
from collections.abc import Callable
from typing import Any, Protocol

from langsmith_sandbox.load_balancers import gateways, ingresses, statuses
from langsmith_sandbox.load_balancers.aws_side import AwsRefusedError, Standing
from langsmith_sandbox.load_balancers.gateways import Attachment, key_of
from langsmith_sandbox.load_balancers.wanted import UnusableError, WantedLoadBalancer

LOG = logging.getLogger("load-balancers")
Json = dict[str, Any]


class Objects(Protocol):
    """The cluster's objects; see :class:`.watched.Watched`."""

    def of(self, kind: str) -> list[Json]: ...
    def write_status(self, item: Json, status: Json) -> None: ...
    def write_finalizers(self, item: Json, finalizers: list[str]) -> None: ...


class Aws(Protocol):
    """The load balancers; see :class:`.aws_side.LoadBalancers`."""

    def ensure(self, wanted: WantedLoadBalancer) -> Standing: ...
    def remove(self, wanted: WantedLoadBalancer) -> None: ...


class Reconciler:
    """Does rounds.

    Args:
        objects: What is asked for.
        aws: What there is.
        tell: Writes an Event about an object: type, reason, message.
        scheme: The scheme of those who ask for none.
        clock: Seconds since the epoch.
    """

    def __init__(
        self,
        objects: Objects,
        aws: Aws,
        tell: Callable[[Json, str, str, str], None],
        *,
        scheme: str,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._objects = objects
        self._aws = aws
        self._tell = tell
        self._scheme = scheme
        self._clock = clock

    def round(self) -> bool:
        """Work through everything; True when something is still to come that no change will announce.

        Raises:
            KubernetesApiError: Kubernetes refused; the next round starts over.
        """
        pending = [self._gateway(each) for each in self._gateways()]
        classes = {each["metadata"]["name"]: each for each in self._objects.of("IngressClass")}
        parameters = {each["metadata"]["name"]: each for each in self._objects.of("IngressClassParams")}
        groups = ingresses.groups(self._objects.of("Ingress"), classes, parameters)
        return any([*pending, *[self._group(each) for each in groups]])

    def _gateways(self) -> list[Json]:
        ours = set()
        for each in self._objects.of("GatewayClass"):
            if each["spec"]["controllerName"] == gateways.CONTROLLER:
                self._objects.write_status(each, statuses.class_status(each, self._now))
                ours.add(each["metadata"]["name"])
        return [each for each in self._objects.of("Gateway") if each["spec"]["gatewayClassName"] in ours]

    def _gateway(self, gateway: Json) -> bool:
        others = [each for each in gateway["metadata"].get("finalizers") or () if each != gateways.FINALIZER]
        if "deletionTimestamp" in gateway["metadata"]:
            gone = self._removed(_bare(key_of(gateway), gateways.TAG_PREFIX), [gateway])
            if gone:
                self._objects.write_finalizers(gateway, others)
            return not gone
        attached, judged = self._attached(gateway)
        try:
            wanted = gateways.wanted_by(gateway, self._settings(gateway), attached, self._scheme)
            # First, so that whatever happens next nobody loses sight of what was made.
            self._objects.write_finalizers(gateway, [*others, gateways.FINALIZER])
            standing = self._aws.ensure(wanted)
        except (UnusableError, AwsRefusedError) as problem:
            self._complain(gateway, problem)
            reason = "InvalidParameters" if isinstance(problem, UnusableError) else "Invalid"
            self._objects.write_status(gateway, statuses.failed_status(gateway, reason, self._now))
            return isinstance(problem, AwsRefusedError)
        status = statuses.gateway_status(
            gateway,
            address=standing.dns_name,
            active=standing.active,
            message=standing.arn,
            attached=dict(attached),
            now=self._now,
        )
        self._objects.write_status(gateway, status)
        for route, found in judged:
            self._objects.write_status(route, statuses.route_status(route, found, self._now))
        return not standing.active

    def _attached(self, gateway: Json) -> tuple[collections.Counter[str], list[tuple[Json, list[Attachment]]]]:
        labels = {
            each["metadata"]["name"]: each["metadata"].get("labels") or {} for each in self._objects.of("Namespace")
        }
        judged = [
            (route, found)
            for route in self._objects.of("HTTPRoute")
            if (found := gateways.attachments(route, gateway, labels))
        ]
        names = [name for _, found in judged for each in found for name in each.listeners]
        return collections.Counter(names), judged

    def _settings(self, gateway: Json) -> Json | None:
        named = (gateway["spec"].get("infrastructure") or {}).get("parametersRef") or {}
        wanted = f"{gateway['metadata']['namespace']}/{named.get('name')}"
        return next((each for each in self._objects.of("LoadBalancerConfiguration") if key_of(each) == wanted), None)

    def _group(self, group: ingresses.Group) -> bool:
        if not group.staying:
            gone = self._removed(_bare(group.stack, ingresses.TAG_PREFIX), list(group.members))
            if gone:
                self._let_go(group)
            return not gone
        try:
            wanted = ingresses.wanted_by(group, self._scheme)
            for each in group.staying:
                others = [name for name in each["metadata"].get("finalizers") or () if name != group.finalizer]
                self._objects.write_finalizers(each, [*others, group.finalizer])
            standing = self._aws.ensure(wanted)
        except (UnusableError, AwsRefusedError) as problem:
            for each in group.staying:
                self._complain(each, problem)
            return isinstance(problem, AwsRefusedError)
        # As the controller itself: an address means that requests are answered.
        if standing.active:
            published = {"loadBalancer": {"ingress": [{"hostname": standing.dns_name}]}}
            for each in group.staying:
                self._objects.write_status(each, published)
        self._let_go(group)
        return not standing.active

    def _let_go(self, group: ingresses.Group) -> None:
        for each in group.members:
            if "deletionTimestamp" in each["metadata"]:
                others = [name for name in each["metadata"].get("finalizers") or () if name != group.finalizer]
                self._objects.write_finalizers(each, others)

    def _removed(self, wanted: WantedLoadBalancer, asking: list[Json]) -> bool:
        try:
            self._aws.remove(wanted)
        except AwsRefusedError as problem:
            for each in asking:
                self._complain(each, problem)
            return False
        return True

    def _complain(self, item: Json, problem: Exception) -> None:
        LOG.warning("%s %s: %s", item["kind"], key_of(item), problem)
        self._tell(item, "Warning", "FailedDeployModel", f"Failed deploy model due to {problem}")

    def _now(self) -> str:
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self._clock()))


def _bare(stack: str, tag_prefix: str) -> WantedLoadBalancer:
    """Enough of a load balancer to find it by its tags."""
    return WantedLoadBalancer(stack, tag_prefix, "", (), {}, ())
