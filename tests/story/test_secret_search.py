"""The search for secrets finds what it should: one that finds nothing would prove nothing."""

from __future__ import annotations

import base64
import subprocess
import sys
from pathlib import Path

import pytest
from secret_search import files_holding, processes_showing

SECRET = "lsv2_pt_" + "0123456789abcdef" * 2


@pytest.mark.parametrize("before", ["", "a", "ab", "key: "])
def test_a_secret_is_found_in_base64_wherever_it_starts(tmp_path: Path, before: str) -> None:
    leak = tmp_path / "leak"
    leak.write_bytes(base64.b64encode(f"{before}{SECRET} and more".encode()))
    assert files_holding(SECRET, tmp_path) == [leak]


def test_a_secret_is_found_in_plain_and_not_where_it_belongs(tmp_path: Path) -> None:
    leak, home = tmp_path / "deep" / "log", tmp_path / "credentials.json"
    leak.parent.mkdir()
    for path in (leak, home):
        path.write_text(f"key={SECRET}")
    (tmp_path / "clean").write_text("nothing here")
    assert files_holding(SECRET, tmp_path, allowed=[home]) == [leak]


def test_a_secret_among_a_process_s_arguments_is_found() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", "import sys; sys.stdin.read()", SECRET], stdin=subprocess.PIPE
    ) as talkative:
        try:
            assert len(processes_showing(SECRET)) == 1
        finally:
            assert talkative.stdin is not None
            talkative.stdin.close()
