"""Profiles: the credentials file that LangSmith's own tools share. It is read, never written.

https://docs.langchain.com/langsmith/profile-configuration describes the file; `api_key_env`, `api_key_cmd`,
`secret_store` and keys of the form `@file` are newer than that page and taken from the Python SDK and `langsmith-cli`.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from langsmith_control_plane.errors import CredentialsError
from langsmith_control_plane.secret import Secret

CONFIG_FILE_VARIABLE = "LANGSMITH_CONFIG_FILE"
PROFILE_VARIABLE = "LANGSMITH_PROFILE"

_FALLBACK_NAME = "default"
_FILE_MARK = "@"


@dataclasses.dataclass(frozen=True)
class Profile:
    """One profile of the credentials file.

    Attributes:
        name: What `--profile` and LANGSMITH_PROFILE call it.
        path: The file it is in.
        api_url: LangSmith API of its installation: a value as LANGSMITH_ENDPOINT takes it, not a control plane.
        workspace_id: UUID of the workspace to act in.
        fields: The profile as written, which may hold a key. Kept out of the repr.
    """

    name: str
    path: Path
    api_url: str | None = None
    workspace_id: str | None = None
    fields: Mapping[str, Any] = dataclasses.field(default_factory=dict, repr=False)

    def api_key(self, environ: Mapping[str, str]) -> Secret | None:
        """Its API key, None where it holds no credentials at all.

        In the order of the SDKs: `api_key`, which may be `@file`, then the variable that `api_key_env` names.

        Raises:
            CredentialsError: The key is not where the profile says, or it logs in in a way that needs LangSmith's own
                tools: OAuth, whose tokens have to be renewed and written back, a keychain, or a command.
        """
        if written := _text(self.fields, "api_key"):
            return Secret(self._from_file(written) if written.startswith(_FILE_MARK) else written)
        if variable := _text(self.fields, "api_key_env"):
            if not (found := environ.get(variable, "").strip()):
                raise CredentialsError(
                    f"The profile {self.name!r} takes its API key from {variable}, which is not set.",
                    f"Set {variable}.",
                )
            return Secret(found)
        if other := self._other_login():
            raise CredentialsError(
                f"The profile {self.name!r} logs in with {other}, which only LangSmith's own tools can use.",
                "Give it an `api_key` or `api_key_env`, or set LANGSMITH_API_KEY and name no profile.",
            )
        return None

    def _from_file(self, reference: str) -> str:
        path = Path(reference.removeprefix(_FILE_MARK).strip()).expanduser()
        try:
            return path.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is not text"
            raise CredentialsError(
                f"The profile {self.name!r} takes its API key from {path}, which cannot be read ({reason}).",
                "Correct the profile or the file.",
            ) from None

    def _other_login(self) -> str | None:
        if _text(self.fields, "secret_store"):
            return "a key in the system's keychain"
        if _text(self.fields, "api_key_cmd"):
            return "a key that a command prints"
        return "OAuth" if self.fields.get("oauth") else None


def load_profile(environ: Mapping[str, str], name: str | None = None) -> Profile | None:
    """The profile called ``name``; without one, LANGSMITH_PROFILE's, else `current_profile`, else `default`.

    None is the answer only where nothing asks for a profile, and there is no file or no `default` in it.

    Raises:
        CredentialsError: The file cannot be used, or the profile asked for is not in it.
    """
    path = profiles_file(environ)
    document = _read(path)
    profiles = _profiles(document, path)
    asked = name or environ.get(PROFILE_VARIABLE) or document.get("current_profile")
    chosen = asked or _FALLBACK_NAME
    fields = profiles.get(chosen)
    if fields is None and not asked:
        return None
    if not isinstance(fields, dict):
        known = f"It has {', '.join(profiles)}." if profiles else "Make it with `langsmith profile`, or name none."
        raise CredentialsError(f"There is no profile {chosen!r} in {path}.", known)
    return Profile(str(chosen), path, _text(fields, "api_url"), _text(fields, "workspace_id"), fields)


def profile_names(environ: Mapping[str, str]) -> tuple[str, ...]:
    """The names of all profiles.

    Raises:
        CredentialsError: The file cannot be used.
    """
    path = profiles_file(environ)
    return tuple(_profiles(_read(path), path))


def profiles_file(environ: Mapping[str, str]) -> Path:
    """LANGSMITH_CONFIG_FILE, else `.langsmith/config.json` in the home folder; it need not exist."""
    if chosen := environ.get(CONFIG_FILE_VARIABLE):
        return Path(chosen).expanduser()
    return Path.home() / ".langsmith" / "config.json"


_REPAIR = "Correct it, or make it anew with `langsmith profile`."


def _read(path: Path) -> Mapping[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
        document = json.loads(text) if text.strip() else {}
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise CredentialsError(f"{path} cannot be read ({reason}).", "Correct its permissions.") from None
    except ValueError:  # its own message would quote the file
        raise CredentialsError(f"{path} is not JSON.", _REPAIR) from None
    if not isinstance(document, dict):
        raise CredentialsError(f"{path} holds no JSON object.", _REPAIR)
    return document


def _profiles(document: Mapping[str, Any], path: Path) -> Mapping[str, Any]:
    profiles = document.get("profiles", {})
    if not isinstance(profiles, dict):
        raise CredentialsError(f"{path} holds no object under `profiles`.", _REPAIR)
    return profiles


def _text(fields: Mapping[str, Any], key: str) -> str | None:
    """A field as text; quotation marks around it, a frequent guest of copied keys, are dropped as the SDKs do."""
    value = fields.get(key)
    return (value.strip().strip("\"'").strip() or None) if isinstance(value, str) else None
