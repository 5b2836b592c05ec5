"""Run a command unless it has succeeded on these very files before: ``PATTERN... -- COMMAND...``.

For checks that are a function of the files alone. Patterns are git's, and git says which files there are, committed or
not; without git the command always runs. What has passed is remembered in the user's cache, by content.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from langsmith_sandbox.toolchain.store import cache_root


def main(arguments: list[str]) -> int:
    """Returns the command's exit code, or 0 when there was no need to run it."""
    split = arguments.index("--")
    patterns, command = arguments[:split], arguments[split + 1 :]
    passed = _mark(patterns, command)
    if passed is not None and passed.exists():
        sys.stdout.write("these very files have passed before\n")
        return 0
    code = subprocess.run(command, check=False).returncode
    if code == 0 and passed is not None and passed == _mark(patterns, command):  # nobody wrote while it ran
        passed.parent.mkdir(parents=True, exist_ok=True)
        passed.touch()
    return code


def _mark(patterns: list[str], command: list[str]) -> Path | None:
    """The file that says that the command has passed; None where nothing tells which files there are."""
    listing = ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *patterns)
    try:
        listed = subprocess.run(listing, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    content = hashlib.sha256("\0".join(command).encode())
    for name in sorted(set(listed.split(b"\0"))):
        file = Path(os.fsdecode(name))
        if file.is_file():
            content.update(b"\0" + name + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return cache_root() / "passed" / content.hexdigest()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
