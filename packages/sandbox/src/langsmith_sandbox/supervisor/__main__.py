"""``python -m langsmith_sandbox.supervisor``: the process ``langsmith-sandbox start`` leaves running."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from pathlib import Path

from langsmith_sandbox.paths import WorldPaths
from langsmith_sandbox.stores.engines import StoreEngines
from langsmith_sandbox.supervisor.langsmith_world import Programs, blueprint
from langsmith_sandbox.supervisor.supervise import supervise


def main() -> int:
    parser = argparse.ArgumentParser(prog="langsmith_sandbox.supervisor", description=__doc__)
    for flag in ("home", "registry", "kubernetes", "agent-server-python"):
        parser.add_argument(f"--{flag}", type=Path, required=True)
    for flag in ("postgres", "valkey"):
        parser.add_argument(f"--{flag}", type=Path, help="absent where this machine has none")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    stores = StoreEngines(arguments.postgres, arguments.valkey)
    programs = Programs(arguments.registry, arguments.kubernetes, arguments.agent_server_python, stores)
    # Nodes run containers that ask for the Agent Server with this Python.
    environ = {**os.environ, "LANGSMITH_SANDBOX_AGENT_SERVER_PYTHON": str(programs.agent_server_python)}
    return supervise(WorldPaths(arguments.home), blueprint(programs), environ)


if __name__ == "__main__":
    sys.exit(main())
