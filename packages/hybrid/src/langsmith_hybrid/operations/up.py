"""``pulumi up`` with care around it: looked at before, explained when it fails."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from langsmith_hybrid.operations.aws import Aws, account_of
from langsmith_hybrid.operations.carrying_out import carry_out
from langsmith_hybrid.operations.doctor import Finding, Findings, State, quick
from langsmith_hybrid.operations.hosting_stack import HostingStack

Look = Callable[[HostingStack, Aws], Findings]
"""Looks for what stands in the way, as the doctor's `quick`."""


def up(
    stack: HostingStack,
    *,
    arguments: Sequence[str] = (),
    aws: Aws | None = None,
    look: Look | None = quick,
    warn: Callable[[Finding], None] = lambda _finding: None,
) -> None:
    """Bring the stack up.

    Args:
        stack: The stack.
        arguments: Passed on to ``pulumi up``, which asks for a confirmation unless ``--yes`` is among them.
        aws: The account and region; by default botocore's own credentials, in the region of the stack file.
        look: Looks for what stands in the way; None goes on regardless.
        warn: Told of what may stand in the way.

    Raises:
        AccessError: Credentials are missing, over or refused, before or while pulumi worked.
        PreflightError: Something else stands in the way; nothing was changed.
        EngineFailedError: pulumi failed.
        StackError: There is no such stack, or it names no region.
    """
    aws = aws or account_of(stack)
    if look is not None:
        findings = look(stack, aws)
        for finding in findings.all:
            if finding.state in {State.WARN, State.UNKNOWN}:
                warn(finding)
        findings.raise_failures()
    carry_out(stack, aws, "up", *arguments)
