"""From everything to nothing, in the order in which it can go, and proven."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from langsmith_hybrid.operations.aws import Aws
from langsmith_hybrid.operations.carrying_out import carry_out
from langsmith_hybrid.operations.deployments import delete_deployments, deployments_on
from langsmith_hybrid.operations.errors import PreflightError
from langsmith_hybrid.operations.hosting_stack import HostingStack, StackConfig
from langsmith_hybrid.operations.langsmith import workspace_of
from langsmith_hybrid.operations.orphans import Findings, Whose, search
from langsmith_hybrid.operations.orphans.held import Held
from langsmith_hybrid.operations.protection import protected, unprotecting

if TYPE_CHECKING:
    from langsmith_control_plane.client import ControlPlaneClient

_AT_ONCE = ("--yes", "--skip-preview")  # it has been confirmed by then
_WITH_IT = "without a final snapshot and with what is in buckets and repositories"


@dataclasses.dataclass(frozen=True)
class Consent:
    """What may go besides the stack itself.

    Attributes:
        deployments: The agents' deployments in LangSmith.
        tracing_projects: Their traces with them.
        protected: What `deletionProtection` holds: no final snapshot is taken then, and buckets and repositories go
            with what is in them.
    """

    deployments: bool = False
    tracing_projects: bool = False
    protected: bool = False


@dataclasses.dataclass(frozen=True)
class Standing:
    """What there is to take down.

    Attributes:
        resources: How many resources the state has.
        listeners: Ids of the stack's listeners.
        kept: Those of them that were there before the stack, and stay.
        deployments: Names of the deployments on them.
        protected: What `deletionProtection` holds.
    """

    resources: int
    listeners: frozenset[str]
    kept: frozenset[str]
    deployments: tuple[str, ...]
    protected: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class Surroundings:
    """What taking a stack down asks and acts through, besides pulumi.

    Attributes:
        aws: The stack's account and region.
        workspace: Opens the workspace of a configuration.
        sweep: Looks for left-overs.
    """

    aws: Aws
    workspace: Callable[[StackConfig], AbstractContextManager[ControlPlaneClient]] = workspace_of
    sweep: Callable[[Whose, Aws], Findings] = search


def look(stack: HostingStack, around: Surroundings) -> Standing:
    """What there is to take down; changes nothing.

    Raises:
        AccessError: AWS or LangSmith do not know the credentials.
        OperationError: pulumi, AWS or LangSmith cannot be asked.
    """
    around.aws.ask("sts", "get_caller_identity")
    managed = stack.managed()
    listeners = Held.by(managed).listeners
    names: tuple[str, ...] = ()
    if listeners:
        with around.workspace(stack.config) as client:
            names = tuple(each.name for each in deployments_on(client, listeners))
    kept = Held.by(each for each in managed if each.outputs.get("adopted") and not each.outputs.get("delete_adopted"))
    return Standing(len(managed), listeners, kept.listeners, names, protected(managed))


def refuse(standing: Standing, consent: Consent) -> None:
    """Refuse to begin what could not be ended.

    Raises:
        PreflightError: Something would be lost that nobody has agreed to lose; all of it is named.
    """
    if reasons := [*_reasons(standing, consent)]:
        raise PreflightError(
            " ".join(what for what, _ in reasons), f"Nothing was changed. {' '.join(remedy for _, remedy in reasons)}"
        )


def _reasons(standing: Standing, consent: Consent) -> Iterator[tuple[str, str]]:
    if standing.deployments and not consent.deployments:
        some = "A deployment runs" if len(standing.deployments) == 1 else f"{len(standing.deployments)} deployments run"
        yield (
            f"{some} on the stack: {', '.join(standing.deployments)}.",
            "Give --delete-deployments to delete what runs first.",
        )
    if standing.protected and not consent.protected:
        yield (
            f"deletionProtection holds {', '.join(standing.protected)}.",
            f"Give --unprotect to let go of all that, {_WITH_IT}: copy first what is to be kept.",
        )


def down(
    stack: HostingStack, standing: Standing, consent: Consent, around: Surroundings, say: Callable[[str], None]
) -> None:
    """Take down what stands; every step can be repeated, and one with nothing to do does nothing.

    Args:
        stack: The stack.
        standing: What `look` found.
        consent: What may go with it.
        around: What it acts through.
        say: Told of every step.

    Raises:
        PreflightError: Something would be lost that nobody has agreed to lose; nothing was changed.
        AccessError: Credentials were over, or are refused; the same command goes on.
        EngineFailedError: pulumi failed; the same command goes on.
        LeftoversError: Something is left that no state manages.
        OperationError: LangSmith or AWS refused something else.
    """
    refuse(standing, consent)
    if standing.deployments:
        say(f"Deleting {', '.join(standing.deployments)} while the listener can still take them away.")
        with around.workspace(stack.config) as client:
            on_it = deployments_on(client, standing.listeners)
            delete_deployments(client, on_it, tracing_projects=consent.tracing_projects, say=say)
    if standing.protected:
        say("Letting go of what is protected.")
        with unprotecting(stack) as file:
            carry_out(stack, around.aws, "up", *_AT_ONCE, "--config-file", str(file))
    if standing.resources:
        say(f"Destroying {standing.resources} resources.")
        carry_out(stack, around.aws, "destroy", *_AT_ONCE)
    for listener in sorted(standing.kept):
        say(f"The listener {listener} was there before the stack, and is kept.")
    say("Looking for what is left.")
    found = around.sweep(Whose.one(stack), around.aws)
    left = tuple(each for each in found.left if each.id not in standing.kept)
    if error := dataclasses.replace(found, left=left).error:
        raise error
