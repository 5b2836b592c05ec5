"""Looks for a secret wherever a program could have left it."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from pathlib import Path

_MOST_BYTES = 64 * 1024 * 1024


def spellings(secret: str) -> tuple[bytes, ...]:
    """The secret as it is, and in base64 at each of the three offsets it may have inside a longer text."""
    plain = secret.encode()
    encoded = [base64.b64encode(b"\0" * offset + plain)[4 if offset else 0 :].rstrip(b"=")[:-4] for offset in range(3)]
    return (plain, *encoded)


def files_holding(secret: str, folder: Path, *, allowed: Iterable[Path] = ()) -> list[Path]:
    """Files below ``folder`` that hold the secret in any spelling; ``allowed`` ones are where it belongs."""
    belongs = {path.resolve() for path in allowed}
    spelled = spellings(secret)
    return [path for path in _files(folder) if path.resolve() not in belongs and _holds(path, spelled)]


def _holds(path: Path, spelled: Iterable[bytes]) -> bool:
    content = _read(path)
    # One search after the other is six times as fast as a pattern of all of them.
    return any(spelling in content for spelling in spelled)


def _files(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            yield path


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as handle:
            return handle.read(_MOST_BYTES)
    except OSError:
        return b""  # gone meanwhile, as temporary files are


def processes_showing(secret: str) -> list[str]:
    """Command lines of running processes that hold the secret."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            arguments = _read(entry / "cmdline")
            if secret.encode() in arguments:
                found.append(arguments.replace(b"\0", b" ").decode(errors="replace"))
    return found
