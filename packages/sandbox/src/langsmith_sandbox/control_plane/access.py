"""Who may ask: API keys known only by their SHA-256, each with the workspaces it opens."""

from __future__ import annotations

import dataclasses
import hashlib
import hmac
import uuid
from collections.abc import Mapping

from langsmith_sandbox.control_plane.errors import KeyRefusedError, WorkspaceRefusedError, WorkspaceRequiredError


@dataclasses.dataclass(frozen=True)
class Access:
    """The sandbox's API keys, all of an organisation's scope.

    Attributes:
        workspaces: Workspaces by the lower-case hexadecimal SHA-256 of a key.
    """

    workspaces: Mapping[str, frozenset[uuid.UUID]]

    def tenant(self, api_key: str | None, workspace: str | None, *, refused_status: int = 401) -> uuid.UUID:
        """The workspace a request with these headers acts in.

        Raises:
            KeyRefusedError: The key is missing or unknown.
            WorkspaceRequiredError: No workspace is named.
            WorkspaceRefusedError: The key does not open the workspace, or it is none.
        """
        opened = self._opened(api_key or "")
        if opened is None:
            raise KeyRefusedError(refused_status)
        if not workspace:
            raise WorkspaceRequiredError
        try:
            tenant = uuid.UUID(workspace)
        except ValueError:
            raise WorkspaceRefusedError(workspace) from None
        if tenant not in opened:
            raise WorkspaceRefusedError(workspace)
        return tenant

    def _opened(self, api_key: str) -> frozenset[uuid.UUID] | None:
        digest = hashlib.sha256(api_key.encode()).hexdigest()
        return next((opened for known, opened in self.workspaces.items() if hmac.compare_digest(known, digest)), None)
