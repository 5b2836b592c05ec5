"""What this client deployed and somebody has taken away since.

`langgraph deploy` with an env file sends that file as the whole environment. Until the next deploy with this client the
agent then runs without what only we had set, and nothing else would say so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from langsmith_client.environment.record import read_record

if TYPE_CHECKING:
    from langsmith_client.target.protocol import Deployment


def taken_away(deployment: Deployment) -> tuple[str, ...]:
    """Names of variables and references of our last deploy that the deployment no longer has, sorted.

    A variable that has become a reference, or the other way round, is still there. A deployment that shows no variable
    at all keeps them to itself: nobody can take away the last one.
    """
    record = read_record(deployment.resources)
    ours: set[str] = set()
    if record.variables and deployment.environment:
        ours.update(record.variables.hashes)
    if record.references:
        ours.update(record.references.texts)
    return tuple(sorted(ours - deployment.environment.keys() - {each.name for each in deployment.references}))


def told(names: tuple[str, ...]) -> str:
    """The names in half a sentence: what became of them, and how."""
    verb = "was" if len(names) == 1 else "were"
    return (
        f"{', '.join(names)} {verb} deployed with this client and taken away since, "
        "by hand or by a `langgraph deploy` with an env file"
    )
