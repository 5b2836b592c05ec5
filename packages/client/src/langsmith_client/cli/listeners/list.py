"""`langsmith-client listeners list`"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from langsmith_client.cli import options

if TYPE_CHECKING:
    from langsmith_client.where import Where


@click.command("list")
@options.where
@options.output
def command(where: Where, as_json: bool) -> None:
    """List the workspace's listeners, with their namespaces and the number of deployments on each.

    UPDATED is when its registration last changed. When a listener was last heard of, the control plane does not say.
    """
    import datetime as dt

    from langsmith_client.cli.session import control_plane, reporting
    from langsmith_client.listeners import list_listeners, rows

    with reporting(as_json=as_json) as reporter, control_plane(where) as client:
        listeners = list_listeners(client)
        reporter.table("listener", rows(listeners, dt.datetime.now(dt.UTC)))
        reporter.finish("result", {} if listeners else {"listeners": "none"}, count=len(listeners))
