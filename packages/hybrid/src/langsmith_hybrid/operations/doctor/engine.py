"""pulumi: new enough, its state at hand, and nobody else at work on the stack."""

from __future__ import annotations

import re
from collections.abc import Iterator

from langsmith_hybrid.operations.aws import Aws
from langsmith_hybrid.operations.doctor.findings import Finding, fail, ok, unknown, warn
from langsmith_hybrid.operations.doctor.state_lock import holders
from langsmith_hybrid.operations.hosting_stack import HostingStack, StackState

_OLDEST = (3, 259, 0)
_NAMED_AT_MOST = 5


def version(stack: HostingStack) -> Iterator[Finding]:
    """Whether pulumi is there, and as new as the program's own libraries."""
    oldest = ".".join(map(str, _OLDEST))
    done = stack.pulumi.answer(["version"], stack.folder)
    match = re.match(r"(\d+)\.(\d+)\.(\d+)", done.stdout.strip().removeprefix("v"))
    if match is None:
        yield unknown("pulumi", "pulumi does not say which version it is.", f"Make sure that it is {oldest} or newer.")
    elif tuple(map(int, match.groups())) < _OLDEST:
        yield fail("pulumi", f"pulumi is {match[0]}, and {oldest} is needed.", "Update the Pulumi CLI.")
    else:
        yield ok("pulumi", f"pulumi is {match[0]}.")


def pending(state: StackState) -> Iterator[Finding]:
    """Whether an earlier run was cut off; an update goes on from there."""
    if names := state.pending:
        more = f" and {len(names) - _NAMED_AT_MOST} more" if len(names) > _NAMED_AT_MOST else ""
        yield warn(
            "state",
            f"An interrupted run was in the midst of {', '.join(names[:_NAMED_AT_MOST])}{more}.",
            "`pulumi up` tries these again; what they left behind, `langsmith-hybrid orphans` finds.",
        )
    else:
        count = len(state.managed)
        yield ok(
            "state", f"The state answers; it holds {count} resources." if count else "The state answers; it is empty."
        )


def lock(stack: HostingStack, aws: Aws) -> Iterator[Finding]:
    """Whether somebody else is changing the stack."""
    found = holders(stack, aws)
    if found is None:
        yield unknown(
            "lock", "Whether somebody works on the stack cannot be seen in this back end.", "pulumi itself will say so."
        )
    elif found:
        yield fail(
            "lock",
            f"The stack is held by {', '.join(found)}.",
            f"Wait until that run ends; if it is dead, run `pulumi cancel --stack {stack.name}`.",
        )
    else:
        yield ok("lock", "Nobody else works on the stack.")
