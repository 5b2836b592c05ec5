"""The environment that points the product's own tools at a sandbox, by their official variables."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from langsmith_sandbox.credentials import passphrase_file
from langsmith_sandbox.paths import HOME_VARIABLE
from langsmith_sandbox.supervisor.langsmith_world import AWS, CONTROL_PLANE, REGISTRY
from langsmith_sandbox.toolchain.launchers import own_engine

if TYPE_CHECKING:
    from collections.abc import Mapping

    from langsmith_sandbox.credentials import Credentials
    from langsmith_sandbox.paths import WorldPaths
    from langsmith_sandbox.world import World

REGION = "us-east-1"
LANGSMITH_LOGINS = (
    "LANGGRAPH_HOST_API_KEY",
    "LANGCHAIN_API_KEY",
    "LANGSMITH_ENDPOINT",
    "LANGSMITH_PROFILE",
    "LANGSMITH_TENANT_ID",
)
"""Variables of a real LangSmith account, some of which stand before the ones set here."""


def variables(paths: WorldPaths, world: World, credentials: Credentials) -> dict[str, str]:
    """Everything but PATH."""
    found = {
        HOME_VARIABLE: str(paths.home),
        "AWS_ENDPOINT_URL": world.url(AWS),
        "AWS_ACCESS_KEY_ID": credentials.aws_access_key_id,
        "AWS_SECRET_ACCESS_KEY": credentials.aws_secret_access_key,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,  # botocore and version 1 of the aws CLI read this one only
        "AWS_EC2_METADATA_DISABLED": "true",
        "PULUMI_HOME": str(paths.pulumi),
        "PULUMI_BACKEND_URL": f"file://{paths.pulumi / 'state'}",
        "PULUMI_CONFIG_PASSPHRASE_FILE": str(passphrase_file(paths)),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_PYTHON_CMD": sys.executable,
        "PULUMI_NEO": "false",
        "LANGGRAPH_HOST_URL": world.url(CONTROL_PLANE),
        "LANGSMITH_API_KEY": credentials.api_key,
        "LANGSMITH_WORKSPACE_ID": credentials.workspace_id,
        "LANGSMITH_CLIENT_REGISTRY_MIRRORS": f"docker.io=127.0.0.1:{world.ports[REGISTRY]}",
    }
    if own_engine(paths.bin):
        # Nothing can be fetched where the engine itself had to be built; one of the user's own may fetch plugins.
        found["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"] = "true"
        found["PULUMI_DISABLE_REGISTRY_RESOLVE"] = "true"
    return found


def path_folders(paths: WorldPaths) -> tuple[str, ...]:
    """What goes in front of PATH: the sandbox's launchers, then this virtual environment (``aws``, the CLIs)."""
    return str(paths.bin), str(Path(sys.executable).parent)


def process_environment(
    paths: WorldPaths, world: World, credentials: Credentials, environ: Mapping[str, str] = os.environ
) -> dict[str, str]:
    """``environ`` pointed at the sandbox, for processes of the product.

    Profiles, keys and session tokens of real accounts are dropped: the product must never reach one from here.
    """
    dropped = ("AWS_", "PYTHONDONTWRITEBYTECODE", *LANGSMITH_LOGINS)
    kept = {name: value for name, value in environ.items() if not name.startswith(dropped)}
    path = os.pathsep.join((*path_folders(paths), environ.get("PATH", os.defpath)))
    return {**kept, **variables(paths, world, credentials), "PATH": path}


def shell_exports(paths: WorldPaths, world: World, credentials: Credentials) -> str:
    """The same as lines for ``eval`` in any POSIX shell."""
    folders = os.pathsep.join(shlex.quote(folder) for folder in path_folders(paths))
    lines = [f'export PATH={folders}{os.pathsep}"$PATH"']
    # A profile, another key or a session token beside the sandbox's key would be taken first, or make it invalid.
    lines.append("unset AWS_PROFILE AWS_DEFAULT_PROFILE AWS_SESSION_TOKEN AWS_SECURITY_TOKEN")
    lines.append(f"unset {' '.join(LANGSMITH_LOGINS)}")
    found = variables(paths, world, credentials)
    lines.extend(f"export {name}={shlex.quote(value)}" for name, value in sorted(found.items()))
    return "\n".join(lines) + "\n"
