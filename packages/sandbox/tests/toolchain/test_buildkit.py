"""BuildKit is built for who asks, and only where it can run."""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from langsmith_sandbox.cli.toolchain import command
from langsmith_sandbox.progress import PlainProgress
from langsmith_sandbox.toolchain import buildkit, ensure, ensure_buildkit

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Workshop

SILENT = PlainProgress(io.StringIO())


@pytest.fixture
def machine(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    """A machine with all that BuildKit needs, as far as anybody can see."""
    for name in ("docker", "gcc", "unshare"):
        workshop.program(name, "#!/bin/sh\nexit 0\n")
    monkeypatch.setenv("PATH", str(workshop.bin))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    (workshop.sources / "buildkit").mkdir()
    (workshop.sources / "buildkit" / "go.mod").write_text("module buildkit")
    return workshop


def test_a_machine_with_everything_has_nothing_in_its_way(machine: Workshop) -> None:
    assert buildkit.obstacle("linux") is None


def test_what_is_missing_is_named(machine: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    assert buildkit.obstacle("darwin") == "it runs on Linux only"
    machine.program("unshare", "#!/bin/sh\necho 'unshare failed: Operation not permitted' >&2; exit 1\n")
    forbidden = "this machine forbids namespaces (unshare failed: Operation not permitted)"
    assert buildkit.obstacle("linux") == forbidden, "as in a container without privileges"
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert buildkit.obstacle("linux") == "it needs root"
    for name in ("docker", "gcc"):
        (machine.bin / name).unlink()
    assert buildkit.obstacle("linux") == "PATH lacks docker, gcc"


def test_it_is_built_once_and_with_c(machine: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{machine.bin}:/usr/bin:/bin")
    first = ensure_buildkit(SILENT, sources=machine.sources, root=machine.root)
    assert ensure_buildkit(SILENT, sources=machine.sources, root=machine.root) == first
    assert machine.calls() == ["go buildkit cgo=1"], "without C its containers could not be started"
    assert {first.daemon.parent, first.buildx.parent, first.runc.parent} == {first.runc.parent}


def test_the_sandbox_does_without(machine: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{machine.bin}:/usr/bin:/bin")
    ensure(SILENT, sources=machine.sources, root=machine.root, uv=machine.uv)
    assert not [call for call in machine.calls() if "buildkit" in call]


def test_where_it_cannot_run_the_other_tools_are_made_ready_all_the_same(
    machine: Workshop, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", f"{machine.bin}:/usr/bin:/bin")
    monkeypatch.setenv("LANGSMITH_SANDBOX_CACHE", str(machine.root))
    monkeypatch.setattr("langsmith_sandbox.toolchain.ready.find_sources", lambda: machine.sources)
    monkeypatch.setattr("uv.find_uv_bin", lambda: machine.uv)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    done = CliRunner().invoke(command, ["--with-buildkit"])
    assert (done.exit_code, done.exception) == (0, None)
    assert "buildkit: left out, it needs root" in done.stderr
    assert "registry" in done.stdout
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert "buildkit" in CliRunner().invoke(command, ["--with-buildkit"]).stdout
