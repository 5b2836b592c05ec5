"""What uv.lock files settle, for the image's platform and Python and not for this machine's."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

from packaging.markers import Marker

if TYPE_CHECKING:
    from collections.abc import Sequence

    from langsmith_client.local_packages import LocalPackage

_MACHINES = {"linux/amd64": "x86_64", "linux/arm64": "aarch64"}


def locked_versions(packages: Sequence[LocalPackage], platform: str, python: str) -> tuple[str, ...]:
    """`name==version` for what the packages' uv.lock settles on this platform and Python.

    A lock may hold several versions of a package, each with the markers under which it is the one.
    """
    environment = _environment(platform, python)
    versions: dict[str, set[str]] = {}
    for path in dict.fromkeys(package.lock for package in packages if package.lock):
        for entry in tomllib.loads(path.read_text(encoding="utf-8")).get("package", ()):
            markers = entry.get("resolution-markers", ())
            holds = not markers or any(Marker(marker).evaluate(environment) for marker in markers)
            if holds and "registry" in entry.get("source", {}):
                versions.setdefault(entry["name"], set()).add(entry["version"])
    return tuple(f"{name}=={found.pop()}" for name, found in sorted(versions.items()) if len(found) == 1)


def _environment(platform: str, python: str) -> dict[str, str]:
    """What markers see inside the image, as uv has it for `--python-platform` and `--python-version`."""
    return {
        "implementation_name": "cpython",
        "implementation_version": f"{python}.0",
        "os_name": "posix",
        "platform_machine": _MACHINES[platform],
        "platform_python_implementation": "CPython",
        "platform_release": "",
        "platform_system": "Linux",
        "platform_version": "",
        "python_full_version": f"{python}.0",
        "python_version": python,
        "sys_platform": "linux",
    }
