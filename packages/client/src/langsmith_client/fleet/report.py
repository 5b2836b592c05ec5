"""The outcome of a rollout: one table for people, JUnit and Markdown for CI, one error with an honest exit code."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from langsmith_client import github_summary, junit
from langsmith_client.errors import ClientError, FleetError, StoppedError
from langsmith_client.fleet.outcome import State
from langsmith_client.table import Row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from langsmith_client.fleet.outcome import Outcome

_REVISION_LENGTH = 8  # characters; enough to tell one agent's revisions apart


def table(outcomes: Sequence[Outcome]) -> list[Row]:
    """A row an agent."""
    return [Row(_cells(outcome), outcome.fields()) for outcome in outcomes]


def summary(outcomes: Sequence[Outcome], target: str) -> str:
    """All agents in one line."""
    counted = counts(outcomes)
    return f"{', '.join(f'{number} {state}' for state, number in counted.items() if number)} on {target}"


def counts(outcomes: Sequence[Outcome]) -> dict[str, int]:
    """How many agents are in each state."""
    return {state.value: sum(outcome.state is state for outcome in outcomes) for state in State}


@dataclasses.dataclass(frozen=True)
class ForCi:
    """What a CI system is told: test cases, and a section of its summary page."""

    cases: tuple[junit.Case, ...]
    markdown: str


def for_ci(outcomes: Sequence[Outcome], target: str) -> ForCi:
    """A test case an agent, passed when it is deployed and proven or was left alone; the page only counts these."""
    shown = [outcome for outcome in outcomes if outcome.state is not State.UNCHANGED]
    words = f"{summary(outcomes, target)}."
    page = github_summary.section(f"Rollout to {target}", words, github_summary.table(table(shown)))
    return ForCi(tuple(_case(outcome, target) for outcome in outcomes), page)


def refusal(error: ClientError, target: str) -> ForCi:
    """What is told of a rollout that did not begin."""
    case = junit.Case("plan", target, failure=(type(error).__name__, str(error)))
    words = (github_summary.escaped(text) for text in (error.what, error.remedy))
    return ForCi((case,), github_summary.section(f"Rollout to {target} refused", *words))


def _case(outcome: Outcome, target: str) -> junit.Case:
    told = {"image_uri", "proven", "revision_id", "state", "url"}
    return junit.Case(
        name=outcome.name,
        group=f"{target}.{outcome.stage.replace(' ', '-')}",
        seconds=outcome.seconds,
        failure=outcome.error and (type(outcome.error).__name__, str(outcome.error)),
        skipped="An earlier failure stopped the rollout." if outcome.state is State.NOT_STARTED else "",
        properties=tuple(
            (name, str(value)) for name, value in outcome.fields().items() if name in told and value is not None
        ),
    )


def error(outcomes: Sequence[Outcome]) -> ClientError | None:
    """What the command ends with, None when all went well."""
    errors = [outcome.error for outcome in outcomes if outcome.error]
    if not errors:
        return None
    words = {State.FAILED: "Not deployed", State.INTERRUPTED: "Interrupted", State.NOT_STARTED: "Not started"}
    named = {state: [outcome.name for outcome in outcomes if outcome.state is state] for state in words}
    what = " ".join(f"{words[state]}: {', '.join(names)}." for state, names in named.items() if names)
    remedy = "\n".join(dict.fromkeys(each.remedy for each in errors if each.remedy))
    if named[State.INTERRUPTED]:
        return StoppedError(what, remedy)
    return FleetError(what, remedy, exit_codes=[each.exit_code for each in errors])


def _cells(outcome: Outcome) -> dict[str, str]:
    return {
        "agent": outcome.name,
        "turn": outcome.stage,
        "state": outcome.state.value,
        "image": outcome.tag,
        "revision": (outcome.revision_id or "-")[:_REVISION_LENGTH],
        "proven": "yes" if outcome.proven else "no" if outcome.state is State.DEPLOYED else "-",
        "seconds": f"{outcome.seconds:.1f}" if outcome.seconds else "-",
        "why": outcome.error.what if outcome.error else "-",
    }
