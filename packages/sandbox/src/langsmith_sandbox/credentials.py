"""The secrets of one sandbox: made once, kept in two files that only their owner can read."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import secrets
import string
import uuid
from typing import TYPE_CHECKING

from langsmith_sandbox.errors import SandboxError
from langsmith_sandbox.files import write_whole

if TYPE_CHECKING:
    from pathlib import Path

    from langsmith_sandbox.paths import WorldPaths

_OWNER_ONLY = 0o600
_ACCESS_KEY_ALPHABET = string.ascii_uppercase + "234567"  # base32, as AWS makes its access key ids


@dataclasses.dataclass(frozen=True)
class Credentials:
    """Who may do what in this sandbox; only the workspace id and the access key id are shown when printed.

    Attributes:
        workspace_id: The LangSmith workspace, a UUID.
        api_key: A LangSmith API key of the shape of a personal token.
        aws_access_key_id: Access key of the operator's IAM user.
        aws_secret_access_key: Its secret.
        supervisor_token: Lets the AWS emulator ask the supervisor for clusters.
        passphrase: Encrypts secrets in Pulumi's state.
    """

    workspace_id: str
    api_key: str = dataclasses.field(repr=False)
    aws_access_key_id: str
    aws_secret_access_key: str = dataclasses.field(repr=False)
    supervisor_token: str = dataclasses.field(repr=False)
    passphrase: str = dataclasses.field(repr=False)

    @property
    def api_key_sha256(self) -> str:
        """What the control plane knows of the key: its SHA-256, in hex."""
        return hashlib.sha256(self.api_key.encode()).hexdigest()


def make() -> Credentials:
    """Fresh random ones."""
    return Credentials(
        workspace_id=str(uuid.uuid4()),
        api_key=f"lsv2_pt_{secrets.token_hex(16)}_{secrets.token_hex(5)}",
        aws_access_key_id="AKIA" + "".join(secrets.choice(_ACCESS_KEY_ALPHABET) for _ in range(16)),
        aws_secret_access_key=secrets.token_urlsafe(30),
        supervisor_token=secrets.token_urlsafe(32),
        passphrase=secrets.token_urlsafe(24),
    )


def passphrase_file(paths: WorldPaths) -> Path:
    """The file Pulumi reads the passphrase from."""
    return paths.pulumi / "passphrase"


def load(paths: WorldPaths) -> Credentials:
    """The credentials of an existing sandbox.

    Raises:
        SandboxError: There are none, or the file was damaged.
    """
    try:
        return Credentials(**json.loads(paths.credentials_file.read_text()))
    except FileNotFoundError:
        raise SandboxError(
            f"There is no sandbox in {paths.home}.", "Start one with `langsmith-sandbox start`."
        ) from None
    except (OSError, ValueError, TypeError) as problem:
        # The cause may quote the file, so it is not chained.
        raise SandboxError(
            f"{paths.credentials_file} cannot be read ({type(problem).__name__}).",
            "Delete the sandbox with `langsmith-sandbox reset` and start a fresh one.",
        ) from None


def load_or_make(paths: WorldPaths) -> Credentials:
    """The sandbox's credentials, made and stored (readable by their owner only) at the first call."""
    if not paths.credentials_file.exists():
        made = make()
        write_whole(paths.credentials_file, json.dumps(dataclasses.asdict(made), indent=2), mode=_OWNER_ONLY)
    stored = load(paths)
    if not passphrase_file(paths).exists():
        write_whole(passphrase_file(paths), stored.passphrase, mode=_OWNER_ONLY)
    return stored
