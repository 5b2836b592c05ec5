"""`langsmith-client wait`"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import click

from langsmith_client.cli import options

if TYPE_CHECKING:
    from langsmith_client.smoke import Question
    from langsmith_client.where import Where


@click.command("wait")
@click.argument("agent", metavar="PATH|NAME")
@click.argument("revision_id", metavar="REVISION")
@options.waiting
@options.proof
@options.where
@options.output
def command(
    agent: str,
    revision_id: str,
    wait_timeout: float,
    require_proof: bool,
    smoke: str | None,
    smoke_graph: str | None,
    where: Where,
    as_json: bool,
) -> None:
    """Go on where a deploy that timed out or was interrupted left off: follow REVISION, and prove it."""
    from langsmith_client.cli.session import connected, existing, reporting, surroundings
    from langsmith_client.cli.status import deployment_name
    from langsmith_client.resume import Resume
    from langsmith_client.witness import insist, see_through

    asked = _question(smoke, smoke_graph)
    with reporting(as_json=as_json) as reporter, connected(where) as target:
        name = deployment_name(agent)
        more = options.proof_flags(require_proof, smoke, smoke_graph)
        around = dataclasses.replace(surroundings(target, reporter), resume=Resume.of(where, *more, agent=agent))
        patience = around.patience()
        deployment = patience.ask(lambda: existing(target, name))
        revision = patience.ask(lambda: target.revision(deployment.id, revision_id))
        seen = see_through(name, deployment.id, revision, around, timeout=wait_timeout, smoke=asked)
        reporter.finish(
            "result",
            {"deployment": name, "revision": f"{seen.revision.id} ({seen.revision.status})", "url": seen.url or "-"},
            name=name,
            revision_id=seen.revision.id,
            status=seen.revision.status,
            proven=seen.proof.proven,
            smoke=dataclasses.asdict(seen.smoke) if seen.smoke else None,
            url=seen.url,
        )
        insist(name, seen, proof=require_proof)


def _question(smoke: str | None, graph: str | None) -> Question | None:
    """What to let the agent run; its langgraph.json, which would say what graphs there are, may not be at hand."""
    from langsmith_client.smoke import question

    if smoke is None:
        return None
    if graph is None:
        raise click.UsageError("--smoke needs --smoke-graph here.")
    return question(smoke, [graph])
