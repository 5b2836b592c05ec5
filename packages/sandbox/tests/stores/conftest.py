"""The servers of this machine, started as the supervisor starts them."""

from __future__ import annotations

import contextlib
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from langsmith_sandbox.progress import PlainProgress
from langsmith_sandbox.stores.engines import Store, StoreEngines
from langsmith_sandbox.stores.store_place import StorePlace
from langsmith_sandbox.stores.wanted import WantedStore
from langsmith_sandbox.toolchain.store_servers import ensure_stores

Running = Callable[[Store, WantedStore, Path], contextlib.AbstractContextManager[StorePlace]]
_PATIENCE = 60.0  # seconds


@pytest.fixture(scope="session")
def engines() -> StoreEngines:
    """Real servers, or the test is skipped."""
    import io

    said = io.StringIO()
    servers = ensure_stores(PlainProgress(said))
    if servers.postgres is None or servers.valkey is None:
        pytest.skip(f"this machine has no database servers: {said.getvalue()}")
    return StoreEngines(servers.postgres, servers.valkey)


@pytest.fixture(scope="session")
def running() -> Running:
    """Runs a store while the block lasts; what its processes say is in a log."""

    @contextlib.contextmanager
    def run(store: Store, wanted: WantedStore, log: Path) -> Iterator[StorePlace]:
        place = store.prepare(wanted)
        with contextlib.ExitStack() as stack:
            output = stack.enter_context(log.open("ab"))
            for part in store.parts(place):
                process = subprocess.Popen(part.argv, stdout=output, stderr=subprocess.STDOUT)
                stack.callback(process.wait)
                stack.callback(process.terminate)
                deadline = time.monotonic() + _PATIENCE
                while not part.ready():
                    assert process.poll() is None, log.read_text()
                    assert time.monotonic() < deadline, f"{part.name} does not come up"
                    time.sleep(0.02)
            yield place

    return run
