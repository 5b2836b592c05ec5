"""Collecting what is known about a revision that does not run, and turning an error into one that says why."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from langsmith_client.diagnosis import PATIENCE, Clue, Diagnosis, Evidence, Source, diagnose
from langsmith_client.errors import DeployFailedError, TargetError, WaitTimeoutError
from langsmith_client.log_reading import Redactor
from langsmith_client.target.protocol import Caretaker, History, LogSource, Phase, Target

if TYPE_CHECKING:
    from langsmith_client.kubectl import Kubectl
    from langsmith_client.progress import Reporter
    from langsmith_client.target.protocol import Deployment, Revision

Explain = Callable[[str, str], "Diagnosis | None"]
"""Says why a revision, given by the name of its deployment and its id, does not run."""
_LINES = 100  # of its log
_NEIGHBOURS = 10  # revisions among which the one in front of it is looked for


class Witness(Target, History, LogSource, Caretaker, Protocol):
    """A target that can be asked about everything."""


def explain(
    target: Witness,
    name: str,
    revision_id: str,
    *,
    cluster: Kubectl | None = None,
    now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
) -> Diagnosis | None:
    """Why the revision of the deployment `name` does not run, or None where nothing tells.

    Never raises for what a target or a cluster does: an explanation is an extra.
    """
    try:
        deployment = target.find(name)
        revision = target.revision(deployment.id, revision_id) if deployment else None
    except TargetError:
        return None
    if deployment is None or revision is None:
        return None
    return diagnose(collect(target, deployment, revision, cluster=cluster, now=now()))


def unexplained(name: str, revision_id: str) -> Diagnosis | None:  # noqa: ARG001 - the signature of `Explain`
    """What is said where there is nobody to ask."""
    return None


def collect(
    target: Witness, deployment: Deployment, revision: Revision, *, cluster: Kubectl | None, now: dt.datetime
) -> Evidence:
    """Everything that is known about `revision`; what cannot be asked is left out."""
    made = _instant(revision.created_at)
    clues = [Clue(Source.MESSAGE, revision.message)] if revision.message else []
    clues += _log(target, deployment, revision)
    clues += _place(target, deployment)
    clues += cluster.clues(deployment, made) if cluster else ()
    redact = Redactor(deployment.environment)
    return Evidence(
        revision,
        tuple(Clue(clue.source, redact(clue.text)) for clue in clues),
        (now - made).total_seconds() if made else None,
        _in_front(target, deployment, revision),
    )


def explained(
    error: DeployFailedError | WaitTimeoutError, diagnosis: Diagnosis | None, reporter: Reporter, redact: Redactor
) -> DeployFailedError | WaitTimeoutError:
    """The error with its cause and the cause's remedy, where there is one, and without values of variables.

    What a data plane says about a crash may end with the last line of an agent's log, whatever that holds.
    """
    what = redact(error.what)
    if diagnosis is None:
        return type(error)(what, error.remedy)
    _tell(diagnosis, reporter, diagnosis.clue.text if diagnosis.clue else diagnosis.what)
    if isinstance(error, WaitTimeoutError):
        return WaitTimeoutError(f"{what} {diagnosis.what}", f"{diagnosis.remedy} {error.remedy}")
    return DeployFailedError(f"{what} {diagnosis.what}", f"{diagnosis.remedy} What ran before still runs.")


class Impatience:
    """Says once, in a pause between two looks at a revision, why it takes so long: half an hour is long to wonder.

    Args:
        why: Asks for the cause.
        reporter: Hears it.
        clock: Seconds of a clock that never jumps.
        sleep: Waits that many seconds.
    """

    def __init__(
        self,
        why: Callable[[], Diagnosis | None],
        reporter: Reporter,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
    ) -> None:
        self._why, self._reporter, self._clock, self._sleep = why, reporter, clock, sleep
        self._asks_at = clock() + PATIENCE

    def sleep(self, seconds: float) -> None:
        """Wait that long."""
        if self._clock() >= self._asks_at:
            self._asks_at = math.inf
            if diagnosis := self._why():
                _tell(diagnosis, self._reporter, f"{diagnosis.what} {diagnosis.remedy}")
        self._sleep(seconds)


def _tell(diagnosis: Diagnosis, reporter: Reporter, text: str) -> None:
    reporter.say(
        "cause",
        text,
        cause=diagnosis.cause.value,
        what=diagnosis.what,
        remedy=diagnosis.remedy,
        source=diagnosis.clue.source.value if diagnosis.clue else None,
    )


def _log(target: LogSource, deployment: Deployment, revision: Revision) -> list[Clue]:
    try:
        page = target.logs(deployment, revision_id=revision.id, limit=_LINES, level=None, cursor=None)
    except TargetError:
        return []
    return [Clue(Source.LOG, line.message) for line in page.lines]


def _place(target: Caretaker, deployment: Deployment) -> list[Clue]:
    try:
        return [Clue(Source.TARGET, text) for text in target.troubles(deployment)]
    except TargetError:
        return []


def _in_front(target: History, deployment: Deployment, revision: Revision) -> str | None:
    """An older revision that is still on its way; a control plane deploys one at a time."""
    try:
        revisions = target.revisions(deployment, limit=_NEIGHBOURS)
    except TargetError:
        return None
    ids = [each.id for each in revisions]
    older = revisions[ids.index(revision.id) + 1 :] if revision.id in ids else []
    return next((each.id for each in older if each.phase is Phase.PENDING), None)


def _instant(text: str | None) -> dt.datetime | None:
    try:
        found = dt.datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=dt.UTC)
