"""A smoke test: the deployed agent runs one of its graphs once, over the API its users use."""

from __future__ import annotations

import dataclasses
import json
import time
from typing import TYPE_CHECKING, Any

import httpx2

from langsmith_client.errors import ProjectError
from langsmith_control_plane.tls import trust
from langsmith_control_plane.wire import NO_ANSWER

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

DEFAULT_TIMEOUT = 120.0
"""Seconds. A run may call models several times."""
_LONGEST_REASON = 400  # characters


@dataclasses.dataclass(frozen=True)
class Question:
    """What a graph is asked.

    Attributes:
        graph: Id of the graph, as langgraph.json has it.
        input: Its input.
    """

    graph: str
    input: Mapping[str, Any]


@dataclasses.dataclass(frozen=True)
class Smoke:
    """How the run went.

    Attributes:
        passed: It ended with an output.
        output: The state it ended with, or None. Kept out of the repr: it is whatever the agent says.
        reason: Why it did not pass, as a sentence that may quote the agent; empty when it did.
        seconds: How long it took.
    """

    passed: bool
    output: Any = dataclasses.field(default=None, repr=False)
    reason: str = ""
    seconds: float = 0.0

    def quotable(self, redact: Callable[[str], str]) -> Smoke:
        """The same with a reason that can be shown: without what `redact` removes, and not longer than a few lines."""
        reason = redact(self.reason)
        short = reason if len(reason) <= _LONGEST_REASON else f"{reason[:_LONGEST_REASON]}..."
        return dataclasses.replace(self, reason=short)


def question(text: str, graphs: Collection[str], chosen: str | None = None) -> Question:
    """What `text` asks: the input itself where it is a JSON object, else a user's message to a chat agent.

    Raises:
        ProjectError: The graph is not clear, or not one of the agent's.
    """
    if chosen is None and len(graphs) > 1:
        raise ProjectError(
            [f"The agent has several graphs: {', '.join(sorted(graphs))}."], "Say which one with --smoke-graph."
        )
    if chosen is not None and chosen not in graphs:
        raise ProjectError([f"The agent has no graph {chosen!r}."], f"It has {', '.join(sorted(graphs))}.")
    try:
        given = json.loads(text)
    except ValueError:
        given = text
    asked = given if isinstance(given, dict) else {"messages": [{"role": "user", "content": text}]}
    return Question(chosen or next(iter(graphs)), asked)


def run_smoke(
    url: str,
    asked: Question,
    *,
    headers: Mapping[str, str],
    timeout: float = DEFAULT_TIMEOUT,
    transport: httpx2.BaseTransport | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Smoke:
    """Run the graph once, without a thread that outlives the run; never asks twice, since a run may have effects."""
    body = {"assistant_id": asked.graph, "input": asked.input, "on_disconnect": "cancel"}
    began = clock()
    # Redirects are not followed: they would turn the POST into a GET, or take the key elsewhere.
    with httpx2.Client(transport=transport, timeout=timeout, verify=trust()) as http:
        try:
            answer = http.post(f"{url.rstrip('/')}/runs/wait", json=body, headers=dict(headers))
        except NO_ANSWER as error:
            return Smoke(False, reason=f"{url} gave no answer ({type(error).__name__}).")
    seconds = round(clock() - began, 3)
    if answer.status_code != 200:
        return Smoke(False, reason=f"{url}/runs/wait answered {answer.status_code}{_said(answer)}.", seconds=seconds)
    try:
        output = answer.json()
    except ValueError:
        return Smoke(False, reason=f"{url}/runs/wait is not that of an Agent Server.", seconds=seconds)
    if isinstance(output, dict) and "__error__" in output:
        return Smoke(False, reason=f"The graph {asked.graph} failed{_told(_cause(output))}.", seconds=seconds)
    return Smoke(True, output, seconds=seconds)


def _said(answer: httpx2.Response) -> str:
    try:
        detail = answer.json()["detail"]
    except (ValueError, LookupError, TypeError):
        return ""
    return _told(str(detail))


def _cause(output: Mapping[str, Any]) -> str:
    """The Agent Server answers 200 to a run that failed, with the exception in place of the state."""
    error = output["__error__"]
    if not isinstance(error, dict):
        return str(error)
    return ": ".join(str(error[key]) for key in ("error", "message") if error.get(key))


def _told(text: str) -> str:
    """Somebody else's words as the end of a sentence."""
    line = " ".join(text.split()).rstrip(".")
    return f": {line}" if line else ""
