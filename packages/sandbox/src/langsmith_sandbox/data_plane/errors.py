"""What the data plane's programs can meet; every message is one sentence, fit for a log and for a revision."""

from __future__ import annotations

from langsmith_sandbox.errors import SandboxError


class DataPlaneError(SandboxError):
    """Base of the data plane's errors."""


class SettingsError(DataPlaneError):
    """The Pod's environment lacks something, or holds something that cannot be meant."""


class RefusedError(DataPlaneError):
    """The control plane answered and said no: to the key, the workspace or the listener.

    Attributes:
        status: HTTP status code.
    """

    def __init__(self, what: str, remedy: str, *, status: int) -> None:
        super().__init__(what, remedy)
        self.status = status


class UnreachableError(DataPlaneError):
    """There was no usable answer from the control plane."""


class ClusterRefusedError(DataPlaneError):
    """The Kubernetes API did not do what it was asked.

    Attributes:
        status: HTTP status code, 0 when there was no answer.
        message: The API's own words.
    """

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"The Kubernetes API refused: {message}.", "See the namespace's roles and events.")
        self.status = status
        self.message = message

    @property
    def final(self) -> bool:
        """True when asking again changes nothing: the object is invalid or the role does not allow it."""
        return self.status in {400, 403, 404, 422}
