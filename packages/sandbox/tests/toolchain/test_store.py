"""A slot of the cache is whole or absent, whoever is interrupted and whoever comes at the same time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from langsmith_sandbox.toolchain.store import CACHE_VARIABLE, cache_root, obtain

if TYPE_CHECKING:
    from pathlib import Path


def fill(into: Path) -> None:
    (into / "tool").write_text("whole")


def test_an_exception_in_the_middle_leaves_no_slot_and_no_scraps(tmp_path: Path) -> None:
    def half(into: Path) -> None:
        (into / "tool").write_text("ha")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        obtain(tmp_path, "slot", half)

    assert [found.name for found in tmp_path.iterdir() if found.is_dir()] == []
    assert (obtain(tmp_path, "slot", fill) / "tool").read_text() == "whole"


def test_a_killed_builder_leaves_scraps_that_the_next_one_sweeps(tmp_path: Path) -> None:
    script = (
        "import sys, time, pathlib; from langsmith_sandbox.toolchain.store import obtain\n"
        "def half(into):\n"
        "    (into / 'tool').write_text('ha'); print('half', flush=True); time.sleep(600)\n"
        "obtain(pathlib.Path(sys.argv[1]), 'slot', half)"
    )
    with subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE) as builder:
        assert builder.stdout is not None
        assert builder.stdout.readline() == b"half\n"
        os.kill(builder.pid, signal.SIGKILL)

    assert not (tmp_path / "slot").exists()
    assert (obtain(tmp_path, "slot", fill) / "tool").read_text() == "whole", "the dead builder's lock is gone with it"
    assert not list(tmp_path.glob("*.partial"))


def test_of_two_at_once_the_second_waits_says_so_and_takes_what_the_first_made(tmp_path: Path) -> None:
    building, may_finish, waits = threading.Event(), threading.Event(), threading.Event()

    def slow(into: Path) -> None:
        building.set()
        assert may_finish.wait(30)
        fill(into)

    def second_build(into: Path) -> None:
        pytest.fail("it was built already")

    first = threading.Thread(target=obtain, args=(tmp_path, "slot", slow))
    first.start()
    assert building.wait(30)
    found: list[Path] = []
    second = threading.Thread(
        target=lambda: found.append(obtain(tmp_path, "slot", second_build, waiting=waits.set)),
    )
    second.start()
    assert waits.wait(30), "a person must be told why nothing happens"
    may_finish.set()
    first.join(30)
    second.join(30)
    assert found == [tmp_path / "slot"]


def test_the_cache_can_be_moved_by_one_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    assert cache_root() == tmp_path


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS keeps caches elsewhere")
def test_the_cache_lies_in_the_users_cache_folder_by_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(CACHE_VARIABLE, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_root() == tmp_path / "langsmith-sandbox"
