"""`langsmith-client listeners show`"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from langsmith_client.cli import options

if TYPE_CHECKING:
    from langsmith_client.where import Where


@click.command("show")
@click.argument("listener", metavar="ID|CLUSTER")
@options.where
@options.output
def command(listener: str, where: Where, as_json: bool) -> None:
    """Show one listener, named by its id or its cluster, and the deployments on it."""
    from langsmith_client.cli.session import control_plane, reporting
    from langsmith_client.listeners import deployment_rows, fields, find_listener

    with reporting(as_json=as_json) as reporter, control_plane(where) as client:
        found, deployments = find_listener(client, listener)
        reporter.table("deployment", deployment_rows(deployments))
        reporter.finish(
            "result",
            {
                "listener": f"{found.id} (cluster {found.compute_id})",
                "namespaces": ", ".join(found.namespaces) or "none",
                "version": found.version or "not given",
                "updated": found.updated_at or "not given",
                "deployments": str(len(deployments)),
            },
            **fields(found),
            deployments=len(deployments),
        )
