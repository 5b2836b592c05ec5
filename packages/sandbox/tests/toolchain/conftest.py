"""A workshop of stand-ins: a ``go`` and a ``uv`` that write small files and keep a record of how they were called."""

from __future__ import annotations

import dataclasses
import os
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

_FAKE_GO = """#!/bin/sh
case "$1" in
env) echo "$FAKE_GO_VERSION" ;;
list) echo "$FAKE_SDK" ;;
build)
    echo "go $(basename "$PWD") cgo=$CGO_ENABLED" >> "$FAKE_CALLS"
    test -z "$FAKE_GO_BREAKS" || { echo "main.go:1: $FAKE_GO_BREAKS" >&2; exit 1; }
    while test $# -gt 0; do test "$1" = -o && out="$2"; shift; done
    case "$out" in */) out="$out$(basename "$PWD")" ;; esac
    echo built > "$out" ;;
esac
"""

_FAKE_UV = """#!/bin/sh
echo "uv $1" >> "$FAKE_CALLS"
test "$1" = sync && mkdir -p "$UV_PROJECT_ENVIRONMENT/bin" && echo python > "$UV_PROJECT_ENVIRONMENT/bin/python"
exit 0
"""


@dataclasses.dataclass(frozen=True)
class Workshop:
    """Folders of one test, and the record of the stand-ins' calls."""

    folder: Path

    @property
    def sources(self) -> Path:
        return self.folder / "repository" / "toolchain"

    @property
    def root(self) -> Path:
        return self.folder / "cache"

    @property
    def bin(self) -> Path:
        return self.folder / "bin"

    @property
    def uv(self) -> str:
        return str(self.bin / "uv")

    def calls(self) -> list[str]:
        record = self.folder / "calls"
        return record.read_text().splitlines() if record.exists() else []

    def program(self, name: str, text: str) -> Path:
        self.bin.mkdir(exist_ok=True)
        program = self.bin / name
        program.write_text(text)
        program.chmod(0o755)
        return program


@pytest.fixture
def workshop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    """A repository with four modules, a compiler on PATH, and no other tool anywhere."""
    shop = Workshop(tmp_path)
    for module in ("pulumi", "kubernetes", "registry", "helm"):
        (shop.sources / module).mkdir(parents=True)
        (shop.sources / module / "go.mod").write_text(f"module {module}")
        (shop.sources / module / "go.sum").write_text("pins")
    (shop.sources / "kubernetes" / "main.go").write_text("package main")
    for project in ("agent-server", "stores"):
        (shop.sources / project).mkdir()
        for name in ("pyproject.toml", "uv.lock"):
            (shop.sources / project / name).write_text("pins")
    dist = tmp_path / "sdk" / "python" / "dist"
    dist.mkdir(parents=True)
    (dist / "pulumi-resource-pulumi-python").write_text("#!/bin/sh\n")
    shop.program("go", _FAKE_GO)
    shop.program("uv", _FAKE_UV)
    monkeypatch.setenv("PATH", os.pathsep.join((str(shop.bin), "/usr/bin", "/bin")))
    monkeypatch.setenv("FAKE_GO_VERSION", "go1.26.8")
    monkeypatch.setenv("FAKE_SDK", str(tmp_path / "sdk"))
    monkeypatch.setenv("FAKE_CALLS", str(tmp_path / "calls"))
    return shop
