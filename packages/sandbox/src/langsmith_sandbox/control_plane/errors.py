"""What the control plane refuses, in its own words.

The texts of listeners and deployments that are not found, of duplicate listeners, of a plan without listeners and of
a missing ``listener_id`` are the official ones (OpenAPI document and the official clients' tests); the others follow
their form.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from langsmith_sandbox.errors import SandboxError


class StateUnreadableError(SandboxError):
    """The remembered state is of no use: damaged, sealed with another key, or written by another version."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f"The control plane's records cannot be read: {why}.",
            "Run `langsmith-sandbox reset` to start with an empty control plane.",
        )


class ApiError(Exception):
    """An answer other than success.

    Args:
        status: HTTP status code.
        detail: The string under ``detail`` in the answer.
    """

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail


class KeyRefusedError(ApiError):
    """The API key is missing or unknown. No source documents the answer; the status is a switch."""

    def __init__(self, status: int) -> None:
        super().__init__(status, "Invalid API key.")


class WorkspaceRequiredError(ApiError):
    """An organisation's key came without a workspace."""

    def __init__(self) -> None:
        super().__init__(
            403,
            "This API key is org-scoped and requires workspace specification. Please provide 'X-Tenant-Id' header.",
        )


class WorkspaceRefusedError(ApiError):
    """The key has no access to the workspace."""

    def __init__(self, workspace: str) -> None:
        super().__init__(403, f"This API key has no access to LangSmith workspace ID '{workspace}'.")


class DeploymentsNotEnabledError(ApiError):
    """The organisation's plan has no deployments."""

    def __init__(self) -> None:
        super().__init__(403, "LangSmith Deployment is not enabled for this organization.")


class ListenersNotAllowedError(ApiError):
    """The organisation's plan has no listeners."""

    def __init__(self, workspace: uuid.UUID) -> None:
        super().__init__(
            403,
            f"Listeners cannot be created for LangSmith workspace ID '{workspace}'. Creating listeners is only "
            "allowed for LangSmith organizations with self-hosted enterprise plans.",
        )


class ListenerExistsError(ApiError):
    """Another listener of the workspace has this compute ID."""

    def __init__(self, workspace: uuid.UUID, compute_id: str) -> None:
        super().__init__(
            409, f"Listener for LangSmith workspace ID '{workspace}' and compute ID '{compute_id}' already exists."
        )


class ListenerInUseError(ApiError):
    """The listener still has deployments, and the switch says to refuse."""

    def __init__(self, listener: uuid.UUID, names: Sequence[str]) -> None:
        super().__init__(409, f"Listener ID {listener} still has deployments: {', '.join(names)}.")


class ListenerNotFoundError(ApiError):
    """No such listener in the workspace."""

    def __init__(self, listener: uuid.UUID) -> None:
        super().__init__(404, f"Listener ID {listener} not found.")


class DeploymentNotFoundError(ApiError):
    """No such deployment in the workspace."""

    def __init__(self, deployment: uuid.UUID) -> None:
        super().__init__(404, f"Deployment ID {deployment} not found.")


class RevisionNotFoundError(ApiError):
    """No such revision of the deployment."""

    def __init__(self, revision: uuid.UUID) -> None:
        super().__init__(404, f"Revision ID {revision} not found.")


class TracingProjectExistsError(ApiError):
    """A deployment of that name exists or left its tracing project behind."""

    def __init__(self, name: str) -> None:
        super().__init__(409, f"A tracing project with the name '{name}' already exists.")


class SourceConfigInvalidError(ApiError):
    """The request's source configuration cannot be deployed."""

    def __init__(self, problem: str) -> None:
        super().__init__(400, f"Source configuration error: {problem}")


class ListenerIdRequiredError(SourceConfigInvalidError):
    """A workspace with listeners got a deployment that names none."""

    def __init__(self, available: Sequence[uuid.UUID]) -> None:
        listed = [str(identifier) for identifier in available]
        super().__init__(f"'source_config.listener_id' is required for workspace with available listener IDs: {listed}")


class NameInvalidError(ApiError):
    """The deployment's name is not one Kubernetes objects can carry."""

    def __init__(self, name: str) -> None:
        super().__init__(
            400,
            f"Deployment name '{name}' is invalid. Use lowercase letters, digits and dashes, starting with a letter.",
        )


class OtherSourceOnlyError(ApiError):
    """Something only deployments of another source have."""

    def __init__(self, what: str, source: str) -> None:
        super().__init__(400, f"{what} only available for '{source}' source deployments.")


class RevisionEndedError(ApiError):
    """The revision cannot be interrupted any more."""

    def __init__(self, revision: uuid.UUID, status: str) -> None:
        super().__init__(400, f"Revision ID {revision} cannot be interrupted: it is {status}.")


class WalkForbiddenError(ApiError):
    """A listener reported a step the revision cannot take from where it is."""

    def __init__(self, revision: uuid.UUID, status: str, reported: str) -> None:
        super().__init__(409, f"Revision ID {revision} is {status} and cannot become {reported}.")


class DeletionNotRequestedError(ApiError):
    """A listener says a deployment is gone that nobody asked to delete."""

    def __init__(self, deployment: uuid.UUID) -> None:
        super().__init__(409, f"Deployment ID {deployment} is not being deleted.")
