"""Why a revision does not run: one cause and one remedy, from everything that could be collected about it.

The words looked for are those of the kubelet, the scheduler and container runtimes, which end up in a revision's
message, its log and the events of its Pods alike: https://kubernetes.io/docs/tasks/debug/debug-application/debug-pods/
"""

from __future__ import annotations

import dataclasses
import enum
import re
from typing import TYPE_CHECKING

from langsmith_client.target.protocol import Phase

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from langsmith_client.target.protocol import Revision

PATIENCE = 120.0
"""Seconds a revision may wait to be taken up: listeners poll every few seconds, a first database takes a minute."""


class Cause(enum.Enum):
    """What is wrong, as one word for machines."""

    ARCHITECTURE = "architecture"
    OUT_OF_MEMORY = "out-of-memory"
    IMAGE_MISSING = "image-missing"
    IMAGE_ACCESS = "image-access"
    IMAGE_PULL = "image-pull"
    NAMESPACE = "namespace"
    CONFIGURATION = "configuration"
    UNSCHEDULABLE = "unschedulable"
    CRASH = "crash"
    UNREACHABLE = "unreachable"
    NOT_READY = "not-ready"
    LISTENER_GONE = "listener-gone"
    LISTENER_SILENT = "listener-silent"
    QUEUED = "queued"
    INTERRUPTED = "interrupted"


class Source(enum.Enum):
    """Where a clue comes from, the best informed first."""

    MESSAGE = "message"
    POD = "pod"
    EVENT = "event"
    LOG = "log"
    TARGET = "target"


@dataclasses.dataclass(frozen=True)
class Clue:
    """A line of text about the revision, without secrets."""

    source: Source
    text: str


@dataclasses.dataclass(frozen=True)
class Evidence:
    """All that is known about one revision.

    Attributes:
        revision: Its last known state.
        clues: What was said about it.
        waited: Seconds since it was made, or None when that is unknown.
        behind: Id of another revision of the same deployment that is being deployed, or None.
    """

    revision: Revision
    clues: tuple[Clue, ...] = ()
    waited: float | None = None
    behind: str | None = None


@dataclasses.dataclass(frozen=True)
class Diagnosis:
    """The cause that explains the evidence best.

    Attributes:
        what: What happened, as a sentence.
        remedy: What to do, as a sentence.
        clue: The line the verdict rests on; None when it rests on the passing of time.
    """

    cause: Cause
    what: str
    remedy: str
    clue: Clue | None = None


@dataclasses.dataclass(frozen=True)
class _Rule:
    """A pattern that gives a cause away; `also` must match the same line as well."""

    cause: Cause
    pattern: str
    what: str
    remedy: str
    also: str = ""

    def matches(self, text: str) -> bool:
        return bool(re.search(self.pattern, text) and re.search(self.also, text, re.IGNORECASE))


_PULL = r"ErrImagePull|ImagePullBackOff|ErrImageNeverPull|InvalidImageName|[Ff]ailed to pull|could not be pulled"

