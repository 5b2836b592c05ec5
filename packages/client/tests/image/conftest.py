"""A package index of hand-made wheels, for the real uv without a network."""

from __future__ import annotations

import base64
import hashlib
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest


@pytest.fixture
def make_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Adds a wheel to the only place where uv will look."""
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    monkeypatch.setenv("UV_FIND_LINKS", str(wheels))
    monkeypatch.setenv("UV_NO_INDEX", "1")
    monkeypatch.setenv("UV_OFFLINE", "1")
    monkeypatch.setenv("UV_NO_CONFIG", "1")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv-cache"))

    def make(
        name: str,
        version: str,
        *,
        requires: str = "",
        tag: str = "py3-none-any",
        script: bool = False,
        files: Mapping[str, str] | None = None,
    ) -> None:
        info = f"{name}-{version}.dist-info"
        content = {
            f"{name}/__init__.py": f"version = {version!r}\n",
            f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
            + (f"Requires-Dist: {requires}\n" if requires else ""),
            f"{info}/WHEEL": f"Wheel-Version: 1.0\nGenerator: t\nRoot-Is-Purelib: true\nTag: {tag}\n",
            **(files or {}),
        }
        if script:
            content[f"{info}/entry_points.txt"] = f"[console_scripts]\n{name} = {name}:main\n"
        lines = [f"{path},{_hash(text)},{len(text)}\n" for path, text in content.items()]
        content[f"{info}/RECORD"] = "".join(lines) + f"{info}/RECORD,,\n"
        with zipfile.ZipFile(wheels / f"{name}-{version}-{tag}.whl", "w") as wheel:
            for path, text in content.items():
                wheel.writestr(zipfile.ZipInfo(path, (2020, 1, 1, 0, 0, 0)), text)

    return make


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return "sha256=" + base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
