"""`langsmith-client wait`"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from langsmith_client.cli import options

if TYPE_CHECKING:
    from langsmith_client.where import Where


@click.command("wait")
@click.argument("name")
@click.argument("revision_id", metavar="REVISION")
@options.waiting
@options.where
@options.output
def command(name: str, revision_id: str, wait_timeout: float, where: Where, as_json: bool) -> None:
    """Go on where a deploy that timed out or was interrupted left off: follow REVISION of NAME and prove it."""
    from langsmith_client.cli.session import connected, existing, reporting, surroundings
    from langsmith_client.deploy import insist, see_through

    with reporting(as_json=as_json) as reporter, connected(where) as target:
        deployment = existing(target, name)
        revision = target.revision(deployment.id, revision_id)
        seen = see_through(name, deployment.id, revision, surroundings(target, reporter), timeout=wait_timeout)
        reporter.finish(
            "result",
            {"deployment": name, "revision": f"{seen.revision.id} ({seen.revision.status})", "url": seen.url or "-"},
            name=name,
            revision_id=seen.revision.id,
            status=seen.revision.status,
            proven=seen.proof.proven,
            url=seen.url,
        )
        insist(name, seen)
