"""A check of files that have passed is not run again; one of any others is."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[4] / "toolchain" / "unless_passed.py"
# Leaves a line for each time it runs, and fails on demand.
CHECK = "import pathlib, sys; open('runs.log', 'a').write('ran\\n'); sys.exit(pathlib.Path('broken').exists())"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of git's with one Python file in it."""
    made = tmp_path / "folder"
    made.mkdir()
    subprocess.run(["git", "init", "-q", made], check=True)
    (made / "module.py").write_text("x = 1\n")
    return made


def checked(folder: Path, check: str = CHECK) -> int:
    command = [sys.executable, SCRIPT, "*.py", "--", sys.executable, "-c", check]
    environ = {**os.environ, "LANGSMITH_SANDBOX_CACHE": str(folder.parent / "cache")}
    return subprocess.run(command, cwd=folder, env=environ, check=False, timeout=60).returncode


def runs(folder: Path) -> int:
    return (folder / "runs.log").read_text().count("ran")


def test_what_has_passed_is_not_checked_again_until_a_file_changes(folder: Path) -> None:
    assert [checked(folder), checked(folder)] == [0, 0]
    assert runs(folder) == 1
    (folder / "module.py").write_text("x = 2\n")
    checked(folder)
    assert runs(folder) == 2, "another content"
    (folder / "module.py").rename(folder / "renamed.py")
    checked(folder)
    assert runs(folder) == 3, "another name, which an import may want"
    checked(folder, CHECK + "  # stricter")
    assert runs(folder) == 4, "another check"


def test_what_has_failed_is_checked_again(folder: Path) -> None:
    (folder / "broken").touch()
    assert [checked(folder), checked(folder)] == [1, 1]
    assert runs(folder) == 2


def test_files_written_meanwhile_have_not_passed(folder: Path) -> None:
    meanwhile = "open('module.py', 'a').write('y = 1\\n'); open('runs.log', 'a').write('ran\\n')"
    assert [checked(folder, meanwhile), checked(folder, meanwhile)] == [0, 0]
    assert runs(folder) == 2


def test_where_git_knows_nothing_every_check_runs(folder: Path) -> None:
    (folder / ".git").rename(folder / "no-git")
    assert [checked(folder), checked(folder)] == [0, 0]
    assert runs(folder) == 2
