"""Docker's configuration, with our helper for one registry laid over the user's own."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from langsmith_client.registry.docker_helper import NAME
from langsmith_client.registry.logins import DockerLogins

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@contextlib.contextmanager
def docker_with_ecr(host: str, environ: Mapping[str, str]) -> Iterator[Mapping[str, str]]:
    """Variables with which docker logs in to the ECR registry `host` as we do.

    Whoever has chosen a helper for this registry keeps it. Everything else in the user's configuration holds: contexts,
    plugins and builders are linked to, and other logins stay as they are.
    """
    logins = DockerLogins(environ)
    if logins.has_helper(host):
        yield {}
        return
    with tempfile.TemporaryDirectory(prefix="langsmith-client-docker-") as folder:
        config = logins.config()
        helpers = {**config.get("credHelpers", {}), host: NAME}
        (Path(folder) / "config.json").write_text(json.dumps({**config, "credHelpers": helpers}), encoding="utf-8")
        for path in logins.folder.glob("*"):
            if path.name != "config.json":
                (Path(folder) / path.name).symlink_to(path.absolute())
        # The helper is installed beside this program, which need not be on PATH.
        path = os.pathsep.join((str(Path(sys.executable).parent), environ.get("PATH", os.defpath)))
        yield {"DOCKER_CONFIG": folder, "PATH": path}
