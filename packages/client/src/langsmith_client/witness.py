"""Seeing a revision through: follow it to its end, then hear from its pods that they serve it."""

from __future__ import annotations

import contextlib
import dataclasses
from typing import TYPE_CHECKING

from langsmith_client.errors import (
    AccessExpiredError,
    DeployFailedError,
    SmokeFailedError,
    StoppedError,
    TargetAccessError,
    TargetUnavailableError,
    UnprovenError,
    WaitTimeoutError,
)
from langsmith_client.explanation import Impatience, explained
from langsmith_client.follow import follow
from langsmith_client.log_reading import Redactor
from langsmith_client.proof import Proof

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from langsmith_client.smoke import Question, Smoke
    from langsmith_client.surroundings import Surroundings
    from langsmith_client.target.protocol import Deployment, Revision

_MOST_REPLICAS = 10  # that are taken to answer; beyond it the proof would cost more than it adds


@dataclasses.dataclass(frozen=True)
class Seen:
    """A revision, where it should answer, and what its pods said; `smoke` is None where nobody asked for a run."""

    revision: Revision
    url: str | None
    proof: Proof
    smoke: Smoke | None = None


def see_through(
    name: str,
    deployment_id: str,
    revision: Revision,
    around: Surroundings,
    *,
    timeout: float,
    smoke: Question | None = None,
    known: Deployment | None = None,
) -> Seen:
    """Follow `revision` to its end, ask its pods which revision they serve and, for `smoke`, let them run once.

    A revision that is deployed already needs no second look at the deployment it was found in: `known`.

    Raises:
        StoppedError: Ctrl-C; the error has the command that goes on from there.
        ClientError: As `follow` does.
    """

    def on_status(status: str) -> None:
        around.reporter.say("status", f"revision {revision.id} is {status}", revision_id=revision.id, status=status)

    found: Deployment | None = None
    impatience = Impatience(lambda: around.explain(name, revision.id), around.reporter, around.clock, around.sleep)
    go_on = f"It goes on without you; follow it with: {around.resume(name, revision.id)}"
    try:
        deployed = follow(
            around.target,
            name,
            deployment_id,
            revision,
            on_status=on_status,
            timeout=timeout,
            clock=around.clock,
            sleep=impatience.sleep,
            resume=around.resume,
        )
        # The URL of a first revision is known only once it is deployed.
        found, problem = (known, "") if known and revision.phase.final else _deployment(name, around)
        proof = _prove(found, deployed, around) if found else Proof(False, None, problem)
        ran = _run_smoke(found, smoke, around) if smoke else None
    except KeyboardInterrupt:
        raise StoppedError(f"Interrupted while waiting for revision {revision.id} of {name}.", go_on) from None
    except TargetAccessError as error:
        raise AccessExpiredError(error.what, f"{error.remedy} {go_on}") from error
    except (DeployFailedError, WaitTimeoutError) as error:
        with contextlib.suppress(TargetAccessError):  # the failure is the news
            found, _ = _deployment(name, around)
        redact = Redactor(found.environment if found else {})
        raise explained(error, around.explain(name, revision.id), around.reporter, redact) from None
    return Seen(deployed, found.url if found else None, proof, ran)


def insist(name: str, seen: Seen, *, proof: bool = True) -> None:
    """Raise unless the pods themselves said that they serve the revision, and ran well if they were asked to.

    Args:
        proof: False accepts a revision that could not be asked.

    Raises:
        UnprovenError: They did not say so.
        SmokeFailedError: They did not run well.
    """
    where = f"Revision {seen.revision.id} of {name} is {seen.revision.status}"
    if proof and not seen.proof.proven:
        raise UnprovenError(
            f"{where} but unproven: {seen.proof.reason}",
            f"Ask again with: langsmith-client status {name}. "
            "Where /info cannot be reached by design, deploy with --no-require-proof.",
        )
    if seen.smoke and not seen.smoke.passed:
        raise SmokeFailedError(
            f"{where} but failed its smoke test: {seen.smoke.reason}",
            f"Look at the agent's own log, or go back with: langsmith-client rollback {name}",
        )


def _deployment(name: str, around: Surroundings) -> tuple[Deployment | None, str]:
    """The deployment as it is now, else why it is not known. The revision is deployed, whatever happens here."""
    try:
        found = around.patience().ask(lambda: around.target.find(name))
    except TargetUnavailableError as error:
        return None, f"Its URL is not known. {error.what}"
    return found, "It was deleted just now."


def _prove(found: Deployment, deployed: Revision, around: Surroundings) -> Proof:
    proof = around.prove(found.url, deployed.id, replicas=_replicas(found.resources))
    around.reporter.say(
        "proof",
        f"{found.url} serves revision {deployed.id}" if proof.proven else proof.reason,
        proven=proof.proven,
        served=proof.served,
    )
    return proof


def _replicas(resources: Mapping[str, Any]) -> int:
    scale = resources.get("max_scale")
    return min(scale, _MOST_REPLICAS) if isinstance(scale, int) and scale > 0 else 1


def _run_smoke(found: Deployment | None, asked: Question, around: Surroundings) -> Smoke:
    from langsmith_client.smoke import Smoke

    if found is None or not found.url:
        return Smoke(False, reason="Nobody knows its URL.")
    ran = around.smoke(found.url, asked, headers=around.target.agent_headers(found.url))
    ran = ran.quotable(Redactor(found.environment))
    text = f"{asked.graph} answered in {ran.seconds:.1f} s" if ran.passed else ran.reason
    around.reporter.say("smoke", text, graph=asked.graph, passed=ran.passed, output=ran.output, seconds=ran.seconds)
    return ran
