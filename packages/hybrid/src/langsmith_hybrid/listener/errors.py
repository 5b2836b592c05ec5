"""Errors of the listener resource; their text is what the engine prints."""

from __future__ import annotations

from collections.abc import Sequence


class ListenerError(Exception):
    """Root of the listener's errors: one sentence on what happened, one on what to do, no secret."""


class ApiKeyError(ListenerError):
    """No API key can be found, or the one found is not the one the program declares."""


class ListenerGoneError(ListenerError):
    """The listener to change has been deleted behind the program's back."""

    def __init__(self, listener_id: str) -> None:
        super().__init__(
            f"Listener {listener_id} does not exist any more. Run `pulumi up --refresh`, which registers it again."
        )


class ListenerMismatchError(ListenerError):
    """The listeners that exist are not what the program describes."""


class ListenerInUseError(ListenerError):
    """Deployments depend on what is about to be taken away.

    Attributes:
        deployments: Their names.
    """

    def __init__(self, what: str, remedy: str, deployments: Sequence[str]) -> None:
        super().__init__(f"{what} {remedy}")
        self.deployments = tuple(deployments)
