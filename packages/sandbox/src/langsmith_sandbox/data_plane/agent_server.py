"""Runs an agent image's graphs on the real Agent Server with its in-memory runtime.

Standalone: the interpreter of the Agent Server's own environment runs this file, in which ``langsmith_sandbox`` is not
installed. Configured by the Pod's environment alone, like the server inside ``langchain/langgraph-api``:
``LANGSERVE_GRAPHS`` (and the other ``LANGGRAPH_*`` variables of a built image), ``PORT``, ``MOUNT_PREFIX``,
``LANGSMITH_HOST_REVISION_ID``.
"""

from __future__ import annotations

import os
import sys

# Run as a script, this file's folder is on the path, and operator.py in it would hide the standard library's.
sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry) != os.path.dirname(os.path.abspath(__file__))]

import gc  # noqa: E402
import importlib  # noqa: E402
from collections.abc import Mapping, MutableMapping  # noqa: E402
from typing import Any  # noqa: E402

ADDRESS_VARIABLE = "LANGSMITH_SANDBOX_POD_IP"
GRAPHS_VARIABLE = "LANGSERVE_GRAPHS"
DEFAULT_PORT = 8000

IN_MEMORY = {
    "DATABASE_URI": ":memory:",
    "MIGRATIONS_PATH": "__inmem",
    "REDIS_URI": "fake",
    "LANGGRAPH_RUNTIME_EDITION": "inmem",
    "LANGGRAPH_DISABLE_FILE_PERSISTENCE": "true",
    "LANGSMITH_LANGGRAPH_API_VARIANT": "local_dev",
}
"""What makes the server keep everything in memory; Pod values for these names are for stores the sandbox has not."""

SILENT = {
    "LANGSMITH_TRACING": "false",
    "LANGSMITH_TRACING_V2": "false",
    "LANGCHAIN_TRACING": "false",
    "LANGCHAIN_TRACING_V2": "false",
    "LANGGRAPH_CLI_NO_ANALYTICS": "1",
    "LANGGRAPH_NO_VERSION_CHECK": "true",
    # Either key makes the server report its usage; the second would else be taken from LANGSMITH_API_KEY.
    "LANGGRAPH_CLOUD_LICENSE_KEY": "",
    "LANGSMITH_CONTROL_PLANE_API_KEY": "",
}
"""What keeps the server from calling anyone."""

DEFAULTS = {"N_JOBS_PER_WORKER": "1", "LANGGRAPH_ALLOW_BLOCKING": "true", "LOG_COLOR": "false"}
"""What the server image sets unless the Pod says otherwise; only the development server forbids blocking calls."""

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"server": {"class": "langgraph_api.logging.Formatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "server", "stream": "ext://sys.stdout"}},
    "loggers": {"uvicorn": {"level": "WARNING"}, "uvicorn.error": {"level": "WARNING"}},
    "root": {"handlers": ["console"]},
}
"""The server's own log format, on the stream the node keeps as the container's log."""


class AgentServerError(Exception):
    """The Pod's environment cannot be served; the message says why and what to do."""


def prepare(environment: MutableMapping[str, str]) -> tuple[str, int]:
    """Settles the environment the server reads at import and returns the address and port to bind.

    Raises:
        AgentServerError: No graphs are named, or the port is no port.
    """
    if not environment.get(GRAPHS_VARIABLE):
        raise AgentServerError(
            f"{GRAPHS_VARIABLE} is not set, so there is no graph to serve. "
            "Build the image from a langgraph.json that names at least one graph."
        )
    environment.update(IN_MEMORY)
    environment.update(SILENT)
    for name, value in DEFAULTS.items():
        environment.setdefault(name, value)
    address = environment.get(ADDRESS_VARIABLE) or "127.0.0.1"
    port = _port(environment)
    environment["LANGGRAPH_API_URL"] = f"http://{address}:{port}{environment.get('MOUNT_PREFIX', '')}"
    return address, port


def _port(environment: Mapping[str, str]) -> int:
    text = environment.get("PORT") or str(DEFAULT_PORT)
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise AgentServerError(f"PORT is '{text}', which is no port. Set PORT to a number between 1 and 65535.")
    return int(text)


def keep_nothing() -> None:
    """Stops the in-memory runtime from keeping runs and threads in a file of the working folder.

    ``LANGGRAPH_DISABLE_FILE_PERSISTENCE`` covers checkpoints and the store only. The working folder belongs to the
    image, so what one Pod wrote there at its end would come back to life in the next.
    """
    database: Any = importlib.import_module("langgraph_runtime_inmem.database")
    for kept in (database.GLOBAL_STORE, database.GLOBAL_RETRY_COUNTER._counters):  # noqa: SLF001 - it has no other name
        kept.flag = "r"  # read-only: such a dictionary is never written
    database.OPS_FILENAME = os.path.join(".langgraph_api", "nothing-kept")


def load() -> None:
    """Imports the server, not looking for garbage among a hundred thousand objects that stay: a sixth of its time."""
    gc.disable()
    importlib.import_module("langgraph_api.server")
    gc.freeze()
    gc.enable()


def main() -> int:
    """Serves until told to stop."""
    try:
        address, port = prepare(os.environ)
    except AgentServerError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    import uvicorn

    keep_nothing()
    load()
    uvicorn.run("langgraph_api.server:app", host=address, port=port, access_log=False, log_config=LOGGING)
    return 0


if __name__ == "__main__":
    sys.exit(main())
