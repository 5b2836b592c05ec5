"""`langsmith-client status`"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click

from langsmith_client.cli import options
from langsmith_client.cli.looking import deployment_name

if TYPE_CHECKING:
    from langsmith_client.diagnosis import Diagnosis
    from langsmith_client.listing import Listed
    from langsmith_client.where import Where


@click.command("status")
@click.argument("agent", metavar="PATH|NAME", default=".")
@click.option(
    "--kube-context", metavar="CONTEXT", help="Context of kubectl to ask what is wrong; else that of KUBECONFIG."
)
@options.where
@options.output
def command(agent: str, kube_context: str | None, where: Where, as_json: bool) -> None:
    """Show one deployment: its newest revision, the image that runs, what is really served, and what is wrong.

    AGENT is a folder with a langgraph.json, or the name of a deployment.
    """
    import datetime as dt

    from langsmith_client.cli.looking import identities
    from langsmith_client.cli.session import connected, existing, reporting
    from langsmith_client.environment.departure import taken_away
    from langsmith_client.explanation import explain
    from langsmith_client.kubectl import cluster_of
    from langsmith_client.listing import fields, look
    from langsmith_client.log_reading import Redactor
    from langsmith_client.proof import ask
    from langsmith_client.target.protocol import Phase

    with reporting(as_json=as_json) as reporter, connected(where) as target, identities() as known:
        deployment = existing(target, deployment_name(agent))
        listed = look(target, known, deployment, probe=ask)
        newest, why = listed.newest, None
        if newest and newest.phase is not Phase.DEPLOYED:
            why = explain(target, deployment.name, newest.id, cluster=cluster_of(os.environ, kube_context))
        facts = {**_facts(listed, dt.datetime.now(dt.UTC)), **_cause(why)}
        reporter.finish(
            "result",
            facts,
            **fields(listed),
            message=Redactor(deployment.environment)(newest.message or "") if newest else None,
            page=deployment.page,
            taken_away=taken_away(deployment),
            cause=why.cause.value if why else None,
            what=why.what if why else None,
            remedy=why.remedy if why else None,
            clue=why.clue.text if why and why.clue else None,
        )


def _facts(listed: Listed, now: Any) -> dict[str, str]:
    from langsmith_client.environment.departure import taken_away, told
    from langsmith_client.table import age

    deployment, newest, identity = listed.deployment, listed.newest, listed.identity
    place = ", ".join(f"{key} {value}" for key, value in deployment.place.items())
    facts = {"deployment": f"{deployment.name} ({'being deleted' if deployment.deleting else place})"}
    facts["revision"] = f"{newest.id} ({newest.status}, {age(newest.created_at, now)} old)" if newest else "none"
    if listed.running and listed.running is not newest:
        facts["running"] = f"{listed.running.id} ({listed.running.status})"
    facts["image"] = (listed.running.image if listed.running else None) or "unknown"
    facts["built from"] = f"{identity.shown}, commit {identity.commit or 'unknown'}"
    if identity.problem:
        facts["built from"] = f"unknown: {identity.problem}"
    reason = f" ({listed.answer.reason})" if listed.answer and listed.answer.reason else ""
    facts["served"] = (listed.served or "unknown") + reason
    facts["url"] = deployment.url or "not known yet"
    if gone := taken_away(deployment):
        facts["missing"] = f"{told(gone)}; a deploy sets what the agent's files have"
    return {**facts, "page": deployment.page} if deployment.page else facts


def _cause(why: Diagnosis | None) -> dict[str, str]:
    if why is None:
        return {}
    return {
        "cause": why.what,
        **({"said": why.clue.text} if why.clue else {}),
        "remedy": why.remedy,
    }
