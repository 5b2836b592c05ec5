"""What a shell may offer for --target and --profile. Completion never fails: a file with problems offers nothing."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import click


def targets(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:  # noqa: ARG001 - click's
    """The targets of the langsmith.toml here or above."""
    from langsmith_client.errors import ClientError
    from langsmith_client.langsmith_toml import find_fleet, load_fleet

    with contextlib.suppress(ClientError, OSError):
        if path := find_fleet(Path()):
            return [name for name in load_fleet(path).targets if name.startswith(incomplete)]
    return []


def profiles(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:  # noqa: ARG001 - click's
    """The profiles of LangSmith's credentials file."""
    from langsmith_control_plane.errors import CredentialsError
    from langsmith_control_plane.profiles import profile_names

    with contextlib.suppress(CredentialsError):
        return [name for name in profile_names(os.environ) if name.startswith(incomplete)]
    return []
