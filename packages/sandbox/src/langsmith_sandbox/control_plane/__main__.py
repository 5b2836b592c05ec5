"""``python -m langsmith_sandbox.control_plane --port P --state-dir D``."""

from __future__ import annotations

import argparse
import os
import sys
import uuid
from collections.abc import Mapping
from pathlib import Path

from langsmith_sandbox.errors import SandboxError

WORKSPACE_VARIABLE = "LANGSMITH_SANDBOX_WORKSPACE_ID"
KEY_HASH_VARIABLE = "LANGSMITH_SANDBOX_API_KEY_SHA256"


def main() -> int:
    """Serves the control plane on loopback until told to stop."""
    parser = argparse.ArgumentParser(prog="langsmith_sandbox.control_plane")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--state-dir", type=Path, required=True)
    options = parser.parse_args()
    try:
        serve(options.port, options.state_dir, os.environ)
    except SandboxError as error:
        print(error, file=sys.stderr)  # noqa: T201 - the supervisor keeps it in the log
        return error.exit_code
    return 0


def serve(port: int, state_dir: Path, environment: Mapping[str, str]) -> None:
    """Runs the application; returns when the process is asked to end.

    Raises:
        SandboxError: The environment lacks the workspace or the key's hash, or the state is not readable.
    """
    workspace, key_hash = _identity(environment)
    import uvicorn

    from langsmith_sandbox.control_plane.access import Access
    from langsmith_sandbox.control_plane.app import create_app
    from langsmith_sandbox.control_plane.plane import Plane
    from langsmith_sandbox.control_plane.store import Store

    plane = Plane(store=Store(state_dir), access=Access({key_hash: frozenset({workspace})}))
    uvicorn.run(create_app(plane), host="127.0.0.1", port=port, access_log=False, log_level="warning")


def _identity(environment: Mapping[str, str]) -> tuple[uuid.UUID, str]:
    key_hash = environment.get(KEY_HASH_VARIABLE, "").lower()
    try:
        workspace = uuid.UUID(environment.get(WORKSPACE_VARIABLE, ""))
        if len(bytes.fromhex(key_hash)) != 32:
            raise ValueError
    except ValueError:
        raise SandboxError(
            f"The control plane needs a UUID in {WORKSPACE_VARIABLE} and a SHA-256 in {KEY_HASH_VARIABLE}.",
            "Start it through `langsmith-sandbox start`, which sets both.",
        ) from None
    return workspace, key_hash


if __name__ == "__main__":
    sys.exit(main())
