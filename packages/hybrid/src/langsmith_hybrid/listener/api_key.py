"""Which API key an operation uses, and how a rotated key is noticed without storing any."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping

from langsmith_control_plane.secret import Secret
from langsmith_hybrid.listener.errors import ApiKeyError

CONFIG_KEY = "langsmithApiKey"
ENVIRONMENT_VARIABLE = "LANGSMITH_API_KEY"

_FINGERPRINT_LENGTH = 12
_SALT = "langsmith-hybrid/listener/"
_SET_KEY = f"Set it with `pulumi config set --secret {CONFIG_KEY}`, or export {ENVIRONMENT_VARIABLE}."


def fingerprint(api_key: Secret, workspace_id: str) -> str:
    """Twelve hex digits that change when the key does and from which it cannot be found.

    Scrypt, salted with the workspace, because the value is stored in plain: a short or guessable key stays expensive
    to search for. An empty key has an empty fingerprint, which `inputs.check` refuses.
    """
    if not api_key.reveal().strip():
        return ""
    salt = f"{_SALT}{workspace_id.strip().lower()}".encode()
    digest = hashlib.scrypt(api_key.reveal().strip().encode(), salt=salt, n=2**14, r=8, p=1, dklen=32)
    return digest.hex()[:_FINGERPRINT_LENGTH]


@dataclasses.dataclass(frozen=True)
class ApiKeys:
    """The keys at hand: the stack's own, and the environment's.

    The stack's key wins, although tools usually let the environment win: many shells export a ``LANGSMITH_API_KEY`` for
    tracing, of another workspace or organisation, for which this listener does not exist. Taking that key, a refresh
    would report the listener as gone and the next update would register a second one elsewhere. For the same reason
    the environment's key counts only if it is the one the resource was declared with.

    Attributes:
        configured: ``langsmithApiKey`` of the stack's configuration.
        environment: ``LANGSMITH_API_KEY``.
    """

    configured: Secret | None = None
    environment: Secret | None = None

    @classmethod
    def find(cls, configured: str | None, environ: Mapping[str, str]) -> ApiKeys:
        """The keys of a stack and an environment; blank ones do not count."""
        return cls(_secret(configured), _secret(environ.get(ENVIRONMENT_VARIABLE)))

    def for_writing(self, workspace_id: str, declared: str | None) -> Secret:
        """The key to create or change with, which must be the declared one.

        Args:
            workspace_id: The listener's workspace.
            declared: Fingerprint of the key the program passes; None where it is not known.

        Raises:
            ApiKeyError: There is no key, or it is another one than declared.
        """
        key = self._any()
        if declared is not None and fingerprint(key, workspace_id) != declared:
            raise ApiKeyError(
                f"The API key given to the listener is not the one in {self._source()}. "
                f"Store it with `pulumi config set --secret {CONFIG_KEY}`, and pass that to the listener."
            )
        return key

    def for_reading(self, workspace_id: str, recorded: str | None) -> Secret:
        """The key to read or delete with; the stack's own may have been rotated since it was recorded.

        Args:
            workspace_id: The listener's workspace.
            recorded: Fingerprint in the state.

        Raises:
            ApiKeyError: There is no key, or only the environment's and it is not the recorded one.
        """
        key = self._any()
        if self.configured is None and recorded is not None and fingerprint(key, workspace_id) != recorded:
            raise ApiKeyError(
                f"{ENVIRONMENT_VARIABLE} holds another key than this listener was registered with. "
                f"Set the workspace's key with `pulumi config set --secret {CONFIG_KEY}`."
            )
        return key

    def _any(self) -> Secret:
        key = self.configured or self.environment
        if key is None:
            raise ApiKeyError(f"There is no LangSmith API key. {_SET_KEY}")
        return key

    def _source(self) -> str:
        return f"the stack's {CONFIG_KEY}" if self.configured else ENVIRONMENT_VARIABLE


def _secret(value: str | None) -> Secret | None:
    return Secret(value.strip()) if value and value.strip() else None