# In the order in which one explains the other: a foreign architecture shows as a crash, a crash as a Pod that is not
# ready. The first that matches anything is the cause.
_RULES = (
    _Rule(
        Cause.ARCHITECTURE,
        r"exec format error|no match for platform in manifest",
        "The image is made for another processor than the nodes have.",
        "Build it for theirs: --platform linux/amd64 or linux/arm64.",
    ),
    _Rule(
        Cause.OUT_OF_MEMORY,
        r"OOMKilled",
        "The agent used more memory than its limit and was killed.",
        "Give it more, with --resource memory_mb=... and memory_limit_mb=..., or let it use less.",
    ),
    _Rule(
        Cause.IMAGE_ACCESS,
        _PULL,
        "The cluster may not pull the image.",
        "Give its nodes access to the repository, or name a Secret with --image-pull-secret.",
        also=r"\b40[13]\b|unauthorized|forbidden|denied|no basic auth|authorization failed|authentication required",
    ),
    _Rule(
        Cause.IMAGE_MISSING,
        _PULL,
        "The image is not in the registry the cluster pulls from.",
        "Check that it was not deleted there by a clean-up, then deploy again.",
        also=r"not found|manifest unknown|name unknown|does not exist",
    ),
    _Rule(
        Cause.IMAGE_PULL,
        _PULL,
        "The cluster cannot pull the image.",
        "Check that its nodes reach the registry, and that the image's name is one they know.",
    ),
    _Rule(
        Cause.NAMESPACE,
        r"is not watched by this data plane|[Ll]istener .* has no namespace|namespaces \"[^\"]*\" not found",
        "The listener does not serve the deployment's namespace.",
        "Add the namespace to the listener and its chart, or delete the deployment and create it in a served one.",
    ),
    _Rule(
        Cause.CONFIGURATION,
        r"CreateContainerConfigError|FailedMount|(?:secret|configmap|serviceaccount)s? \"[^\"]*\" not found"
        r"|couldn't find key",
        "A Secret, ConfigMap, volume or service account that the agent needs is not there.",
        "Create it in the deployment's namespace, or correct the reference, then deploy again.",
    ),
    _Rule(
        Cause.UNSCHEDULABLE,
        r"FailedScheduling|nodes are available|no node takes|Insufficient (?:cpu|memory)",
        "No node has room for the agent.",
        "Add nodes, or ask for less with --resource cpu=... and memory_mb=....",
    ),
    _Rule(
        Cause.CRASH,
        r"CrashLoopBackOff|[Bb]ack-off restarting|ends with exit code|RunContainerError|StartError"
        r"|could not be started|ended with exit code [1-9]",
        "The agent starts and ends again.",
        "Correct what the last lines of its log say, then deploy again.",
    ),
    _Rule(
        Cause.UNREACHABLE,
        r"no route leads to them|cannot route|/ok does not answer",
        "The agent runs, but no request reaches it.",
        "Check the data plane's ingress: its host name, its route to this namespace, and its certificate.",
    ),
    _Rule(
        Cause.NOT_READY,
        r"[Rr]eadiness probe|not ready within|ProgressDeadlineExceeded|exceeded its progress deadline",
        "The agent runs, but did not get ready in time.",
        "Look at its log for what it waits for, such as its database, or a graph that takes long to import.",
    ),
    _Rule(
        Cause.LISTENER_GONE,
        r"Listener ID \S+ not found|There is no listener",
        "The listener the deployment belongs to is no longer registered.",
        "Register it again with the same cluster id, or delete the deployment and create it on another listener.",
    ),
)
_UNTAKEN = frozenset({"CREATING", "QUEUED", "AWAITING_BUILD", "AWAITING_DEPLOY"})


def diagnose(evidence: Evidence) -> Diagnosis | None:
    """The cause, or None when nothing is wrong or nothing explains it."""
    if evidence.revision.phase is Phase.DEPLOYED:
        return None
    for rule in _RULES:
        for clue in _in_order(evidence.clues):
            if rule.matches(clue.text):
                return Diagnosis(rule.cause, rule.what, rule.remedy, clue)
    return _from_status(evidence)


def _in_order(clues: Sequence[Clue]) -> Iterator[Clue]:
    for source in Source:
        yield from (clue for clue in clues if clue.source is source)


def _from_status(evidence: Evidence) -> Diagnosis | None:
    revision, waited = evidence.revision, evidence.waited or 0.0
    if revision.phase is Phase.INTERRUPTED:
        return Diagnosis(Cause.INTERRUPTED, "Someone interrupted the revision.", "Deploy again when it may go on.")
    if revision.phase is not Phase.PENDING or revision.status not in _UNTAKEN or waited < PATIENCE:
        return None
    if evidence.behind:
        return Diagnosis(
            Cause.QUEUED,
            f"It waits for revision {evidence.behind}, which is still being deployed.",
            "Wait for that one to end; it gives up by itself when its rollout takes too long.",
        )
    return Diagnosis(
        Cause.LISTENER_SILENT,
        f"No listener has taken it up for {waited:.0f} s, so the data plane seems to be down or cut off.",
        "Check that the listener's Pods run and reach the control plane with a valid API key.",
    )
