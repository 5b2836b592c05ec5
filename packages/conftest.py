"""How the tests are divided among workers (``make suites``), and what none of them need do again and again."""

from __future__ import annotations

import gc
from collections.abc import Generator
from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling
from xdist.workermanage import WorkerController

# Their files share an API server or an emulated account, which every worker would have to start for itself.
_SHARING = ("packages/sandbox/tests/providers/kubernetes/", "packages/sandbox/tests/providers/aws/")


class _ByFileOrFolder(LoadFileScheduling):
    def _split_scope(self, nodeid: str) -> str:
        return next((folder for folder in _SHARING if nodeid.startswith(folder)), super()._split_scope(nodeid))

    def mark_test_complete(self, node: WorkerController, item_index: int, duration: float = 0) -> None:
        super().mark_test_complete(node, item_index, duration)
        # The scheduler counts what is kept several times a test: done work would make that a matter of seconds.
        work = self.assigned_work[node]
        for scope in [scope for scope, tests in work.items() if all(tests.values())]:
            del work[scope]


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling | None:
    """Whole files to a worker, as ``--dist loadfile`` does, and in some places whole folders."""
    return _ByFileOrFolder(config, log) if config.getvalue("dist") == "loadfile" else None


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Leave the modules and tests of a session out of every search for garbage: hundreds of thousands of objects."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()
