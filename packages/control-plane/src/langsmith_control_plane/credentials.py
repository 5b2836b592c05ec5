"""Who is asking: an API key and the workspace it acts in."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from langsmith_control_plane.errors import CredentialsError
from langsmith_control_plane.secret import Secret

# The order of the official `langgraph deploy`.
API_KEY_VARIABLES = ("LANGGRAPH_HOST_API_KEY", "LANGSMITH_API_KEY", "LANGCHAIN_API_KEY")
WORKSPACE_VARIABLES = ("LANGSMITH_WORKSPACE_ID", "LANGSMITH_TENANT_ID")


@dataclasses.dataclass(frozen=True)
class Credentials:
    """An API key and, for organisation-wide keys, the workspace to act in.

    Whitespace around the key, a frequent guest of copied keys, is dropped.

    Attributes:
        api_key: LangSmith API key.
        workspace_id: UUID of the workspace; None leaves it to the key.

    Raises:
        CredentialsError: One of them cannot be sent in a header. Found here, because an HTTP library that refuses a
            header value quotes it in its own error.
    """

    api_key: Secret
    workspace_id: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "api_key", Secret(self.api_key.reveal().strip()))
        if not self.api_key:
            raise CredentialsError("The LangSmith API key is empty.")
        if not _fits_header(self.api_key.reveal()):
            raise CredentialsError("The LangSmith API key holds a space, a line break or a character beyond ASCII.")
        if self.workspace_id is not None and not _fits_header(self.workspace_id):
            raise CredentialsError(f"The workspace id {self.workspace_id!r} is not a UUID.")

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Credentials:
        """The credentials named by the environment's official variables.

        Raises:
            CredentialsError: No variable holds an API key.
        """
        api_key = _first(environ, API_KEY_VARIABLES)
        if api_key is None:
            raise CredentialsError("No LangSmith API key is set.")
        return cls(Secret(api_key), _first(environ, WORKSPACE_VARIABLES))

    def headers(self) -> dict[str, str]:
        """The request headers that carry them."""
        headers = {"X-Api-Key": self.api_key.reveal()}
        if self.workspace_id:
            headers["X-Tenant-Id"] = self.workspace_id
        return headers


def _fits_header(value: str) -> bool:
    return value.isascii() and value.isprintable() and " " not in value


def _first(environ: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    return next((value for name in names if (value := environ.get(name, "").strip())), None)
