"""``python -m langsmith_sandbox.aws --port P --state-dir D``: the emulator as a process of the world."""

from __future__ import annotations

import argparse
import gc
import logging
import os
import sys
from pathlib import Path

from langsmith_sandbox.errors import SandboxError

_ENVIRONMENT = "LANGSMITH_SANDBOX_"


def main() -> int:
    """Serves until it is told to end. Exit code 2 when the environment lacks something."""
    parser = argparse.ArgumentParser(prog="python -m langsmith_sandbox.aws", description="AWS on one loopback port.")
    parser.add_argument("--port", type=int, required=True, help="loopback port to listen on")
    parser.add_argument("--state-dir", type=Path, required=True, help="folder of the journal")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    try:
        _serve(arguments.port, arguments.state_dir)
    except SandboxError as problem:
        sys.stderr.write(f"{problem}\n")
        return problem.exit_code
    return 0


def _serve(port: int, state: Path) -> None:
    # A hundred thousand objects are imported and stay: looking for garbage among them takes a quarter of the start.
    gc.disable()
    from langsmith_sandbox.aws.context import Context
    from langsmith_sandbox.aws.credentials import OperatorKey
    from langsmith_sandbox.aws.emulator import Emulator
    from langsmith_sandbox.aws.host import server
    from langsmith_sandbox.aws.runtime import ClusterRuntime, NullRuntime, SupervisorRuntime
    from langsmith_sandbox.aws.store_servers import NoServers, StoreServers, SupervisorServers

    supervisor = os.environ.get(f"{_ENVIRONMENT}SUPERVISOR_URL")
    runtime: ClusterRuntime = NullRuntime()
    stores: StoreServers = NoServers()
    if supervisor:
        runtime = SupervisorRuntime(supervisor, _required("SUPERVISOR_TOKEN"))
        stores = SupervisorServers(runtime)
    key = OperatorKey(_required("AWS_ACCESS_KEY_ID"), _required("AWS_SECRET_ACCESS_KEY"))
    registry = os.environ.get(f"{_ENVIRONMENT}REGISTRY")
    settings = Context(runtime=runtime, registry=registry, stores=stores, registry_secret=key.secret_access_key)
    emulator = Emulator(key, settings, state)
    gc.freeze()
    gc.enable()
    server(emulator, port).serve_forever()


def _required(name: str) -> str:
    value = os.environ.get(_ENVIRONMENT + name)
    if not value:
        raise SandboxError(
            f"The AWS emulator was started without {_ENVIRONMENT}{name}.",
            "Start it with `langsmith-sandbox start`, or set the variable.",
            exit_code=2,
        )
    return value


if __name__ == "__main__":
    raise SystemExit(main())
