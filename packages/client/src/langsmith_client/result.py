"""What a deploy led to, and how it is told."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from langsmith_client.progress import Reporter
    from langsmith_client.smoke import Smoke


@dataclasses.dataclass(frozen=True)
class Result:
    """What a deploy led to.

    Attributes:
        name: Name of the deployment.
        image: `<name>:<tag>`, for people, or `<name>@<digest>` where the image was given so.
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
        smoke: How its one run went; None where nobody asked for one.
        resume: The command that follows the revision, where nobody waited for it.
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
    smoke: Smoke | None = None
    resume: str = ""

    @property
    def total(self) -> float:
        """Seconds of all steps."""
        return round(sum(self.seconds.values()), 3)


def report(result: Result, reporter: Reporter) -> None:
    """Tell the outcome of a deploy."""
    reporter.finish(
        "result",
        dict(_facts(result)),
        **{**dataclasses.asdict(result), "steps": result.seconds, "seconds": result.total},
    )


def _facts(result: Result) -> Iterator[tuple[str, str]]:
    yield "deployment", f"{result.name} ({'changed' if result.changed else 'unchanged'})"
    yield "image", result.image
    yield "digest", result.digest
    yield "revision", f"{result.revision_id} ({result.status}{', served' if result.proven else ''})"
    yield "url", result.url or "not known yet"
    if result.smoke:
        yield "smoke", json.dumps(result.smoke.output) if result.smoke.passed else result.smoke.reason
    if result.resume:
        yield "follow with", result.resume
    steps = ", ".join(f"{name} {seconds:.1f}" for name, seconds in result.seconds.items())
    yield "seconds", f"{result.total:.1f} ({steps})"


class Timer:
    """Seconds of each step, by name."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock, self._last = clock, clock()
        self._laps: dict[str, float] = {}

    def lap(self, name: str) -> None:
        """The step that ends now."""
        now = self._clock()
        self._laps[name], self._last = round(now - self._last, 3), now

    def laps(self) -> Mapping[str, float]:
        """All steps so far, in order."""
        return dict(self._laps)
