"""A world of tiny parts under the real supervisor: ``python fake_world.py HOME``; FAKE_WORLD chooses a flaw."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from langsmith_sandbox.part import Part, accepts_connections
from langsmith_sandbox.paths import WorldPaths
from langsmith_sandbox.supervisor.blueprint import Blueprint, Site
from langsmith_sandbox.supervisor.supervise import supervise

LISTENER = (
    "import socket, sys, time; s = socket.create_server(('127.0.0.1', int(sys.argv[1]))); print('hi'); time.sleep(600)"
)
PARENT = f"import subprocess, sys; subprocess.Popen(['sleep', '600']); exec({LISTENER!r})"
BROKEN = "import sys; sys.exit('the disk is made of cheese')"


def listener(name: str, port: int, program: str = LISTENER) -> Part:
    """A part that is ready once its port accepts connections."""
    return Part(name, (sys.executable, "-c", program, str(port)), ready=accepts_connections(port))


def sleeper(name: str) -> Part:
    """A part that is ready at once."""
    return Part(name, ("sleep", "600"))


class FakeClusters:
    """Clusters of two waves; one named ``broken`` does not start."""

    def prepare(self, directory: Path, name: str) -> None:
        (directory / "prepared").touch()

    def waves(self, site: Site, directory: Path, name: str) -> tuple[tuple[Part, ...], ...]:
        core = Part(f"{name}/core", (sys.executable, "-c", BROKEN), ready=lambda: False)
        return (core if name == "broken" else sleeper(f"{name}/core"),), (sleeper(f"{name}/node"),)

    def endpoint(self, directory: Path) -> str:
        return "https://127.0.0.1:1"

    def token_key(self, directory: Path) -> str:
        return f"token key of {directory.name}"

    def certificate_authority(self, directory: Path) -> str:
        return "Q0E="


def blueprint(flaw: str = "") -> Blueprint:
    """Two listening parts; ``flaw`` makes the second one ``broken`` or a ``parent`` of another process."""
    second = {"broken": BROKEN, "parent": PARENT}.get(flaw, LISTENER)
    return Blueprint(
        ports=("alpha", "beta"),
        parts=lambda site: (
            listener("alpha", site.ports["alpha"]),
            listener("beta", site.ports["beta"], second),
        ),
        clusters=FakeClusters(),
    )


if __name__ == "__main__":
    sys.exit(supervise(WorldPaths(Path(sys.argv[1])), blueprint(os.environ.get("FAKE_WORLD", "")), os.environ))
