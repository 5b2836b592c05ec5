"""A deploy from start to end: check, push, plan, make one revision, follow it, prove that it is served."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from langsmith_client.errors import UnprovenError
from langsmith_client.follow import DEFAULT_TIMEOUT, follow
from langsmith_client.image.publish import PublishedImage
from langsmith_client.plan import Plan, make_plan
from langsmith_client.proof import Proof, prove

if TYPE_CHECKING:
    from langsmith_client.environment.merge import Side
    from langsmith_client.progress import Reporter
    from langsmith_client.target.protocol import Deployment, Revision, SecretReference, Target

Publish = Callable[[], PublishedImage]
"""Makes sure that the image is in the registry."""
Prove = Callable[[str | None, str], Proof]
"""Asks the agent at a URL for a revision."""


@dataclasses.dataclass(frozen=True)
class Surroundings:
    """What a deploy acts on and through.

    Attributes:
        target: Where agents run.
        reporter: Hears what happens.
        prove: Asks the agent itself.
        clock: Seconds of a clock that never jumps.
        sleep: Waits that many seconds.
    """

    target: Target
    reporter: Reporter
    prove: Prove = prove
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


@dataclasses.dataclass(frozen=True)
class Wish:
    """What shall be deployed.

    Attributes:
        name: Name of the deployment.
        environment: Variables it shall have, merged with those others set; None leaves all. Kept out of the repr.
        resources: Fields of its resource specification; others it has are kept.
        wait: Whether to wait for the revision, and then to ask for proof.
        timeout: Seconds to wait at most.
        references: Variables that come from Secrets, merged as the others are; None leaves all.
        settle: Who is right where both sides changed a variable; None makes that an error.
    """

    name: str
    environment: Mapping[str, str] | None = dataclasses.field(default=None, repr=False)
    resources: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    wait: bool = True
    timeout: float = DEFAULT_TIMEOUT
    references: tuple[SecretReference, ...] | None = None
    settle: Side | None = None


@dataclasses.dataclass(frozen=True)
class Result:
    """What a deploy led to.

    Attributes:
        name: Name of the deployment.
        image: `<name>:<tag>`, for people.
        image_uri: `repository@sha256:...`, what runs.
        digest: The digest alone.
        built: False when the registry had the image already.
        deployment_id: The target's id of the deployment.
        revision_id: The revision that is wanted: ours, or the one that already was what we want.
        status: Its last known status.
        changed: False when no revision was made.
        proven: Whether the pods themselves said that they serve it.
        url: Where the agent answers, if known.
        seconds: Duration of each step, by name.
    """

    name: str
    image: str
    image_uri: str
    digest: str
    built: bool
    deployment_id: str
    revision_id: str
    status: str
    changed: bool
    proven: bool
    url: str | None
    seconds: Mapping[str, float]

    @property
    def total(self) -> float:
        """Seconds of all steps."""
        return round(sum(self.seconds.values()), 3)


def deploy(wish: Wish, publish: Publish, around: Surroundings) -> Result:
    """Deploy, and return only what is true.

    Raises:
        UnprovenError: Deployed, but the pods were not seen serving it; the result has been reported.
        ClientError: Whatever else ended it; every subclass has its own exit code.
    """
    timer = _Timer(around.clock)
    existing = around.target.find(wish.name)
    around.target.check(wish.name, existing)
    timer.lap("check")
    image = publish()
    timer.lap("image")
    plan = make_plan(
        wish.name,
        image.by_digest,
        existing,
        environment=wish.environment,
        resources=wish.resources,
        references=wish.references,
        settle=wish.settle,
    )
    for note in plan.notes:
        around.reporter.say("note", note)
    deployment_id, revision = _carry_out(plan, existing, around)
    timer.lap("revision")
    seen = Seen(revision, existing.url if existing else None, Proof(False, None, "Nobody waited for it."))
    if wish.wait:
        seen = see_through(wish.name, deployment_id, revision, around, timeout=wish.timeout)
        timer.lap("wait")
    result = _result(wish.name, image, plan, deployment_id, seen, timer)
    report(result, around.reporter)
    if wish.wait:
        insist(wish.name, seen)
    return result


@dataclasses.dataclass(frozen=True)
class Seen:
    """A revision, where it should answer, and whether it did."""

    revision: Revision
    url: str | None
    proof: Proof


def see_through(name: str, deployment_id: str, revision: Revision, around: Surroundings, *, timeout: float) -> Seen:
    """Follow `revision` to its end and ask its pods.

    Raises:
        ClientError: As `follow` does.
    """

    def on_status(status: str) -> None:
        around.reporter.say("status", f"revision {revision.id} is {status}", revision_id=revision.id, status=status)

    deployed = follow(
        around.target,
        name,
        deployment_id,
        revision,
        on_status=on_status,
        timeout=timeout,
        clock=around.clock,
        sleep=around.sleep,
    )
    found = around.target.find(name)  # only now is the URL of a first revision known
    url = found.url if found else None
    proof = around.prove(url, deployed.id)
    around.reporter.say(
        "proof",
        f"{url} serves revision {deployed.id}" if proof.proven else proof.reason,
        proven=proof.proven,
        served=proof.served,
    )
    return Seen(deployed, url, proof)


def insist(name: str, seen: Seen) -> None:
    """Raise unless the pods themselves said that they serve the revision.

    Raises:
        UnprovenError: They did not.
    """
    if not seen.proof.proven:
        raise UnprovenError(
            f"Revision {seen.revision.id} of {name} is {seen.revision.status} but unproven: {seen.proof.reason}",
            f"Ask again with: langsmith-client status {name}",
        )


def report(result: Result, reporter: Reporter) -> None:
    """Tell the outcome of a deploy."""
    state = "changed" if result.changed else "unchanged"
    reporter.finish(
        "result",
        {
            "deployment": f"{result.name} ({state})",
            "image": result.image,
            "digest": result.digest,
            "revision": f"{result.revision_id} ({result.status}{', served' if result.proven else ''})",
            "url": result.url or "not known yet",
            "seconds": f"{result.total:.1f} (" + ", ".join(f"{k} {v:.1f}" for k, v in result.seconds.items()) + ")",
        },
        **{**dataclasses.asdict(result), "steps": result.seconds, "seconds": result.total},
    )


def _carry_out(plan: Plan, existing: Deployment | None, around: Surroundings) -> tuple[str, Revision]:
    if plan.change is None:
        if existing is None or plan.revision is None:
            raise AssertionError("a plan without a change is about a revision that exists")
        around.reporter.say("unchanged", f"{existing.name} already is what is wanted: revision {plan.revision.id}")
        return existing.id, plan.revision
    deployment_id, revision = around.target.apply(plan.change)
    around.reporter.say(
        "revision",
        f"made revision {revision.id}, because {'; '.join(plan.reasons)}",
        deployment_id=deployment_id,
        revision_id=revision.id,
        reasons=list(plan.reasons),
    )
    return deployment_id, revision


def _result(name: str, image: PublishedImage, plan: Plan, deployment_id: str, seen: Seen, timer: _Timer) -> Result:
    return Result(
        name=name,
        image=f"{name}:{image.image.reference}",
        image_uri=image.by_digest,
        digest=image.digest,
        built=not image.reused,
        deployment_id=deployment_id,
        revision_id=seen.revision.id,
        status=seen.revision.status,
        changed=plan.change is not None,
        proven=seen.proof.proven,
        url=seen.url,
        seconds=timer.laps(),
    )


class _Timer:
    """Seconds of each step, by name."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock, self._last = clock, clock()
        self._laps: dict[str, float] = {}

    def lap(self, name: str) -> None:
        now = self._clock()
        self._laps[name], self._last = round(now - self._last, 3), now

    def laps(self) -> Mapping[str, float]:
        return dict(self._laps)
