"""What Kubernetes says about an agent's Pods, through kubectl; reading only, and never needed."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import re
from typing import TYPE_CHECKING, Any

from langsmith_client import processes
from langsmith_client.diagnosis import Clue, Source

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from langsmith_client.target.protocol import Deployment

Json = dict[str, Any]

KUBECONFIG = "KUBECONFIG"
_TIMEOUT = 10.0  # seconds, for one question
_TAIL = 100  # lines of a crashed container's log that are read
# How Python names what ended a program. A server that failed to start often says only that in its very last line.
_EXCEPTION = re.compile(r"(?:\w+\.)*\w*(?:Error|Exception|Exit|Interrupt)(?:: .*)?")
_SKEW = dt.timedelta(seconds=30)  # between the clocks of cluster and control plane


@dataclasses.dataclass(frozen=True)
class Kubectl:
    """A cluster one may look into.

    Attributes:
        context: Of the kubeconfig; None for its current one.
        run: Runs kubectl.
    """

    context: str | None = None
    run: processes.Runner = processes.run

    def clues(self, deployment: Deployment, since: dt.datetime | None) -> tuple[Clue, ...]:
        """What Pods that were made `since` then report; nothing where the cluster cannot be asked.

        Pods of earlier revisions have the same names but for their endings, and may report what is long past.
        """
        namespace = deployment.place.get("namespace")
        if namespace is None:
            return ()
        try:
            pods = [each for each in self._get("pods", namespace) if _is_of(each, deployment, since)]
            names = {pod["metadata"]["name"] for pod in pods}
            events = [each for each in self._get("events", namespace) if each["involvedObject"].get("name") in names]
            return (*(clue for pod in pods for clue in self._pod(pod, namespace)), *_warnings(events))
        except (_NoAnswerError, LookupError, TypeError, ValueError):
            return ()

    def _get(self, kind: str, namespace: str) -> list[Json]:
        return json.loads(self._kubectl("get", kind, "--namespace", namespace, "--output", "json"))["items"]

    def _pod(self, pod: Json, namespace: str) -> Iterator[Clue]:
        status = pod.get("status") or {}
        for condition in status.get("conditions") or ():
            if condition.get("type") == "PodScheduled" and condition.get("status") == "False":
                yield Clue(Source.POD, f"{condition.get('reason', 'Unschedulable')}: {condition.get('message', '')}")
        for container in (*(status.get("initContainerStatuses") or ()), *(status.get("containerStatuses") or ())):
            if text := self._container(pod["metadata"]["name"], container, namespace):
                yield Clue(Source.POD, text)

    def _container(self, pod: str, container: Mapping[str, Any], namespace: str) -> str:
        """How a container that is not well stands, with the last words of one that crashed."""
        state, last = container.get("state") or {}, container.get("lastState") or {}
        waiting, ended = state.get("waiting"), state.get("terminated") or last.get("terminated")
        parts: list[str] = []
        if waiting and waiting.get("reason") not in {"ContainerCreating", "PodInitializing"}:
            parts.append(": ".join(filter(None, (waiting.get("reason"), waiting.get("message")))))
        if ended and ended.get("exitCode"):
            parts.append(f"it ended with exit code {ended['exitCode']} ({ended.get('reason', 'Error')})")
            if words := self._last_words(pod, container["name"], namespace):
                parts.append(f"its log says: {words}")
        return f"{container['name']}: {'; '.join(parts)}" if parts else ""

    def _last_words(self, pod: str, container: str, namespace: str) -> str:
        for previous in ((), ("--previous",)):
            try:
                log = self._kubectl(
                    "logs", pod, "--container", container, "--namespace", namespace, f"--tail={_TAIL}", *previous
                )
            except _NoAnswerError:
                continue
            if lines := [line.strip() for line in log.splitlines() if line.strip()]:
                return next((line for line in reversed(lines) if _EXCEPTION.fullmatch(line)), lines[-1])
        return ""

    def _kubectl(self, *arguments: str) -> str:
        context = ["--context", self.context] if self.context else []
        argv = ["kubectl", *context, *arguments, f"--request-timeout={_TIMEOUT:.0f}s"]
        try:
            done = self.run(argv, timeout=_TIMEOUT * 2)
        except (OSError, TimeoutError) as error:
            raise _NoAnswerError from error
        if done.exit_code != 0:
            raise _NoAnswerError
        return done.stdout.decode(errors="replace")


class _NoAnswerError(Exception):
    """kubectl is not there, or the cluster does not tell."""


def cluster_of(environ: Mapping[str, str], context: str | None) -> Kubectl | None:
    """The cluster that a flag or KUBECONFIG names. The kubeconfig in the home folder is not a wish to look into it."""
    return Kubectl(context) if context or environ.get(KUBECONFIG) else None


def _is_of(pod: Json, deployment: Deployment, since: dt.datetime | None) -> bool:
    # All that a deployment gets in Kubernetes is called `<name>-<32 hex of its id>`.
    if not pod["metadata"]["name"].startswith(f"{deployment.name}-{deployment.id.replace('-', '')}"):
        return False
    return since is None or dt.datetime.fromisoformat(pod["metadata"]["creationTimestamp"]) >= since - _SKEW


def _warnings(events: Iterable[Json]) -> Iterator[Clue]:
    for event in events:
        if event.get("type") == "Warning":
            yield Clue(Source.EVENT, f"{event.get('reason', 'Warning')}: {event.get('message', '').strip()}")
