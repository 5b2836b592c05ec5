"""A BuildKit of the test's own behind docker's client, on a machine where no docker daemon runs."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from langsmith_sandbox.toolchain import BuildKit

_TIMEOUT = 60.0  # seconds
_SETTINGS = """\
[worker.oci]
networkMode = "host"
[registry."docker.io"]
mirrors = ["{hub}"]
[registry."{hub}"]
http = true
"""
# BuildKit asks for system call filters wherever the kernel has them, and a runc built without libseccomp's headers
# refuses to start without. They keep hostile builds in; these are ours.
_RUNTIME = """\
#!{python} -IS
import json, os, sys
arguments = sys.argv[1:]
if "--bundle" in arguments:
    path = os.path.join(arguments[arguments.index("--bundle") + 1], "config.json")
    with open(path) as file:
        container = json.load(file)
    container["linux"].pop("seccomp", None)
    with open(path, "w") as file:
        json.dump(container, file)
os.execv({runc!r}, [{runc!r}, *arguments])
"""


@contextlib.contextmanager
def buildkit(tools: BuildKit, hub: str, folder: Path) -> Iterator[Mapping[str, str]]:
    """Variables with which `docker buildx` builds with a daemon of its own, which keeps all it has in `folder`.

    Images of Docker Hub come from the registry at `hub`, a ``host:port``. RUN lines have the network of this machine.
    """
    settings, runtime, socket = folder / "buildkitd.toml", folder / "bin" / "runc", folder / "buildkitd.sock"
    settings.write_text(_SETTINGS.format(hub=hub))
    runtime.parent.mkdir()
    runtime.write_text(_RUNTIME.format(python=sys.executable, runc=str(tools.runc)))
    runtime.chmod(0o755)
    plugins = folder / "docker" / "cli-plugins"
    plugins.mkdir(parents=True)
    (plugins / "docker-buildx").symlink_to(tools.buildx)
    (folder / "docker" / "config.json").write_text("{}")
    environ = {"DOCKER_CONFIG": str(folder / "docker"), "BUILDX_BUILDER": "test"}
    log = folder / "buildkitd.log"
    with log.open("wb") as output:
        daemon = subprocess.Popen(
            [str(tools.daemon), "--config", settings, "--root", folder / "state", "--addr", f"unix://{socket}"],
            env={**os.environ, "PATH": os.pathsep.join((str(runtime.parent), os.environ["PATH"]))},
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        create = ("docker", "buildx", "create", "--name", "test", "--driver", "remote", "--bootstrap")
        done = subprocess.run(
            [*create, f"unix://{socket}"],
            env={**os.environ, **environ},
            capture_output=True,
            text=True,
            timeout=_TIMEOUT,
            check=False,
        )
        assert done.returncode == 0, f"{done.stderr}\n{log.read_text()}"
        yield environ
    finally:
        daemon.terminate()
        daemon.wait(_TIMEOUT)
