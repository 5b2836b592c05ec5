"""What a deploy acts on and through; everything of it can be replaced by tests."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Protocol

from langsmith_client.explanation import Explain, unexplained
from langsmith_client.patience import Patience
from langsmith_client.proof import Prove, prove
from langsmith_client.resume import Resume
from langsmith_client.smoke import Question, Smoke, run_smoke

if TYPE_CHECKING:
    from langsmith_client.progress import Reporter
    from langsmith_client.target.protocol import Target


class RunSmoke(Protocol):
    """Lets the agent at a URL run once."""

    def __call__(self, url: str, asked: Question, *, headers: Mapping[str, str]) -> Smoke:
        """How it went."""
        ...


@dataclasses.dataclass(frozen=True)
class Surroundings:
    """What a deploy acts on and through.

    Attributes:
        target: Where agents run.
        reporter: Hears what happens.
        prove: Asks the agent itself.
        clock: Seconds of a clock that never jumps.
        sleep: Waits that many seconds.
        smoke: Lets the agent run once.
        resume: The command that takes up a revision again.
        explain: Says why a revision does not run.
        going_back: Says whether the second image is older than the first, by what their labels tell.
    """

    target: Target
    reporter: Reporter
    prove: Prove = prove
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    smoke: RunSmoke = run_smoke
    resume: Callable[[str, str], str] = dataclasses.field(default_factory=Resume)
    explain: Explain = unexplained
    going_back: Callable[[str, str], str | None] = lambda running, wanted: None  # noqa: ARG005 - nothing is known

    def patience(self) -> Patience:
        """Patience with the target, which tells the reporter what it waits for."""
        return Patience(lambda text: self.reporter.say("outage", text), self.clock, self.sleep)
