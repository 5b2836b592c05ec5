"""Stands in for KEDA's programs: healthy, and scales nothing.

``python -m langsmith_sandbox.data_plane.keda``; listens on the Pod's address at ``PORT`` (8081, where the chart's
probes ask).
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping

from langsmith_sandbox.data_plane.health import Health, serve_health

DEFAULT_PORT = 8081


def start(environment: Mapping[str, str]) -> int:
    """Serves ``/healthz`` and ``/readyz`` on a thread; returns the port."""
    health = Health()
    health.good()
    address = environment.get("LANGSMITH_SANDBOX_POD_IP", "127.0.0.1")
    port = int(environment.get("PORT", DEFAULT_PORT))
    return serve_health(health, address, port, ready=("/readyz",), alive=("/healthz",)).server_port


def main() -> None:
    """Runs until the Pod ends."""
    start(os.environ)
    threading.Event().wait()


if __name__ == "__main__":
    main()
