"""Errors of the cluster package."""

from __future__ import annotations

from langsmith_sandbox.errors import SandboxError


class ClusterError(SandboxError):
    """Root of what can go wrong with a cluster of the sandbox."""


class ClusterNotPreparedError(ClusterError):
    """A cluster's folder lacks the files ``prepare`` makes."""

    def __init__(self, directory: str) -> None:
        super().__init__(
            f"The cluster folder {directory} is not prepared.",
            "Create the cluster through EKS, or run `langsmith-sandbox reset` if the folder was damaged.",
        )


class KubernetesApiError(ClusterError):
    """The Kubernetes API refused a request.

    Attributes:
        status: HTTP status code, 0 when there was no answer at all.
        reason: Machine-readable reason of the ``Status`` object, for example ``NotFound`` or ``Conflict``.
    """

    def __init__(self, status: int, reason: str, message: str) -> None:
        super().__init__(f"Kubernetes API: {message}", "See the cluster's kube-apiserver log under .sandbox/logs.")
        self.status = status
        self.reason = reason
        self.message = message


class ImageError(ClusterError):
    """An image could not be had.

    Attributes:
        message: What the kubelet would put in the container's waiting state.
        reason: The waiting reason: ``ErrImagePull``, ``ErrImageNeverPull`` or ``InvalidImageName``.
    """

    def __init__(self, message: str, *, reason: str = "ErrImagePull") -> None:
        super().__init__(message, "Push the image to the sandbox registry, or correct the reference.")
        self.message = message
        self.reason = reason


class ContainerConfigError(ClusterError):
    """A container's environment or volumes refer to something that does not exist (``CreateContainerConfigError``)."""

    def __init__(self, message: str) -> None:
        super().__init__(message, "Create what is missing, or correct the Pod's specification.")
        self.message = message


class ContainerStartError(ClusterError):
    """A container's process could not be started (``RunContainerError``)."""

    def __init__(self, message: str) -> None:
        super().__init__(message, "Use an image made for the sandbox, or correct the command.")
        self.message = message
