"""The file in which a container may say why it ended, as the kubelet keeps one for each."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

USUAL_PATH = "/dev/termination-log"
LONGEST_MESSAGE = 4096  # bytes, the kubelet's limit


def provide(folder: Path) -> Path:
    """An empty file for the next run."""
    file = folder / "termination-log"
    file.write_bytes(b"")
    return file


def read(file: Path | None) -> str:
    """What the run said; nothing if it did, or did away with the file, which it may."""
    try:
        content = file.read_bytes() if file else b""
    except OSError:
        return ""
    return content[:LONGEST_MESSAGE].decode(errors="replace")
