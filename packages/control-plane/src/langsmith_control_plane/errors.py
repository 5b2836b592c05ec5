"""Errors of the control-plane client: each says what happened and what to do next, and none holds a secret."""

from __future__ import annotations


class ControlPlaneError(Exception):
    """Root of every error this package raises.

    Attributes:
        what: One sentence on what happened, and to what.
        remedy: One sentence on what to do next.
        method: HTTP method of the request, or None where none was sent.
        path: Path of the request, relative to the base URL.
        status: HTTP status of the answer, or None where there was none.
        detail: The server's ``detail`` as one line, secrets masked.
        retry_after: Seconds the server asked to wait before the next try, or None.
    """

    default_remedy = "Try again; if it stays, look at the LangSmith status page."

    def __init__(
        self,
        what: str,
        remedy: str | None = None,
        *,
        method: str | None = None,
        path: str | None = None,
        status: int | None = None,
        detail: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        self.what = what
        self.remedy = remedy or self.default_remedy
        self.method = method
        self.path = path
        self.status = status
        self.detail = detail
        self.retry_after = retry_after
        super().__init__(f"{what} {self.remedy}")


class EndpointError(ControlPlaneError):
    """The configured URL is not that of a control plane."""

    default_remedy = (
        "Set LANGGRAPH_HOST_URL to the control plane of your region, such as https://api.host.langchain.com."
    )


class CredentialsError(ControlPlaneError):
    """The API key or workspace id is missing or malformed; nothing was sent."""

    default_remedy = "Set LANGSMITH_API_KEY and LANGSMITH_WORKSPACE_ID."


class UnauthorizedError(ControlPlaneError):
    """401: the key is wrong, expired or revoked."""

    default_remedy = "Check that the LangSmith API key is current and belongs to this region."


class ForbiddenError(ControlPlaneError):
    """403: the key is good but may not do this."""

    default_remedy = "Use a key with access to this workspace."


class NotEnabledError(ForbiddenError):
    """403: the organisation's plan does not include this."""

    default_remedy = "Ask LangChain to enable hybrid deployments for the organisation."


class WorkspaceRequiredError(ForbiddenError):
    """403: an organisation-wide key was used without naming a workspace."""

    default_remedy = "Name the workspace with LANGSMITH_WORKSPACE_ID."


class NotFoundError(ControlPlaneError):
    """404: it does not exist, or not in this workspace."""

    default_remedy = "Check the id, the workspace and the region."


class ConflictError(ControlPlaneError):
    """409: it exists already, or its state forbids the request."""

    default_remedy = "Look at what exists, and use or remove it."


class InvalidRequestError(ControlPlaneError):
    """400 or 422: the server refuses the request's content."""

    default_remedy = "Correct the named value."


class RateLimitedError(ControlPlaneError):
    """429, also after waiting as told."""

    default_remedy = "Wait a minute, then try again with fewer requests at once."


class ServerUnavailableError(ControlPlaneError):
    """5xx, or no connection, also after several tries: what was asked for may or may not have happened."""


class UnreachableError(ServerUnavailableError):
    """No connection could be made, so nothing happened on the server."""

    default_remedy = "Check the network, the proxy settings and the control plane's URL."


class LostAnswerError(ControlPlaneError):
    """The request was sent but its answer never arrived: it may or may not have taken effect."""

    default_remedy = "Look whether it took effect before trying again."


class UnexpectedAnswerError(ControlPlaneError):
    """The answer is not one a control plane gives: not JSON, a redirect, a missing field."""

    default_remedy = "Check that the URL is that of a LangSmith control plane."


class PagingError(UnexpectedAnswerError):
    """A list repeats itself: the server ignores ``offset``."""

    default_remedy = "Report it to LangChain: the list cannot be read completely."
