"""How the tests are divided among workers (``make suites``)."""

from __future__ import annotations

from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling

# Their files share an API server or an emulated account, which every worker would have to start for itself.
_SHARING = ("packages/sandbox/tests/providers/kubernetes/", "packages/sandbox/tests/providers/aws/")


class _ByFileOrFolder(LoadFileScheduling):
    def _split_scope(self, nodeid: str) -> str:
        return next((folder for folder in _SHARING if nodeid.startswith(folder)), super()._split_scope(nodeid))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling | None:
    """Whole files to a worker, as ``--dist loadfile`` does, and in some places whole folders."""
    return _ByFileOrFolder(config, log) if config.getvalue("dist") == "loadfile" else None
