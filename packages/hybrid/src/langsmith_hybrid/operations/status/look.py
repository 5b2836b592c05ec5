"""All that stands, side by side: each thing is asked of the service it is of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from langsmith_hybrid.operations.aws import Aws, account_of
from langsmith_hybrid.operations.doctor.checks import Check, run
from langsmith_hybrid.operations.doctor.findings import Finding, Findings, fail, ok, warn
from langsmith_hybrid.operations.hosting_stack import HostingStack, StackConfig, StackState
from langsmith_hybrid.operations.langsmith import workspace_of
from langsmith_hybrid.operations.status import agents, cluster, stores

if TYPE_CHECKING:
    from langsmith_control_plane.client import ControlPlaneClient

Workspace = Callable[[StackConfig], "AbstractContextManager[ControlPlaneClient]"]
"""Opens the workspace of a configuration, as `workspace_of`."""

_NAMED_AT_MOST = 5


def look(
    stack: HostingStack,
    aws: Aws | None = None,
    workspace: Workspace = workspace_of,
    today: dt.date | None = None,
) -> Findings:
    """What stands of the stack, a line each; nothing where nothing stands. Changes nothing.

    Args:
        stack: The stack.
        aws: Its account and region; by default botocore's own credentials, in the region of the stack file.
        workspace: Opens its LangSmith workspace.
        today: The date; None for the present one.

    Raises:
        StackError: There is no such stack, or pulumi cannot read it.
    """
    state = stack.state()
    if not state.managed and not state.pending:
        return Findings(())
    aws = aws or account_of(stack)
    today = today or dt.datetime.now(dt.UTC).date()
    return Findings(
        tuple(
            run(
                [
                    Check("state", lambda: _state(state, aws.region)),
                    *cluster.checks(state, aws, today),
                    *stores.checks(state, aws),
                    Check("entrance", lambda: _entrance(stack)),
                    Check("egress", lambda: _egress(stack)),
                    *agents.checks(stack, state, workspace),
                ]
            )
        )
    )


def _state(state: StackState, region: str) -> Iterator[Finding]:
    has = f"{len(state.managed)} resources in {region}"
    if not state.pending:
        yield ok("state", f"{has}, and no run was cut off.")
        return
    more = f" and {len(state.pending) - _NAMED_AT_MOST} more" if len(state.pending) > _NAMED_AT_MOST else ""
    yield warn(
        "state",
        f"{has}; a run was cut off in the midst of {', '.join(state.pending[:_NAMED_AT_MOST])}{more}.",
        "Run `pulumi up`, which tries these again; what they left behind, `langsmith-hybrid orphans` finds.",
    )


def _entrance(stack: HostingStack) -> Iterator[Finding]:
    address, url = stack.outputs.get("loadBalancerAddress"), stack.outputs.get("agentsBaseUrl")
    if address:
        yield ok("entrance", f"Agents answer at {url}, through {address}.")
    else:
        remedy = "Run `pulumi up`; if it stays so, look at the controller (`kubectl get pods -n kube-system`)."
        yield fail("entrance", f"There is no load balancer for {url or 'agents'}.", remedy)


def _egress(stack: HostingStack) -> Iterator[Finding]:
    if addresses := stack.outputs.get("natGatewayIps"):
        yield ok("egress", f"Agents call others from {', '.join(addresses)}.")
